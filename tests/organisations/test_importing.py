"""Lists of councillors: what comes in, what a second file changes, and every way in which one is refused whole."""

import datetime as dt
import json

import pytest
from sqlmodel import select

from portal import clock, revisions
from portal.audit.models import AuditEntry
from portal.audit.queries import verify_chain
from portal.organisations.importing import FilesRefused, Options, import_councillors
from portal.organisations.importing.recognising import MOST_BYTES
from portal.organisations.models import Councillor, Seat
from portal.organisations.rules import Standing, Why
from portal.organisations.sitting import wards_and_councillors, who_answers
from portal.places.models import Area
from tests.organisations.lists import COUNCILLORS, HEAD

TODAY = dt.date(2026, 11, 20)
DAY = dt.timedelta(days=1)


def people(database):
    """Name, ward and end of everybody ever, by name."""
    with database.reading() as session:
        wanted = select(Councillor, Area.name_en).join(Seat, Seat.id == Councillor.seat_id)
        rows = session.exec(wanted.join(Area, Area.id == Seat.ward_id)).all()
        return sorted(((one.name, ward, one.ends_on) for one, ward in rows), key=str)


def row(database, name):
    with database.reading() as session:
        return session.exec(select(Councillor).where(Councillor.name == name, Councillor.ends_on.is_(None))).one()


def everything(database):
    with database.reading() as session:
        tables = [session.exec(select(table)).all() for table in (Councillor, Seat, AuditEntry)]
        return [[one.model_dump() for one in rows] for rows in tables], dict(revisions.current(session))


def did(report):
    return [(one.act, one.kind, one.name, one.belongs_to) for one in report.done if one.kind != "seat"]


def test_a_list_comes_in_with_seats_contacts_and_who_stands_in(bring, loaded):
    report = bring(COUNCILLORS)
    assert did(report) == [
        ("added", "councillor", "Ann Example", "Alder"),
        ("added", "councillor", "Bryn Ffug", "Alder"),
        ("added", "councillor", "Cled Chwedl", "Birch"),
        ("added", "councillor", "Dot Sample", "Cedar"),
        ("changed", "councillor", "Bryn Ffug", "Alder"),
    ]
    ann, bryn = row(loaded, "Ann Example"), row(loaded, "Bryn Ffug")
    assert (ann.party_en, ann.party_cy, ann.email, ann.source_id) == ("Labour", "Llafur", "ann@example.org", "1")
    assert (ann.starts_on, ann.term_ends_on) == (dt.date(2022, 5, 9), dt.date(2027, 5, 6))
    assert bryn.covered_by == ann.id
    assert report.vacant == ("Birch",)
    assert report.notes == ("list.csv, line 2: these wards are in no file: St Derw's Park",)
    with loaded.reading() as session:
        assert not verify_chain(session).code
        standings = {one.ward.name_en: [s.standing for s in one.seats] for one in wards_and_councillors(session, TODAY)}
    assert standings == {
        "Alder": [Standing.present, Standing.absent],
        "Birch": [Standing.present, Standing.vacant],
        "Cedar": [Standing.expired],
        "St Derw's Park": [],
    }


def test_who_answers_for_a_ward_and_why_others_do_not(bring, loaded):
    bring(COUNCILLORS)
    with loaded.reading() as session:
        wards = {one.ward.name_en: one.ward for one in wards_and_councillors(session, TODAY)}
        alder, birch, cedar = (who_answers(session, wards[name], TODAY) for name in ("Alder", "Birch", "Cedar"))
        later = who_answers(session, wards["Alder"], dt.date(2027, 1, 1))
    assert [(one.councillor.name, one.covers) for one in alder.reached] == [("Ann Example", None)]
    assert alder.unreached == ()
    assert [one.councillor.name for one in birch.reached] == ["Cled Chwedl"]
    assert [(one.number, one.councillor, one.why) for one in birch.unreached] == [(2, None, Why.vacant)]
    assert [(one.councillor.name, one.why) for one in cedar.unreached] == [("Dot Sample", Why.expired)]
    assert [one.councillor.name for one in later.reached] == ["Ann Example", "Bryn Ffug"]


