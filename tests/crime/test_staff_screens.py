"""Those who may release figures look a month through, explain it and release it; nobody else sees any of it."""

import datetime as dt
from contextlib import contextmanager

import pytest
import time_machine
from sqlmodel import select

from portal.app import create_app
from portal.audit.models import AuditEntry
from portal.clock import Month
from portal.crime.models import ContextNote, ForceMonth, ForceMonthState
from portal.places.models import Area
from tests.browse import MARKED, Browse
from tests.checks import every, words
from tests.crime.streets import MONTH, Row, asb, crimes
from tests.factories import known_of
from tests.people import somebody

CAME_IN = dt.datetime(2024, 12, 20, 12, tzinfo=dt.UTC)
NOTE = ("A festival was held.", "Cynhaliwyd gŵyl.")
REASONS = ("The force changed its system.", "Newidiodd yr heddlu ei system.")
SCREENS = ("/figures", "/figures/notes", "/figures/2024-10", "/figures/2024-10/areas", "/figures/2024-10/release")
PREVIEW = "/figures/2024-10/preview/neighbourhoods/near-a"


@pytest.fixture(autouse=True)
def _in_december():
    with time_machine.travel(CAME_IN, tick=False):
        yield


@pytest.fixture
def app(country, settings):
    return create_app(settings, database=country.database)


@pytest.fixture
def analyst(app):
    with somebody(app, "analyst") as one:
        yield one


@contextmanager
def reading(app):
    with Browse(app) as one:
        yield one


def acts(country):
    return [(one.act, one.role, one.thing) for one in sorted(country.all(AuditEntry), key=lambda one: one.id)]


def tags(page):
    return [words(one) for one in every(page.main, "strong") if "govuk-tag" in one.get("class", "")]


def test_the_screens_before_anything_came_in(analyst):
    page = analyst.open("/en/figures")
    assert "No file of the police has come in yet." in page.said
    assert "No figures of this month are here." in analyst.open("/en/figures/2024-10").said
    assert analyst.open("/en/desk").said.endswith(
        "Nothing waits for you. What comes in for one of your roles appears here."
    )


def test_a_month_that_waits_is_on_the_desk_with_the_day_on_which_it_releases_itself(country, analyst):
    country.load(crimes(2))
    desk = analyst.open("/en/desk")
    assert "Crime figures wait to be released: October 2024 Releases itself on: 31 December 2024" in desk.said
    page = desk.follow("Crime figures wait to be released: October 2024")
    assert page.path == "/en/figures/2024-10"
    assert "Waits to be released since: 20 December 2024" in page.said


def test_the_desk_of_others_says_nothing_of_months(country, app):
    country.load(crimes(2))
    with somebody(app, "administrator", "communications", "councillor") as other:
        desk = other.open("/en/desk")
        assert "What waits for you" not in desk.said
        assert "Crime figures" not in [said for said, _ in desk.links()]


def test_missing_months_wait_on_the_desk_and_are_listed(country, analyst):
    country.load(crimes(2), month=Month(2024, 7), release=True)
    country.load(crimes(2), month=Month(2024, 9), release=True)
    desk = analyst.open("/en/desk")
    assert (
        "Crime figures are missing, and readers do not know why: gwent Months: 1. The latest: August 2024" in desk.said
    )
    page = analyst.open("/en/figures")
    assert tags(page) == ["expected", "public", "missing", "public"]
    with (
        time_machine.travel(dt.datetime(2025, 1, 31, 12, tzinfo=dt.UTC), tick=False),
        somebody(analyst.app, "analyst") as later,
    ):
        assert "Months: 2. The latest: October 2024" in later.open("/en/desk").said


def test_nobody_misses_a_month_of_the_transport_police_who_have_no_pages(country, analyst):
    for number in (7, 8, 9):
        country.load(crimes(2), month=Month(2024, number), release=True)
    country.load(crimes(2), month=Month(2024, 7), force="btp", release=True)
    assert "Nothing waits for you." in analyst.open("/en/desk").said
    assert "British Transport Police public" in analyst.open("/en/figures/2024-07").said
    assert "British Transport Police" not in analyst.open("/en/figures/2024-08").said
    page = analyst.open("/en/figures/2024-10/gap")
    assert [words(one) for one in every(page.main, "option")] == ["gwent"]


