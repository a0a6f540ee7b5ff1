"""The invented police files: repeatable, in the published format, as odd as published files are, and as varied."""

import csv
import hashlib
from collections import Counter
from pathlib import Path

import pytest

from portal.clock import Month
from portal.crime.demo import FORCE_SLUG, write_crime
from portal.crime.demo_draw import DISPERSION, FALLEN, INCIDENTS, MONTHS, RISEN, SHOPLIFTING, VEHICLE_CRIME
from portal.crime.rules import CATEGORIES, HEADER, OUTCOMES
from portal.places.demo_county import bridge, build_county, demo_rows
from portal.places.demo_shapes import contains

SEED = 7
LAST = Month(2025, 9)
REAL = Path(__file__).resolve().parents[3] / "shared" / "data" / "crime"


def digest(folder):
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def street(release, month, slug=FORCE_SLUG):
    path = release / str(month) / f"{month}-{slug}-street.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def months():
    return [LAST.plus(number) for number in range(1 - MONTHS, 1)]


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    return write_crime(tmp_path_factory.mktemp("crime"), SEED, LAST)


@pytest.fixture(scope="module")
def supplied(demo):
    """The force's rows of every month supplied, by month, as first released."""
    return {month: street(demo.first_release, month) for month in months() if month != demo.missing_month}


@pytest.fixture(scope="module")
def ward_of():
    county = build_county(SEED)
    known = {lsoa.code: lsoa.ward.code for lsoa in county.lsoas}
    return known | {step.old_code: step.lsoa.ward.code for step in bridge(county)}


@pytest.fixture(scope="module")
def counts(supplied, ward_of):
    found = Counter()
    for month, rows in supplied.items():
        found.update((ward_of.get(row["LSOA code"]), row["Crime type"], month) for row in rows)
    return found


def test_the_same_seed_writes_the_same_bytes_and_another_seed_does_not(demo, tmp_path):
    again = write_crime(tmp_path / "again", SEED, LAST)
    other = write_crime(tmp_path / "other", SEED + 1, LAST)
    assert digest(again.first_release) == digest(demo.first_release)
    assert digest(again.second_release) == digest(demo.second_release)
    assert not set(digest(other.first_release).values()) & set(digest(demo.first_release).values())


def test_thirty_five_of_thirty_six_months_were_supplied(demo):
    folders = sorted(path.name for path in demo.first_release.iterdir())
    assert (demo.first_month, demo.last_month) == (LAST.plus(-35), LAST)
    assert folders == [str(month) for month in months() if month != demo.missing_month]
    assert demo.missing_month == LAST.plus(-9)


def test_counts_are_those_of_a_county_borough_of_ninety_thousand(supplied):
    rows = [row for month in supplied.values() for row in month]
    incidents = sum(row["Crime type"] == INCIDENTS for row in rows) / len(supplied)
    crimes = len(rows) / len(supplied) - incidents
    assert 620 < crimes < 740
    assert 160 < incidents < 215


def test_wards_differ_as_a_town_and_a_moor_do(counts, supplied):
    def monthly(ward):
        kept = sum(n for (w, kind, _), n in counts.items() if w == ward and kind != INCIDENTS)
        return kept / len(supplied)

    by_ward = {row["ward_code"]: monthly(row["ward_code"]) for row in demo_rows("ward_crime")}
    assert max(by_ward.values()) > 120
    assert 1 < min(by_ward.values()) < 5
    assert sum(1 <= count <= 9 for count in by_ward.values()) >= 3


def test_counts_vary_more_than_chance_as_real_ones_do(counts, supplied):
    """Pearson's chi-square over its degrees of freedom, pooled over the wards where nothing was planted."""
    squares, degrees = 0.0, 0
    for ward in {row["ward_code"] for row in demo_rows("ward_crime")} - {RISEN, FALLEN}:
        series = dict.fromkeys(supplied, 0)
        for (found, kind, month), count in counts.items():
            if found == ward and kind != INCIDENTS:
                series[month] += count
        rate = sum(series.values()) / sum(month.days for month in series)
        squares += sum((count - rate * month.days) ** 2 / (rate * month.days) for month, count in series.items())
        degrees += len(series) - 1
    assert 1.7 < squares / degrees < 2.8
    assert 1.7 < DISPERSION < 2.8


def test_shoplifting_plainly_rises_in_the_latest_month_of_one_ward(counts):
    past = [counts[RISEN, SHOPLIFTING, LAST.plus(-age)] for age in range(1, 13)]
    assert counts[RISEN, SHOPLIFTING, LAST] > 1.8 * max(past)


def test_vehicle_crime_plainly_falls_over_the_last_year_of_one_ward(counts):
    later = sum(counts[FALLEN, VEHICLE_CRIME, LAST.plus(-age)] for age in range(12))
    earlier = sum(counts[FALLEN, VEHICLE_CRIME, LAST.plus(-age)] for age in range(12, 24))
    assert later < earlier / 3


def test_categories_and_outcomes_are_those_that_the_police_publish(supplied):
    rows = [row for month in supplied.values() for row in month]
    assert {row["Crime type"] for row in rows} == {category.name for category in CATEGORIES}
    assert {row["Last outcome category"] for row in rows} <= {outcome.name for outcome in OUTCOMES}
    assert all(
        not row["Crime ID"] and not row["Last outcome category"] for row in rows if row["Crime type"] == INCIDENTS
    )
    assert all(len(row["Crime ID"]) == 64 for row in rows if row["Crime type"] != INCIDENTS)
    assert not any(row["Context"] for row in rows)