def test_the_same_file_again_changes_nothing(bring, loaded):
    bring(COUNCILLORS)
    before = everything(loaded)
    report = bring(COUNCILLORS)
    assert report.is_unchanged
    assert everything(loaded) == before


def test_a_trial_says_the_same_and_keeps_nothing(bring, loaded):
    before = everything(loaded)
    trial = bring(COUNCILLORS, is_trial=True)
    assert trial.is_trial
    assert everything(loaded) == before
    assert did(bring(COUNCILLORS)) == did(trial)


def test_who_is_no_longer_in_the_list_sits_no_more_from_today(bring, loaded):
    bring(COUNCILLORS)
    report = bring(COUNCILLORS.replace("Cled Chwedl", "New Person").replace(",3,", ",33,"))
    assert did(report) == [
        ("ended", "councillor", "Cled Chwedl", "Birch"),
        ("added", "councillor", "New Person", "Birch"),
    ]
    assert ("Cled Chwedl", "Birch", TODAY) in people(loaded)
    assert ("New Person", "Birch", None) in people(loaded)


def test_a_seat_whose_councillor_is_gone_is_vacant(bring, loaded):
    bring(COUNCILLORS)
    report = bring("\n".join(line for line in COUNCILLORS.splitlines() if "Cled" not in line))
    assert report.vacant == ("Birch",)
    with loaded.reading() as session:
        seats = wards_and_councillors(session, TODAY)[1].seats
    assert [(one.standing, one.vacant_since) for one in seats] == [(Standing.vacant, TODAY), (Standing.vacant, None)]


def test_what_the_file_cannot_say_stays_and_what_it_leaves_empty_goes(bring, loaded):
    bring(COUNCILLORS)
    report = bring("ward,id,name,email\nAlder,1,Ann Example,\nAlder,2,Bryn Ffug,bryn@example.org\n", many_leave=True)
    assert [(one.name, one.fields) for one in report.done if one.act == "changed"] == [("Ann Example", ("email",))]
    ann, bryn = row(loaded, "Ann Example"), row(loaded, "Bryn Ffug")
    assert (ann.email, ann.telephone, ann.surgery_cy) == ("", "01632 960001", "Dydd Llun am 10:00")
    assert bryn.absent_from_on == dt.date(2026, 11, 1)


def test_somebody_who_is_renamed_is_known_by_the_number_and_without_one_by_the_name(bring, loaded):
    bring("ward,id,name\nAlder,7,Ann Example\nBirch,,Cled Chwedl\n")
    report = bring("ward,id,name\nAlder,7,Ann Sample\nBirch,8,Cynghorydd CLED CHWEDL\n")
    assert [(one.act, one.name) for one in report.done] == [("changed", "Ann Sample"), ("changed", "CLED CHWEDL")]
    assert row(loaded, "CLED CHWEDL").source_id == "8"


def test_somebody_who_moves_to_another_ward_ends_in_the_one_and_begins_in_the_other(bring, loaded):
    bring("ward,id,name\nAlder,7,Ann Example\nBirch,8,Cled Chwedl\n")
    bring("ward,seats,id,name\nAlder,1,,Vacancy\nBirch,2,8,Cled Chwedl\nBirch,2,7,Ann Example\n")
    assert [one for one in people(loaded) if one[0] == "Ann Example"] == [
        ("Ann Example", "Alder", TODAY),
        ("Ann Example", "Birch", None),
    ]


