"""The published files of the five Gwent authorities, with the traps that real files have."""

import csv
from collections import Counter
from pathlib import Path

import pytest
from sqlmodel import func, select

from portal import clock
from portal.db import Database
from portal.migrating import upgrade
from portal.places.importing import Options, import_places
from portal.places.models import Area, AreaKind, Postcode
from portal.places.queries import area_by_slug, find_places, levels, lineage, neighbourhoods, population
from portal.places.ward_rule import WardRule
from portal.web.alphabet import headings

REAL = Path(__file__).resolve().parents[3] / "shared" / "data"
PATHS = [REAL / "geography", REAL / "population", REAL / "postcodes"]
ROWS_OF_2024 = {"Newport": 23617, "Caerphilly": 18381, "Torfaen": 11488, "Blaenau Gwent": 9505, "Monmouthshire": 7571}

pytestmark = pytest.mark.skipif(
    not REAL.is_dir(), reason="the real public data is not beside this checkout (../shared/data)"
)


@pytest.fixture(scope="module")
def gwent(tmp_path_factory):
    made = Database(f"sqlite:///{tmp_path_factory.mktemp('gwent')}/portal.db")
    upgrade(made)
    yield made, import_places(made, PATHS, Options())
    made.close()


@pytest.fixture
def session(gwent):
    with gwent[0].reading() as one:
        yield one


@pytest.fixture(scope="module")
def snap_points():
    """How many rows of 2024 each point has: longitude, latitude and the code of its small area."""
    points = Counter()
    for path in sorted((REAL / "crime").glob("2024-*/*-gwent-street.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                at = [float(row[name]) if row[name] else None for name in ("Longitude", "Latitude")]
                points[*at, row["LSOA code"]] += 1
    return points


def test_all_of_gwent_is_imported(gwent):
    _, report = gwent
    assert report.served == ("Blaenau Gwent", "Caerphilly", "Monmouthshire", "Newport", "Torfaen")
    assert (report.faults, report.warnings, report.passed_over) == ((), (), ())
    assert {kind: report.added[kind] for kind in ("ward", "neighbourhood", "authority", "partnership", "force")} == {
        "ward": 123,
        "neighbourhood": 123,
        "authority": 22,
        "partnership": 5,
        "force": 1,
    }
    assert report.added["postcode"] == 16168


def test_the_same_files_again_change_nothing(gwent):
    assert import_places(gwent[0], PATHS, Options()).is_unchanged


def test_every_force_and_council_has_its_address_and_its_welsh_name(session):
    found = levels(session)
    assert [one.slug_en for one in found.forces] == ["gwent"]
    assert [(one.slug_en, one.slug_cy) for one in found.authorities] == [
        ("blaenau-gwent", "blaenau-gwent"),
        ("caerphilly", "caerffili"),
        ("monmouthshire", "sir-fynwy"),
        ("newport", "casnewydd"),
        ("torfaen", "torfaen"),
    ]


def test_every_neighbourhood_has_one_address_in_each_language_and_a_heading(session):
    found = neighbourhoods(session, clock.today())
    assert len({one.slug_en for one in found}) == len({one.slug_cy for one in found}) == 123
    assert {one.letter("cy") for one in found} <= set(headings("cy"))
    assert area_by_slug(session, AreaKind.neighbourhood, "cy", "pont-y-pwl-fawr").name_en == "Pontypool Fawr"
    welsh = [one.name_cy for one in sorted(found, key=lambda one: one.sort_key("cy"))]
    assert welsh.index("Crymlyn") < welsh.index("Cwm") < welsh.index("Cwmbrân Uchaf") < welsh.index("De Glynebwy")
    assert welsh.index("Lansdown") < welsh.index("Llanarfan") < welsh.index("Llanfrechfa a Phont-hir")
    assert welsh.index("Llanfrechfa a Phont-hir") < welsh.index("Llangybi Fawr") < welsh.index("Llanhiledd")


def test_the_census_adds_up(session):
    ids = {one.name_en: one.id for one in (*levels(session).authorities, *levels(session).forces)}
    found = population(session, ids.values())
    assert found[ids["Gwent"]].residents == 587650
    assert found[ids["Gwent"]].households == 253775
    assert sum(found[ids[name]].residents for name in ROWS_OF_2024) == 587650


@pytest.mark.parametrize("rule", ["point", "lsoa"])
def test_the_rows_of_2024_fall_to_the_authorities_as_they_were_counted(session, snap_points, rule):
    wards = WardRule(session, rule).wards_of(list(snap_points))
    authority = dict(_authorities(session))
    counted = Counter()
    for rows, ward in zip(snap_points.values(), wards, strict=True):
        counted[authority.get(ward)] += rows
    assert {name: counted[name] for name in ROWS_OF_2024} == ROWS_OF_2024
    assert counted.total() == 72040


def test_the_two_rules_agree_on_the_ward_of_nineteen_rows_in_twenty(session, snap_points):
    by_point, by_lsoa = (WardRule(session, rule).wards_of(list(snap_points)) for rule in ("point", "lsoa"))
    rows = list(zip(snap_points.values(), by_point, by_lsoa, strict=True))
    agree = sum(n for n, one, other in rows if one == other and one)
    assert 0.94 < agree / sum(n for n, one, _ in rows if one) < 0.96


def _authorities(session):
    for ward in session.exec(select(Area).where(Area.kind == "ward")):
        yield ward.code, lineage(session, ward).authority.name_en


def test_published_wards_of_postcodes_are_found_again_by_point(session):
    with (REAL / "postcodes" / "gwent_postcodes.csv").open(encoding="utf-8", newline="") as file:
        published = {row["postcode"].replace(" ", ""): row["ward_code_pip_dec2025"] for row in csv.DictReader(file)}
    stored = dict(session.exec(select(Postcode.code, Postcode.ward_code)).all())
    differ = [code for code, ward in published.items() if stored[code] != ward]
    assert len(differ) <= len(published) / 1000


def test_postcodes_across_the_border_are_kept_as_neighbours(session):
    beyond = select(func.count()).select_from(Postcode).where(Postcode.ward_code == None)  # noqa: E711
    assert session.exec(beyond).one() == 422
    found = find_places(session, "NP16 7AA")
    assert (found.code.value, found.only) == ("across_border", None)


@pytest.mark.parametrize(
    ("typed", "code", "first"),
    [
        ("NP10 8XG", "one", "Tredegar Park and Marshfield"),
        ("Gaer-went", "one", "Caerwent"),
        ("Nhredegar", "one", "Tredegar"),
        ("Abertilery", "suggestions", "Abertillery and Six Bells"),
        ("lyswyry", "one", "Lliswerry"),
        ("Gasnewydd", "several", "Newport"),
        ("Caerdydd", "across_border", None),
        ("London", "nothing", None),
        ("Manchester", "nothing", None),
        ("Blackpool", "nothing", None),
    ],
)
def test_residents_find_where_they_live(session, typed, code, first):
    found = find_places(session, typed)
    assert (found.code.value, found.matches[0].name_en if found.matches else None) == (code, first)