def test_what_came_in_is_told_row_by_row(country, analyst):
    rows = [*crimes(110), Row(at=""), Row(at="outside"), asb(), asb(), Row("Witchcraft")]
    country.load(rows)
    page = analyst.open("/en/figures/2024-10")
    (table,) = every(page.main, "table")
    cells = [words(one) for one in every(table, "td")]
    assert cells == ["115", "1", "1", "1", "1"]
    assert "Set aside, not counted: gwent a type of crime that no list knows: 1" in page.said


def test_a_file_that_was_refused_is_told_with_its_reason(country, analyst):
    country.load([*crimes(2), Row("Witchcraft")])
    page = analyst.open("/en/figures/2024-10")
    assert (
        "File: 2024-10-gwent-street.csv, 20 December 2024. Reason: more than one row in a hundred has a fault"
        in page.said
    )


def test_what_a_later_file_moved_is_told(country, analyst):
    country.load(crimes(2))
    country.load([*crimes(5), *crimes(1, "Burglary", "B")])
    page = analyst.open("/en/figures/2024-10")
    assert "Counts that this file changed against the one before: gwent" in page.said
    table = every(page.main, "table")[-1]
    rows = [[words(cell) for cell in every(row, "th", "td")] for row in every(table, "tr")[1:]]
    assert ["near A", "Drugs", "2", "5"] in rows


def test_what_stands_out_is_listed_and_leads_to_each_page_before_it_is_public(country, analyst, app):
    country.load([*crimes(7), asb("B")])
    page = analyst.open("/en/figures/2024-10").follow("What stands out, area by area, with the page of each")
    assert "near A Recorded most: Drugs. That is 7 of 7 crimes." in page.said
    assert "near B and C No crime was recorded. Incidents of anti-social behaviour: 1." in page.said
    shown = page.follow("near A")
    assert shown.path == f"/en{PREVIEW}"
    assert shown.heading == "Crime in near A, October 2024"
    assert "Preview: not public yet" in shown.said
    assert "Recorded most: Drugs. That is 7 of 7 crimes." in shown.said
    with reading(app) as reader:
        assert "No month has been published yet" in reader.open("/en/crime/neighbourhoods/near-a").said


def test_a_preview_is_never_kept_and_has_no_files_and_stays_within_itself(country, analyst):
    country.load(crimes(3))
    country.load(crimes(4), month=MONTH.plus(-1))
    page = analyst.open(f"/en{PREVIEW}")
    assert page.headers["cache-control"] == "no-store"
    assert not [href for _, href in page.links() if href.endswith((".csv", ".json"))]
    assert page.follow("Earlier: September 2024").path == "/en/figures/2024-09/preview/neighbourhoods/near-a"
    assert page.follow("The same figures for: one").path == "/en/figures/2024-10/preview/authorities/one"
    page.typed["month"] = "2024-09"
    assert page.press("Show this month").path == "/en/figures/2024-09/preview/neighbourhoods/near-a"
    (link,) = [href for said, href in page.links() if said == "This figure looks wrong"]
    assert link.endswith("?about=/en/crime/neighbourhoods/near-a/2024-10")
    assert page.in_other_language().path == "/cy/ffigurau/2024-10/rhagolwg/cymdogaethau/near-a"


def test_what_is_previewed_is_in_no_kept_page(country, analyst, app):
    country.load(crimes(3))
    for path in (f"/en{PREVIEW}", "/en/crime/neighbourhoods/near-a"):
        analyst.client.get(path)
    with reading(app) as reader:
        assert reader.client.get(f"/en{PREVIEW}").status_code == 303
        public = reader.client.get("/en/crime/neighbourhoods/near-a")
        assert "Drugs" not in public.text


def test_a_part_of_a_preview_is_sent_with_its_band(country, analyst):
    country.load(crimes(3))
    part = analyst.client.get(f"/en{PREVIEW}", headers={"hx-request": "true", "hx-target": "month"}).text
    assert "Preview: not public yet" in part
    assert "<html" not in part