REFUSED = {
    "in two wards": (
        "ward,id,name\nAlder,7,Ann Example\nBirch,7,Ann Example\n",
        "list.csv, line 3: Ann Example is in two wards: Alder (list.csv, line 2) and Birch",
    ),
    "in two wards by name": (
        "ward,name\nAlder,Ann Example\nBirch,Cllr Ann  Example\n",
        "list.csv, line 3: Ann Example is in two wards: Alder (list.csv, line 2) and Birch. If they are two",
    ),
    "twice in one ward": (
        "ward,name\nAlder,Ann Example\nGwern,ann example\n",
        "list.csv, line 3: ann example stands in the list twice, first at list.csv, line 2",
    ),
    "an unknown ward": (
        "ward,name\nAtlantis,Ann Example\n",
        "list.csv, line 2: there is no ward 'Atlantis' among the 4 that are served",
    ),
    "one too many": (
        "ward,seats,name\nAlder,1,Ann Example\nAlder,1,Bryn Ffug\n",
        "list.csv, line 3: Alder has 1 seats and 2 councillors: Ann Example, Bryn Ffug. If it has more seats now,",
    ),
    "two numbers of seats": (
        "ward,seats,name\nAlder,2,Ann Example\nAlder,3,Bryn Ffug\n",
        "list.csv, line 3: Alder has 2 and 3 seats",
    ),
    "too many seats": (
        "ward,seats,name\nAlder,99,Ann Example\n",
        "list.csv, line 2: number: '99' is no whole number from 1 to 12",
    ),
    "no name": ("ward,name\nAlder,\n", "list.csv, line 2: name: it is missing"),
    "no ward": ("ward,name\n,Ann Example\n", "list.csv, line 2: ward: it is missing"),
    "a title and no name": ("ward,name\nAlder,Councillor \n", "list.csv, line 2: name: it is missing"),
    "a long name": (f"ward,name\nAlder,{'x' * 121}\n", "list.csv, line 2: name: it has more than 120 characters"),
    "a day that is none": (
        "ward,name,term_ends_on\nAlder,Ann Example,31/02/2027\n",
        "list.csv, line 2: day: '31/02/2027' is no day such as 2026-05-07 or 07/05/2026",
    ),
    "neither yes nor no": (
        "ward,name,shows_email\nAlder,Ann Example,perhaps\n",
        "list.csv, line 2: yes or no: 'perhaps' is neither yes nor no",
    ),
    "an unknown stand-in": (
        "ward,name,covered_by\nAlder,Ann Example,Nobody Known\n",
        "list.csv, line 2: 'Nobody Known', who should stand in for Ann Example, is not in the files",
    ),
    "own stand-in": (
        "ward,name,covered_by\nAlder,Ann Example,ann example\n",
        "list.csv, line 2: Ann Example cannot stand in for themselves",
    ),
    "a field too few": (
        "ward,name,email\nAlder,Ann Example\n",
        "list.csv, line 2: it has 2 fields, and the header has 3",
    ),
    "an unknown header": (
        "alpha,beta\n1,2\n",
        "list.csv, line 1: its header is: alpha, beta. Nearest known list: councillors of Open Council Data, of which",
    ),
    "two columns of one name": ("ward,name,Name\nAlder,a,b\n", "list.csv, line 1: two columns have the same name"),
    "nothing": ("", "list.csv: it is empty"),
    "an open quotation mark": (
        'ward,name\nAlder,"Ann\n',
        "list.csv, line 2: it is cut off or damaged (unexpected end of data)",
    ),
    "another encoding": (
        "ward,name\nAlder,D\xf4n\n".encode("latin-1"),
        "list.csv, line 2: byte 0xF4 is not UTF-8; the file looks like Windows-1252: save it as UTF-8",
    ),
    "a NUL": (b"ward,name\nAlder,A\0n\n", "list.csv, line 2: it holds a NUL byte: the file is damaged or is no text"),
}


@pytest.mark.parametrize("why", REFUSED)
def test_a_bad_list_is_refused_whole_with_file_and_line(bring, loaded, why):
    text, said = REFUSED[why]
    bring("ward,name\nCedar,Dot Sample\n")
    before = everything(loaded)
    with pytest.raises(FilesRefused) as refused:
        bring(text)
    assert str(refused.value).startswith(said)
    assert everything(loaded) == before


