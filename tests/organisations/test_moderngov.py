"""ModernGov's list of councillors: read line by line, its homes left alone, and nothing in it believed too much."""

import datetime as dt
from pathlib import Path

import pytest
from sqlmodel import select

from portal.organisations.importing import FilesRefused, Options, import_councillors
from portal.organisations.models import Councillor, Seat
from portal.places.importing import Options as PlacesOptions
from portal.places.importing import import_places
from portal.places.models import Area
from tests.places import land

REAL = Path(__file__).parents[3] / "shared" / "data"


def councillor(name="Councillor Ann Example", number="9", **changes):
    parts = {
        "politicalpartytitle": "Labour",
        "workaddress": "<line1>Civic Centre</line1><phone>01632 960001</phone><email>ann@example.org</email>",
        "homeaddress": "<line1>1 Example Street</line1><phone>01632 960999</phone><email>home@example.org</email>",
        "surgerydetails": "<line1>Mondays</line1><line2>at 10:00</line2>",
        "termsofoffice": "<termofoffice><startdate>05/05/2017</startdate><enddate>08/05/2022</enddate></termofoffice>"
        "<termofoffice><startdate>09/05/2022</startdate><enddate></enddate></termofoffice>",
    } | changes
    inner = "\n".join(f"<{tag}>{text}</{tag}>" for tag, text in parts.items())
    head = f"<councillorid>{number}</councillorid>\n<fullusername>{name}</fullusername>"
    return f"<councillor>\n{head}\n{inner}\n</councillor>\n"


def xml(*people, ward="Alder", head="<?xml version='1.0' encoding='utf-8'?>\n"):
    inner = "".join(people)
    return (
        f"{head}<councillorsbyward><wards><ward><wardtitle>{ward}</wardtitle><councillors>"
        f"<councillorcount>{len(people)}</councillorcount>\n{inner}</councillors></ward></wards></councillorsbyward>"
    )


def rows(database):
    with database.reading() as session:
        return session.exec(select(Councillor).order_by(Councillor.id)).all()


def test_name_party_work_contact_surgery_and_newest_term_come_in(bring, loaded):
    report = bring(xml(councillor()), "list.xml")
    (one,) = rows(loaded)
    assert (one.name, one.source_id, one.party_en, one.party_cy) == ("Ann Example", "9", "Labour", "Llafur")
    assert (one.email, one.telephone, one.surgery_en) == ("ann@example.org", "01632 960001", "Mondays at 10:00")
    assert (one.starts_on, one.term_ends_on) == (dt.date(2022, 5, 9), None)
    assert report.files == (("list.xml", "councillors by ward, from ModernGov", 1),)
    assert bring(xml(councillor()), "list.xml").is_unchanged


def test_nothing_of_a_home_is_kept_even_where_there_is_nothing_else(bring, loaded):
    report = bring(xml(councillor(workaddress="")), "list.xml")
    (one,) = rows(loaded)
    kept = str(one.model_dump())
    assert "960999" not in kept
    assert "home@" not in kept
    assert "Example Street" not in kept
    assert (one.email, one.telephone) == ("", "")
    assert "list.xml, homeaddress: home addresses and home telephones of 1 people were not read" in report.notes


def test_a_vacancy_is_a_seat_and_no_person(bring, loaded):
    report = bring(xml(councillor(), councillor("Vacancy", "0"), councillor("Sedd Wag", "")), "list.xml")
    assert [one.name for one in rows(loaded)] == ["Ann Example"]
    assert report.vacant == ("Alder",)
    with loaded.reading() as session:
        assert len(session.exec(select(Seat)).all()) == 3