def test_a_month_is_released_after_it_was_confirmed(country, analyst, app):
    country.load(crimes(3))
    with reading(app) as reader:
        reader.open("/en/crime/neighbourhoods/near-a")
        asked = analyst.open("/en/figures/2024-10").follow("Release this month")
        assert "This cannot be taken back." in asked.said
        again = asked.press("Release it now")
        assert (again.status, again.problems()) == (422, ["Tick the box to say that you have looked the month through"])
        assert country.month().state is ForceMonthState.imported
        page = again.tick("I have looked this month through.").press("Release it now")
        assert "The month is released. Every reader sees it from now on." in page.said
        assert "October 2024" in reader.open("/en/crime/neighbourhoods/near-a").heading
    act, role, thing = acts(country)[-1]
    assert (act, role, thing) == ("crime-released", "analyst", "crime-month:gwent/2024-10")
    assert max(country.all(AuditEntry), key=lambda one: one.id).actor.startswith("account:")


def test_the_register_names_the_role_in_the_language_of_its_reader(country, app):
    country.load(crimes(3))
    with somebody(app, "analyst", "moderator") as both:
        page = both.open("/en/figures/2024-10/release").tick("I have looked this month through.")
        page.press("Release it now")
    (number,) = [one.id for one in country.all(AuditEntry) if one.act == "crime-released"]
    with reading(app) as reader:
        assert "In the role of Analyst, Moderator" in reader.open(f"/en/register/{number}").said
        assert "Dadansoddwr, Cymedrolwr" in reader.open(f"/cy/cofrestr/{number}").said


def test_who_comes_second_is_told_calmly(country, analyst, app):
    country.load(crimes(3))
    first = analyst.open("/en/figures/2024-10/release")
    with somebody(app, "analyst") as colleague:
        second = colleague.open("/en/figures/2024-10/release").tick("I have looked this month through.")
        first.tick("I have looked this month through.").press("Release it now")
        page = second.press("Release it now")
    assert "This month is public already: somebody released it before you" in page.said
    assert [one for one, _, _ in acts(country)].count("crime-released") == 1


def test_a_file_that_comes_while_somebody_looks_is_looked_at_first(country, analyst):
    country.load(crimes(3))
    asked = analyst.open("/en/figures/2024-10/release").tick("I have looked this month through.")
    country.load(crimes(4))
    page = asked.press("Release it now")
    assert page.problems() == ["A new file came in while you were looking. Look at the month again, then tick the box"]
    assert country.month().state is ForceMonthState.imported
    page.tick("I have looked this month through.").press("Release it now")
    assert country.month().state is ForceMonthState.released


def test_both_texts_are_seen_where_the_month_is_released(country, analyst):
    country.load(crimes(3))
    for month in (MONTH, MONTH.plus(-1)):
        country.load(crimes(3), month=month, force="btp")
    write_note(analyst)
    page = analyst.open("/cy/ffigurau/2024-10/rhyddhau")
    assert [words(one) for one in every(page.main, "p") if one.get("lang")] == [*NOTE]
    said = analyst.open("/en/figures/2024-10/release").said
    assert "These earlier months wait too." in said
    assert "September 2024" in said
    assert "The figures of: British Transport Police" in said


def write_note(browse, *, area="Neighbourhood: near A", texts=NOTE):
    page = browse.open("/en/figures/2024-10/note")
    page.typed |= {"area": option(page, area), "text_en": texts[0], "text_cy": texts[1]}
    checked = page.press("See how it will stand on the page")
    return checked.press("Add this note") if checked.status == 200 else checked


def option(page, said):
    return next((one.get("value") for one in every(page.main, "option") if words(one) == said), said)


def test_a_note_is_seen_as_it_will_stand_before_it_is_added(country, analyst, app):
    country.load(crimes(3), release=True)
    page = analyst.open("/en/figures/2024-10").follow("Add a note for readers")
    page.typed |= {"area": option(page, "Neighbourhood: near A"), "text_en": NOTE[0], "text_cy": NOTE[1]}
    checked = page.press("See how it will stand on the page")
    assert "It will stand on this page, under the first sentences: near A, October 2024" in checked.said
    assert country.all(ContextNote) == []
    changed = checked.press("Change the texts")
    assert (changed.status, changed.value("In English"), changed.value("In Welsh")) == (200, *NOTE)
    done = checked.press("Add this note")
    assert "The note stands on the page from now on." in done.said
    checked.press("Add this note")
    (note,) = country.all(ContextNote)
    assert (note.text_en, note.text_cy, note.area_id) == (*NOTE, country.ids["near A"])
    assert acts(country)[-1][:2] == ("crime-note-added", "analyst")
    with reading(app) as reader:
        assert NOTE[1] in reader.open("/cy/troseddu/cymdogaethau/near-a").said