def test_every_fault_of_every_file_is_said_at_once(loaded, file):
    first, second = file("ward,name\nAtlantis,A\nAlder,\n", "a.csv"), file("ward,name\nAlder,\n", "b.csv")
    with pytest.raises(FilesRefused) as refused:
        import_councillors(loaded, [first, second], Options())
    assert [(one.file, one.where) for one in refused.value.refusals] == [("a.csv", "line 3"), ("b.csv", "line 2")]


def test_a_list_that_would_empty_half_the_council_is_not_believed_without_a_word(bring, loaded):
    everybody = [f"{ward},{number}{ward},Person {number} {ward}" for ward in ("Alder", "Birch") for number in "1234"]
    bring("\n".join(["ward,id,name", *everybody]))
    few = "\n".join(["ward,id,name", *everybody[:3]])
    with pytest.raises(FilesRefused, match="5 of the 8 councillors who sit now are not in the files") as refused:
        bring(few)
    assert "--many-leave" in str(refused.value)
    report = bring(few, many_leave=True)
    assert sum(one.act == "ended" for one in report.done) == 5


def test_contacts_that_are_none_are_left_out_with_a_note_and_homes_are_never_read(bring, loaded):
    report = bring(
        "ward,name,email,telephone,home_telephone,Home Address\n"
        "Alder,Ann Example,[removed],ring the bell,01632 960999,1 Example Street\n"
    )
    assert report.notes[:3] == (
        "list.csv, line 1: not read, for it is of people's homes: home_telephone, home_address",
        "list.csv, line 2: '[removed]' is no e-mail address and was left out",
        "list.csv, line 2: 'ring the bell' is no telephone number and was left out",
    )
    assert "960999" not in str(row(loaded, "Ann Example").model_dump())


def test_somebody_who_looked_at_the_file_marks_everybody_in_it(bring, loaded):
    bring(COUNCILLORS)
    bring("ward,id,name\nAlder,1,Ann Example\n", is_checked=True, many_leave=True)
    assert row(loaded, "Ann Example").checked_on == TODAY


def test_open_council_data_is_known_by_its_header(bring, loaded):
    head = "Council,Ward Name,Councillor Name,Party Name,Next Election\n"
    report = bring(f"{head}Hereshire,Alder Ward,Cllr. Ann Example,Green Party,2027\n")
    assert report.files == (("list.csv", "councillors of Open Council Data", 1),)
    assert (row(loaded, "Ann Example").party_cy, row(loaded, "Ann Example").term_ends_on) == ("Y Blaid Werdd", None)


def test_a_popolo_table_is_known_and_its_history_is_passed_over(bring, loaded):
    head = "id,name,sort_name,email,group,group_id,area_id,area,start_date,end_date\n"
    now = "p1,Ann Example,,ann@example.org,Labour,lab,a1,Alder,2022,\n"
    past = "p2,Old Hand,,,Labour,lab,a1,Alder,2017-05-08,2022-05-08\n"
    report = bring(head + now + past)
    assert report.files[0][1] == "councillors as a Popolo table"
    assert [one[0] for one in people(loaded)] == ["Ann Example"]
    assert row(loaded, "Ann Example").starts_on is None


def popolo(**changes):
    whole = {
        "persons": [
            {
                "id": "p1",
                "name": "Ann Example",
                "email": "ann@example.org",
                "contact_details": [
                    {"type": "voice", "value": "01632 960999", "note": "Home"},
                    {"type": "voice", "value": "01632 960001"},
                ],
            },
            {"id": "p2", "name": "Bryn Ffug", "memberships": [{"area": {"name": "Birch"}}]},
        ],
        "organizations": [{"id": "lab", "name": "Labour"}],
        "areas": [{"id": "a1", "name": "Alder"}],
        "memberships": [
            {"person_id": "p1", "area_id": "a1", "on_behalf_of_id": "lab", "start_date": "2022-05-09"},
            {"person_id": "p1", "area_id": "a1", "end_date": "2017-05-01"},
            {"person_id": "p1", "role": "of no ward"},
        ],
    }
    return json.dumps(whole | changes)