def test_young_crimes_are_open_and_old_ones_are_settled(supplied):
    def share(month, *outcomes):
        crimes = [row for row in supplied[month] if row["Crime type"] != INCIDENTS]
        return sum(row["Last outcome category"] in outcomes for row in crimes) / len(crimes)

    assert share(LAST, "Under investigation", "Awaiting court outcome") > 0.35
    assert share(LAST.plus(-35), "Under investigation", "Awaiting court outcome") < 0.02


def test_rows_without_a_place_are_written_as_the_police_write_them(supplied):
    rows = [row for month in supplied.values() for row in month]
    placeless = [row for row in rows if row["Location"] == "No Location"]
    assert 0.01 < len(placeless) / len(rows) < 0.03
    fields = ("Longitude", "Latitude", "LSOA code", "LSOA name")
    assert all(not any(row[field] for field in fields) for row in placeless)
    assert all(all(row[field] for field in fields) for row in rows if row["Location"] != "No Location")
    assert any(row["Location"] == "On or near " for row in rows)


def test_some_rows_lie_beyond_the_county_and_some_in_england(supplied, ward_of):
    codes = Counter(row["LSOA code"] for month in supplied.values() for row in month)
    outside = {code: n for code, n in codes.items() if code and code not in ward_of}
    assert 0 < sum(outside.values()) < 0.02 * sum(codes.values())
    assert any(code.startswith("E01") for code in outside)


def test_the_oldest_files_mix_codes_of_2011_and_2021_and_the_later_do_not(demo, supplied):
    codes = {month: {row["LSOA code"] for row in rows} for month, rows in supplied.items()}
    old = {step.old_code for step in bridge(build_county(SEED)) if step.change != "U"}
    assert old & codes[demo.first_month]
    assert {code for code in codes[demo.first_month] if code.startswith("W01999")}
    assert not any(old & codes[month] for month in supplied if month.index >= demo.first_month.plus(12).index)


def test_crime_ids_and_incident_rows_repeat(supplied):
    rows = [row for month in supplied.values() for row in month]
    ids = Counter(row["Crime ID"] for row in rows if row["Crime ID"])
    assert 30 < sum(times > 1 for times in ids.values()) < 300
    alike = Counter(tuple(row.values()) for row in rows if row["Crime type"] == INCIDENTS)
    repeats = sum(times - 1 for times in alike.values())
    assert 0.18 < repeats / alike.total() < 0.33


def test_snap_points_stay_where_they_are_and_lie_in_their_small_area(supplied):
    lsoas = {lsoa.code: lsoa for lsoa in build_county(SEED).lsoas}
    points = {
        (row["Longitude"], row["Latitude"], row["LSOA code"])
        for month in supplied.values()
        for row in month
        if row["LSOA code"] in lsoas
    }
    assert 700 < len(points) <= 900
    for longitude, latitude, code in points:
        assert len(longitude.split(".")[1]) == len(latitude.split(".")[1]) == 6
        assert contains(lsoas[code].rings, (float(longitude), float(latitude)))


def test_the_third_release_brings_the_month_that_staff_have_yet_to_release(demo):
    assert [path.name for path in demo.third_release.iterdir()] == [str(LAST.plus(1))]
    rows, before = (len(street(*one)) for one in ((demo.third_release, LAST.plus(1)), (demo.first_release, LAST)))
    assert 0.5 * before < rows < 2 * before


def test_the_second_release_revises_one_month_only(demo):
    assert [path.name for path in demo.second_release.iterdir()] == [str(demo.revised_month)]
    assert demo.revised_month == LAST.plus(-3)
    before = street(demo.first_release, demo.revised_month)
    after = street(demo.second_release, demo.revised_month)
    was = {row["Crime ID"]: row for row in before if row["Crime ID"]}
    now = {row["Crime ID"]: row for row in after if row["Crime ID"]}
    both = was.keys() & now.keys()
    assert now.keys() - was.keys()
    assert was.keys() - now.keys()
    assert any(was[one]["Crime type"] != now[one]["Crime type"] for one in both)
    assert sum(was[one]["Last outcome category"] != now[one]["Last outcome category"] for one in both) > 20
    assert len(both) > 0.98 * len(was)


def test_the_transport_police_supply_some_months_few_rows_and_no_outcome(demo):
    given = [month for month in months() if (demo.first_release / str(month) / f"{month}-btp-street.csv").is_file()]
    assert 12 < len(given) < 36
    rows = [row for month in given for row in street(demo.first_release, month, "btp")]
    assert all(row["Reported by"] == "British Transport Police" for row in rows)
    assert not any(row["Last outcome category"] for row in rows)


def test_notes_are_in_both_languages_and_speak_of_the_latest_and_the_missing_month(demo):
    assert {(note.kind, note.month) for note in demo.notes} == {
        ("context", demo.last_month),
        ("not_supplied", demo.missing_month),
    }
    assert all(note.text_en.strip() and note.text_cy.strip() and note.text_en != note.text_cy for note in demo.notes)


def test_every_file_has_the_published_header_and_its_own_month(demo):
    for path in demo.first_release.rglob("*-street.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            table = list(csv.reader(file))
        assert tuple(table[0]) == HEADER
        assert {row[1] for row in table[1:]} == {path.parent.name}
        assert {len(row) for row in table} == {len(HEADER)}


def test_files_look_like_the_published_ones_line_by_line(demo):
    published = REAL / "2024-12" / "2024-12-gwent-street.csv"
    if not published.is_file():
        pytest.skip("the real public data is not beside this checkout (../shared/data)")
    real = published.read_bytes()
    ours = (demo.first_release / str(LAST) / f"{LAST}-{FORCE_SLUG}-street.csv").read_bytes()
    assert ours.splitlines()[0] == real.splitlines()[0]
    assert (b"\r" in ours, ours[-1:]) == (b"\r" in real, real[-1:])