WRONG_TEXTS = {
    "nothing": (("", ""), ["Choose the area", "Write the text in English", "Write the text in Welsh"]),
    "no Welsh": ((NOTE[0], " "), ["Choose the area", "Write the text in Welsh"]),
    "the same": (("Gŵyl", "gŵyl"), ["Choose the area", "The Welsh text is the English one. Write it in Welsh"]),
    "too long": (("x" * 1001, NOTE[1]), ["Choose the area", "Make the English text shorter"]),
}


@pytest.mark.parametrize("name", WRONG_TEXTS)
def test_a_note_with_problems_comes_again_with_what_was_typed(country, analyst, name):
    country.load(crimes(3))
    texts, problems = WRONG_TEXTS[name]
    page = write_note(analyst, area="999999", texts=texts)
    assert (page.status, page.problems()) == (422, problems)
    assert [page.value("In English"), page.value("In Welsh")] == [one.strip() for one in texts]
    posted = analyst.send("/en/figures/2024-10/note/add", {"area": "1", "text_en": texts[0], "text_cy": texts[1]})
    assert posted.status == 422
    assert country.all(ContextNote) == []


def test_a_note_is_withdrawn_once_and_stays_listed(country, analyst):
    country.load(crimes(3))
    write_note(analyst)
    month = analyst.open("/en/figures/2024-10")
    listed = analyst.open("/en/figures/notes")
    assert "The note is withdrawn." in month.press("Withdraw the note: near A").said
    assert "Somebody else did this in the meantime." in listed.press("Withdraw the note of October 2024: near A").said
    assert "Withdrawn on: 20 December 2024" in analyst.open("/en/figures/notes").said
    assert acts(country)[-1][:2] == ("crime-note-withdrawn", "analyst")
    analyst.send("/en/figures/2024-10/notes/999/withdraw", {}, 404)
    analyst.send("/en/figures/2024-09/notes/1/withdraw", {}, 404)


def test_readers_are_told_why_figures_are_missing_and_it_can_be_taken_back(country, analyst, app):
    country.load(crimes(3), month=MONTH.plus(-1), release=True)
    page = analyst.open("/en/figures/2024-10").follow("Say why figures are missing")
    page.typed |= {"force": "gwent", "text_en": REASONS[0], "text_cy": REASONS[1]}
    done = page.press("Tell readers")
    assert "Readers are told why the figures are missing." in done.said
    with reading(app) as reader:
        assert REASONS[0] in reader.open("/en/crime/neighbourhoods/near-a/2024-10").said
    assert acts(country)[-1] == ("crime-declared-not-supplied", "analyst", "crime-month:gwent/2024-10")
    back = done.press("Take the reason back: gwent")
    assert "The reason is taken back." in back.said
    assert country.month() is None
    assert "in the meantime" in done.press("Take the reason back: gwent").said


def test_a_reason_that_somebody_else_gave_meanwhile_stands(country, analyst, app):
    country.load(crimes(3), month=MONTH.plus(-1), release=True)
    page = analyst.open("/en/figures/2024-10/gap")
    with somebody(app, "analyst") as colleague:
        theirs = colleague.open("/en/figures/2024-10/gap")
        theirs.typed |= {"force": "gwent", "text_en": REASONS[0], "text_cy": REASONS[1]}
        theirs.press("Tell readers")
    page.typed |= {"force": "gwent", "text_en": "Other words.", "text_cy": "Geiriau eraill."}
    assert "in the meantime" in page.press("Tell readers").said
    assert country.month().reason_en == REASONS[0]


def test_a_reason_with_problems_comes_again(country, analyst):
    country.load(crimes(3), month=MONTH.plus(-1))
    page = analyst.open("/en/figures/2024-10/gap")
    page.typed |= {"force": "south-wales", "text_en": "x" * 601, "text_cy": ""}
    again = page.press("Tell readers")
    expected = ["Choose the police force", "Make the English text shorter", "Write the text in Welsh"]
    assert again.problems() == expected
    assert again.value("In English") == "x" * 601
    assert country.month() is None