def test_popolo_json_is_known_and_a_home_number_is_not_read(bring, loaded):
    report = bring(popolo())
    assert report.files == (("list.csv", "councillors as Popolo", 2),)
    assert people(loaded) == [("Ann Example", "Alder", None), ("Bryn Ffug", "Birch", None)]
    ann = row(loaded, "Ann Example")
    assert (ann.telephone, ann.party_cy, ann.starts_on) == ("01632 960001", "Llafur", dt.date(2022, 5, 9))
    assert "memberships 1: a contact that is marked as of a home was not read" in str(report.notes)
    assert bring(popolo()).is_unchanged


POPOLO_REFUSED = {
    "cut off": (popolo()[:100], "list.csv, line 1: it is cut off or damaged"),
    "another shape": ('{"a": 1}', "list.csv: it is no Popolo"),
    "a list": ("[1, 2]", "list.csv: it is no Popolo"),
    "no list": (popolo(memberships={"a": 1}), "list.csv, memberships: it is no list"),
    "no object": (popolo(memberships=[3]), "list.csv, memberships 1: it is no object"),
    "no person": (
        popolo(memberships=[{"person_id": "x", "area_id": "a1"}]),
        "list.csv, memberships 1: name: it is missing",
    ),
    "a bad day": (
        popolo(memberships=[{"person_id": "p1", "area_id": "a1", "end_date": "soon"}]),
        "list.csv, memberships 1: day: 'soon' is no day",
    ),
    "an unknown ward": (
        popolo(memberships=[{"person_id": "p1", "area_id": "zz"}]),
        "list.csv, memberships 1: there is no ward 'zz'",
    ),
    "too deep": ("[" * 100_000, "list.csv: it is nested too deeply"),
}


@pytest.mark.parametrize("why", POPOLO_REFUSED)
def test_bad_popolo_is_refused_with_its_place(bring, loaded, why):
    text, said = POPOLO_REFUSED[why]
    with pytest.raises(FilesRefused) as refused:
        bring(text)
    assert str(refused.value).startswith(said)
    assert people(loaded) == []


def test_a_file_that_is_not_there_or_is_a_folder_or_is_huge_is_named(loaded, tmp_path, file):
    huge = file(b"ward,name\n" + b"x" * MOST_BYTES, "huge.csv")
    with pytest.raises(FilesRefused) as refused:
        import_councillors(loaded, [tmp_path / "none.csv", tmp_path, huge], Options())
    said = [one.said for one in refused.value.refusals]
    assert said[0].startswith("it cannot be read")
    assert said[1:] == ["it is a folder; name the files in it", "it is larger than 10 MB, as no such list is"]


def test_two_wards_of_one_name_must_be_told_apart_by_code(bring, loaded):
    with loaded.unit_of_work() as session:
        ward = session.exec(select(Area).where(Area.code == "W05000002", Area.kind == "ward")).one()
        ward.name_en = ward.name_cy = "Alder"
    with pytest.raises(FilesRefused, match="2 wards are called 'Alder': give the code, W05000001 or W05000002"):
        bring("ward,name\nAlder,Ann Example\n")
    bring("ward_code,ward,name\nW05000002,Alder,Ann Example\n")
    assert len(people(loaded)) == 1


def test_the_day_of_an_import_is_the_day_on_which_new_people_were_looked_at(bring, loaded):
    bring("ward,name\nAlder,Ann Example\n")
    assert row(loaded, "Ann Example").checked_on == clock.today()
    assert HEAD.startswith("ward")
