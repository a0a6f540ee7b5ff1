"""What the public reads of who is in charge and of councillors, in both languages and in every state."""

import datetime as dt

import pytest
from sqlmodel import select

from portal import revisions
from portal.app import create_app
from portal.organisations.following import end_seats_of_ended_wards, turn_the_day
from portal.organisations.models import Councillor, Holder, Seat
from portal.organisations.service import NOUN
from portal.places.models import Area, AreaSuccessor
from tests.browse import MARKED, Browse
from tests.checks import every, words
from tests.factories import job_context, known_of

TODAY = dt.date(2026, 11, 20)
PATHS = ("who-is-in-charge", "councillors", "councillors/alder", "councillors/birch", "councillors/cedar")


@pytest.fixture
def public(app):
    with Browse(app) as reader:
        yield reader


def test_the_portfolio_holder_comes_first_then_each_kind_of_body(public):
    page = public.open("/en/who-is-in-charge")
    assert [words(one) for one in every(page.main, "h2")] == [
        "Hereshire Council",
        "Responsible authorities",
        "The local policing body",
    ]
    assert "Portfolio holder Ann Example" in page.said
    assert "In post since: 1 May 2024" in page.said
    assert "Last checked on: 1 October 2026" in page.said
    assert "Here Police" in page.said
    assert "Nobody has checked this yet." in page.said
    assert "This post is vacant." in page.said
    assert "No contact is published." in page.said
    assert "Not Yet" not in page.said


def test_only_what_was_said_to_be_public_is_shown_of_a_person(public):
    text = public.open("/en/who-is-in-charge").text
    assert "01632 960009" in text
    assert "own@example.org" not in text
    assert "figure@example.org" in text


def test_wards_stand_in_the_order_of_the_language(public):
    english = [words(one) for one in every(public.open("/en/councillors").main, "h2")]
    welsh = [words(one) for one in every(public.open("/cy/cynghorwyr").main, "h2")]
    assert english == ["Alder", "Birch", "Cedar", "St Derw's Park"]
    assert welsh == ["Bedw", "Cedrwydd", "Gwern", "Parc Sain Derw"]


def test_a_ward_says_who_is_there_who_is_away_and_who_stands_in(public):
    said = public.open("/en/councillors").follow("Alder").said
    assert "Ann Example Party: Labour Telephone: 01632 960001 E-mail: ann@example.org" in said
    assert "Surgeries Mondays at 10:00" in said
    assert "Away from 1 November 2026 to 31 December 2026." in said
    assert "In the meantime turn to: Ann Example" in said
    assert "bryn@example.org" not in said


def test_a_vacant_seat_and_a_term_that_is_over_are_said(public):
    assert "Nobody sits in this seat at present." in public.open("/en/councillors/birch").said
    cedar = public.open("/en/councillors/cedar").said
    assert "The term ended on 19 November 2026. It has not been said yet who was elected." in cedar
    assert "No councillors have been entered for this ward yet." in public.open("/en/councillors/st-derws-park").said


def test_where_who_answers_has_no_published_contact_it_is_said_where_to_write(public, filled):
    birch = public.open("/en/councillors/birch").said
    assert "In the meantime turn to: Cled Chwedl E-mail:" in birch
    with filled.unit_of_work() as session:
        one = session.exec(select(Councillor).where(Councillor.name == "Cled Chwedl")).one()
        one.shows_telephone = one.shows_email = False
        revisions.touch(session, NOUN)
    birch = public.open("/en/councillors/birch").said
    told = "In the meantime turn to: Cled Chwedl No contact is published. Write to: Community safety team"
    assert told in birch


def test_of_a_seat_for_which_nobody_answers_it_is_said_whom_to_turn_to(public, filled):
    birch = public.open("/en/councillors/birch").said
    assert "Nobody sits in this seat at present. In the meantime turn to: Cled Chwedl" in birch
    cedar = public.open("/en/councillors/cedar")
    assert "Nobody answers for this ward at present. Write to: Community safety team" in cedar.said
    assert cedar.follow("Write to: Community safety team").path == "/en/contact/general"
    assert "Tîm diogelwch cymunedol" in cedar.in_other_language().said
    with filled.unit_of_work() as session:
        session.exec(select(Councillor).where(Councillor.name == "Ann Example")).one().absent_from_on = TODAY
        revisions.touch(session, NOUN)
    assert (
        "Nobody stands in at present. Nobody answers for this ward at present."
        in public.open("/en/councillors/alder").said
    )


def test_the_days_of_a_seat_are_said(public):
    said = public.open("/en/councillors/birch").said
    assert "In the seat since: 9 May 2022" in said
    assert "The term ends on: 6 May 2027" in said