@pytest.mark.parametrize("lang", ["en", "cy"])
def test_every_screen_comes_from_the_catalogue(country, settings, lang):
    country.load([*crimes(110), Row("Witchcraft"), Row(at="")])
    country.load([*crimes(112), Row("Witchcraft")])
    country.load(crimes(1), force="btp", month=MONTH.plus(-1), release=True)
    country.load([Row("Witchcraft")])
    app = create_app(settings, database=country.database, catalogues=MARKED)
    with somebody(app, "analyst") as one:
        write_note_raw(one, country)
        marked = Browse(app, known=known_of(app))
        marked.client.cookies = one.client.cookies
        urls = app.state.urls
        month, other = str(MONTH), str(MONTH.plus(-2))
        for name in ("months", "notes"):
            assert marked.open(urls.path(f"crime:{name}", lang)).lang == lang
        for name in ("look", "stand_out", "ask_to_release", "ask_gap", "ask_note"):
            assert marked.open(urls.path(f"crime:{name}", lang, month=other if name == "ask_gap" else month)).said
        slug = {"slug": "near-a", "month": month}
        assert marked.open(urls.path("crime:preview_neighbourhood", lang, **slug)).said
        assert marked.open(urls.path("desk:show", lang)).said
        form = {"area": str(country.ids["near A"]), "text_en": NOTE[0], "text_cy": NOTE[1]}
        assert marked.send(urls.path("crime:check_note", lang, month=month), form).status == 200
        for name in ("check_note", "declare", "release"):
            assert marked.send(urls.path(f"crime:{name}", lang, month=other if name == "declare" else month), {})


def write_note_raw(browse, country):
    area = str(country.ids["near A"])
    form = {"area": area, "text_en": NOTE[0], "text_cy": NOTE[1]}
    assert browse.client.post(f"/en/figures/{MONTH}/note/add", data=form).status_code == 303


@pytest.mark.parametrize("lang", ["en", "cy"])
def test_every_screen_is_closed_to_everybody_else(country, app, lang):
    country.load(crimes(3))
    routes = [one for one in declared(app) if one[0].startswith("crime:") and "figures" in one[2]["en"].split("/")]
    assert len(routes) == 17
    with reading(app) as stranger, somebody(app, "administrator", "communications") as other:
        for _, methods, paths in routes:
            path = paths[lang].replace("{month:month}", "2024-10").replace("{slug:slug}", "near-a")
            path = path.replace("{id:number}", "1")
            if "POST" in methods:
                assert stranger.client.post(path, data={"sure": "yes"}).status_code == 401, path
                assert other.client.post(path, data={"sure": "yes"}).status_code == 404, path
            else:
                answer = stranger.client.get(path)
                assert answer.status_code == 303, path
                assert answer.headers["location"].startswith(app.state.urls.path("accounts:sign_in", lang))
                assert other.client.get(path).status_code == 404, path
    assert country.month().state is ForceMonthState.imported
    assert country.all(ContextNote) == []


def declared(app):
    return app.state.urls.declared()


@pytest.mark.parametrize("path", ["/en/figures/2025-01", "/en/figures/2030-01/release", "/en/figures/2009-12"])
def test_of_a_month_that_has_not_begun_nothing_is_shown(country, analyst, path):
    country.load(crimes(3))
    analyst.open(path, 404)


def test_an_address_in_the_other_languages_word_leads_to_the_page(country, analyst):
    country.load(crimes(3))
    with country.database.unit_of_work() as session:
        area = session.exec(select(Area).where(Area.id == country.ids["near A"])).one()
        area.slug_cy = "ger-a"
    assert analyst.open("/en/figures/2024-10/preview/neighbourhoods/ger-a").path == f"/en{PREVIEW}"
    assert analyst.client.get(f"/en{PREVIEW}?month=2024-13").status_code == 404


def test_every_kind_of_area_has_its_preview(country, analyst):
    country.load(crimes(3))
    for kind, slug in (("authorities", "one"), ("partnerships", "whole"), ("forces", "gwent")):
        page = analyst.open(f"/en/figures/2024-10/preview/{kind}/{slug}")
        assert "Preview: not public yet" in page.said
    assert [one.state for one in country.all(ForceMonth)] == [ForceMonthState.imported]