BOMB = (
    '<?xml version="1.0"?>\n<!DOCTYPE lolz [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>\n'
    "<councillorsbyward><wards>&b;</wards></councillorsbyward>"
)
OUTSIDE = '<?xml version="1.0"?>\n<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>\n<councillorsbyward>&a;</councillorsbyward>'
REFUSED = {
    "a bomb": (BOMB, "list.xml, line 2: it has a DOCTYPE"),
    "an entity from outside": (OUTSIDE, "list.xml, line 2: it has a DOCTYPE"),
    "an entity without a DOCTYPE": (
        xml(councillor("&boom;")),
        "list.xml, line 5: it is cut off or damaged (undefined entity)",
    ),
    "another root": ("<html>\n</html>", "list.xml, line 1: its first element is 'html'"),
    "cut off": (xml(councillor())[:-40], "list.xml, line 12: it is cut off or damaged (unclosed token)"),
    "no name": (xml(councillor("")), "list.xml, line 3: name: it is missing"),
    "no ward": (xml(councillor(), ward=""), "list.xml, line 3: ward: it is missing"),
    "an unknown ward": (xml(councillor(), ward="Atlantis"), "list.xml, line 3: there is no ward 'Atlantis'"),
    "twice": (xml(councillor(), councillor()), "list.xml, line 12: Ann Example stands in the list twice"),
    "a bad day": (
        xml(councillor(termsofoffice="<termofoffice><startdate>soon</startdate></termofoffice>")),
        "list.xml, line 3: day: 'soon' is no day",
    ),
    "too deep": ("<councillorsbyward>" + "<a>" * 20, "list.xml, line 1: it is nested too deeply"),
    "too much text": (
        xml(councillor("x" * 20_001)),
        "list.xml, line 5: one of its elements holds too much text",
    ),
    "too many elements": (
        "<councillorsbyward>" + "<a/>" * 200_001,
        "list.xml, line 1: it is nested too deeply, or holds",
    ),
    "a long surgery": (
        xml(councillor(surgerydetails="<line1>" + "x" * 1001 + "</line1>")),
        "list.xml, line 3: text: it has",
    ),
    "an encoding that nobody knows": (
        xml(councillor(), head="<?xml version='1.0' encoding='klingon'?>\n"),
        "list.xml, line 1: it names an encoding that nobody knows",
    ),
    "bytes that are no text": (
        xml(councillor()).encode().replace(b"Ann", b"A\xffn"),
        "list.xml, line 5: it is cut off",
    ),
}


@pytest.mark.parametrize("why", REFUSED)
def test_bad_xml_is_refused_whole_with_its_line(bring, loaded, why):
    text, said = REFUSED[why]
    with pytest.raises(FilesRefused) as refused:
        bring(text, "list.xml")
    assert str(refused.value).startswith(said)
    assert rows(loaded) == []


def test_latin_letters_come_in_by_the_encoding_that_the_file_names(bring, loaded):
    text = xml(councillor("D\xf4n"), head="<?xml version='1.0' encoding='iso-8859-1'?>\n")
    bring(text.encode("latin-1"), "list.xml")
    assert [one.name for one in rows(loaded)] == ["D\xf4n"]


@pytest.mark.skipif(not (REAL / "councillors").is_dir(), reason="the real files are not here: ../shared/data")
def test_a_real_council_of_2016_comes_in_where_its_wards_are_the_same(sqlite_database, tmp_path):
    """Its wards are those of 2016, so an area of their names is made for each."""
    (path,) = (REAL / "councillors").glob("*.xml")
    names = [part.partition("<")[0].replace("&amp;", "&") for part in path.read_text("utf-8").split("<wardtitle>")[1:]]
    assert len(names) == 24
    import_places(sqlite_database, land.write_land(tmp_path / "land"), PlacesOptions())
    with sqlite_database.unit_of_work() as session:
        for number, name in enumerate(names):
            slug = f"real-{number}"
            values = {"kind": "ward", "code": f"W0588{number:04d}", "slug_en": slug, "slug_cy": slug}
            session.add(Area(**values, name_en=name, name_cy=name, starts_on=dt.date(2016, 1, 1)))
    report = import_councillors(sqlite_database, [path], Options())
    people = rows(sqlite_database)
    assert len(people) == 44
    assert sum(bool(one.email) for one in people) > 40
    assert "[removed]" not in str([one.model_dump() for one in people])
    assert sum("home addresses" in one for one in report.notes) == 1
    assert import_councillors(sqlite_database, [path], Options()).is_unchanged