def test_a_post_whose_holder_s_term_is_over_is_vacant_and_how_to_reach_them_is_shown_no_more(public, filled):
    with filled.unit_of_work() as session:
        holder = session.exec(select(Holder)).first()
        holder.term_ends_on, holder.shows_email = TODAY, True
        revisions.touch(session, NOUN)
    said = public.open("/en/who-is-in-charge").said
    assert "The term ends on: 20 November 2026" in said
    assert "01632 960009" in said
    with filled.unit_of_work() as session:
        session.exec(select(Holder)).first().term_ends_on = TODAY - dt.timedelta(days=1)
        revisions.touch(session, NOUN)
    said = public.open("/en/who-is-in-charge").said
    assert "The term of Ann Example ended on 19 November 2026. The post is vacant until it is said" in said
    assert "In post since" not in said
    assert "01632 960009" not in said
    assert "own@example.org" not in said
    assert "figure@example.org" in said


def test_what_is_known_in_one_language_alone_is_marked_as_what_it_is(public):
    page = public.open("/cy/cynghorwyr/bedw")
    marked = [words(one) for one in every(page.main, "span") if one.get("lang") == "en"]
    assert marked == ["Local List"]


def test_the_other_languages_address_leads_to_the_own_one(public):
    assert public.client.get("/cy/cynghorwyr/alder").headers["location"] == "/cy/cynghorwyr/gwern"
    assert public.client.get("/en/councillors/nowhere").status_code == 404
    assert public.open("/en/councillors/alder").in_other_language().path == "/cy/cynghorwyr/gwern"


def test_the_pages_are_kept_and_are_in_the_sitemap_and_the_footer(public):
    for path in PATHS:
        assert public.client.get(f"/en/{path}").headers["cache-control"].startswith("public")
        assert f"/en/{path}<" in public.client.get("/sitemap.xml").text
    footer = every(public.open("/en/").root, "footer")[0]
    assert "Who is in charge" in [text for text, _ in public.open("/en/").links(footer)]


def test_every_page_is_translated_and_whole_in_both_languages(filled, settings):
    app = create_app(settings, database=filled, catalogues=MARKED)
    with Browse(app, known=known_of(app)) as reader:
        for path in PATHS:
            english = reader.open(f"/en/{path}")
            assert english.in_other_language().status == 200


def test_an_empty_portal_says_that_nothing_is_there_yet(reader):
    said = reader.open("/en/who-is-in-charge").said
    assert "Nobody has been entered here yet." in said
    assert "No wards have been loaded yet." in reader.open("/en/councillors").said
    assert reader.open("/cy/pwy-syn-gyfrifol").status == reader.open("/cy/cynghorwyr").status == 200


def end_ward(database, code, heir):
    with database.unit_of_work() as session:
        ward = session.exec(select(Area).where(Area.code == code, Area.kind == "ward")).one()
        other = session.exec(select(Area).where(Area.code == heir, Area.kind == "ward")).one()
        ward.ends_on = TODAY
        session.add(AreaSuccessor(area_id=ward.key, successor_id=other.key))


def test_when_a_ward_ends_its_seats_end_and_its_page_says_so(app, public, filled, settings):
    end_ward(filled, "W05000001", "W05000003")
    with filled.unit_of_work() as session:
        said = end_seats_of_ended_wards(session, settings)
    assert said == "Seats ended with their wards: 2 in 1 wards; councillors who sat in them: 2."
    with filled.unit_of_work() as session:
        assert end_seats_of_ended_wards(session, settings) is None
        ended = session.exec(select(Seat).where(Seat.ends_on == TODAY)).all()
        left = session.exec(select(Councillor).where(Councillor.ends_on == TODAY)).all()
    assert (len(ended), sorted(one.name for one in left)) == (2, ["Ann Example", "Bryn Ffug"])
    page = public.open("/en/councillors/alder")
    assert "This ward ended on 20 November 2026, and its seats ended with it. Seats that it had: 2." in page.said
    assert page.follow("Cedar").path == "/en/councillors/cedar"
    assert "Alder" not in public.open("/en/councillors").said


def test_the_job_turns_the_day_only_for_who_changes_on_it(filled, settings, public, time_machine):
    assert "Bryn Ffug (away at present)" in public.open("/en/councillors").said
    manifest = next(one for one in create_app_manifests() if one.noun == "organisations")
    (job,) = [one for one in manifest.jobs if one.name == "terms-and-absences"]
    assert job.run(job_context(filled, settings)) == "1 people's terms or absences began or ended"
    time_machine.move_to("2027-01-01T09:00:00+00:00", tick=False)
    assert job.run(job_context(filled, settings)) == "1 people's terms or absences began or ended"
    time_machine.move_to("2027-01-03T09:00:00+00:00", tick=False)
    assert job.run(job_context(filled, settings)) is None
    with filled.unit_of_work() as session:
        session.exec(select(Holder)).first().term_ends_on = dt.date(2027, 1, 2)
        session.flush()
        assert turn_the_day(session) == 1


def create_app_manifests():
    from portal.app import MANIFESTS  # noqa: PLC0415 - the list as it is, not as a test patched it

    return MANIFESTS
