"""The administrator changes names, colour and contacts on screen: checked, recorded, and seen everywhere."""

import datetime as dt
import threading
import time
from dataclasses import fields, replace

import pytest
import time_machine
from sqlmodel import select

from portal import clock, revisions
from portal.app import create_app
from portal.audit.models import AuditEntry
from portal.authority import service
from portal.authority.models import AuthoritySetting
from portal.clock import Nation
from portal.contact.models import Message
from portal.db import Database
from portal.lifecycle import Actor
from portal.notifications.models import OutboxMessage
from portal.publisher import Authority, authority_problems
from portal.settings import Settings
from portal.web.manifest import Job, JobContext
from portal.worker import run_due
from tests.browse import MARKED, Browse, Known
from tests.checks import every, words
from tests.people import somebody

KEEPER = Actor("account:1", "administrator")
EASY = "https://example.org/easy"
NAMES = {"name_en": "Elwern Council", "name_cy": "Cyngor Elwern"}


@pytest.fixture
def app(database, settings):
    return create_app(settings, database=database)


@pytest.fixture
def keeper(app):
    with somebody(app, "administrator") as one:
        yield one


def save(database, base=None, **values):
    """As somebody does who saw the newest settings."""
    base = base or Settings()
    with database.unit_of_work() as session:
        return service.change(session, KEEPER, base, values, service.seen_number(session))


def kept(database):
    with database.reading() as session:
        return {one.name: one.value for one in service.changed(session)}


def acts(database):
    with database.reading() as session:
        return session.exec(select(AuditEntry).order_by(AuditEntry.id)).all()


def in_force(database, base=None):
    with database.reading() as session:
        return service.in_force(session, base or Settings()).authority


def fill(browse, lang="en", **values):
    page = browse.open(browse.app.state.urls.path("authority:show", lang))
    page.typed |= values
    return page


def press(page, button=0):
    buttons = [words(one) for one in every(page.main, "button")]
    return page.press(buttons[button])


def test_every_setting_but_the_nation_is_on_the_form(keeper):
    page = fill(keeper)
    names = {one.get("name") for one in every(page.main, "input")} - {"seen"}
    assert names == {one.name for one in fields(Authority)} - {"nation"} == set(service.EDITABLE)
    assert "Law and bank holidays are those of: Wales." in page.said
    assert "Contrast of this colour with white: 11.3 to 1." in page.said


@pytest.mark.parametrize("lang", ["en", "cy"])
def test_what_changes_is_seen_before_it_is_saved_and_then_on_every_page(keeper, app, database, lang):
    with Browse(app) as reader:
        assert "Elwern" not in reader.open(f"/{lang}/").text
        checked = press(fill(keeper, lang, **NAMES, brand_colour="#5a1f3c"))
        rows = [[words(cell) for cell in every(row, "th", "td")][1:] for row in every(checked.main, "tr")[1:]]
        assert rows == [
            ["Community safety portal", "Elwern Council"],
            ["Porth diogelwch cymunedol", "Cyngor Elwern"],
            ["#1f3c5a", "#5a1f3c"],
        ]
        assert [one.get("fill") for one in checked.main.iter() if str(one.tag).endswith("rect")] == ["#5a1f3c"]
        assert kept(database) == {}
        saved = press(checked)
        assert saved.status == 200
        assert NAMES[f"name_{lang}"] in saved.text
        page = reader.open(f"/{lang}/")
        assert words(page.root.find("head/title")).endswith(f" – {NAMES[f'name_{lang}']}")
        assert "#5a1f3c" in reader.client.get("/theme.css").text
    assert kept(database) == {**NAMES, "brand_colour": "#5a1f3c"}
    act = acts(database)[-1]
    assert (act.act, act.thing) == ("authority-settings-changed", "authority:settings")
    assert act.before == {
        "name_en": "Community safety portal",
        "name_cy": "Porth diogelwch cymunedol",
        "brand_colour": "#1f3c5a",
    }
    assert act.after == {**NAMES, "brand_colour": "#5a1f3c"}
    assert act.actor.startswith("account:")


def test_what_is_checked_can_be_changed_again_before_it_is_saved(keeper, database):
    again = press(press(fill(keeper, telephone="01632 960999")), 1)
    assert (again.status, again.value("Telephone")) == (200, "01632 960999")
    assert kept(database) == {}
    assert "01632 960998" in press(press(fill(keeper, telephone="01632 960998"))).text


def test_nothing_changed_is_said_and_not_recorded(keeper, database):
    before = len(acts(database))
    assert "Nothing was changed: the settings are as they were." in press(fill(keeper)).said
    assert len(acts(database)) == before


WRONG = {
    "no name": ({"name_en": "  "}, "Write the name: every page shows it"),
    "no Welsh contact": ({"contact_name_cy": ""}, "Write the name: every page shows it"),
    "a long name": ({"name_cy": "x" * 121}, "Make this shorter"),
    "a long address": ({"postal_address": "x" * 301}, "Make this shorter"),
    "no colour": (
        {"brand_colour": "navy"},
        "Write the colour as # and six digits or letters from a to f, like #1f3c5a",
    ),
    "a pale colour": ({"brand_colour": "#ff8800"}, "Choose a darker colour: white letters must be easy to read on it"),
    "no address": ({"figures_email": "figures"}, "Write the e-mail address in full, like name@example.org"),
    "an empty address": ({"contact_email": ""}, "Write the e-mail address in full, like name@example.org"),
    "no such day": ({"reviewed_on": "2026-02-30"}, "Write the day as year, month and day, like 2026-03-27"),
    "a day in words": (
        {"accessibility_prepared_on": "1 March"},
        "Write the day as year, month and day, like 2026-03-27",
    ),
    "a short way of a day": ({"reviewed_on": "20260301"}, "Write the day as year, month and day, like 2026-03-27"),
    "no link": ({"bsl_url": "bsl.example.org"}, "Write the whole address of the page, beginning with https://"),
    "a script": (
        {"easy_read_url": "javascript:alert(1)"},
        "Write the whole address of the page, beginning with https://",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_cannot_be_used_comes_again_with_its_sentence(keeper, database, name):
    values, sentence = WRONG[name]
    page = press(fill(keeper, telephone="01632 960111", **values))
    assert (page.status, page.problems()) == (422, [sentence])
    assert page.typed == {}
    (field,) = [one for one in every(page.main, "input") if one.get("name") in values]
    assert field.get("value", "") == next(iter(values.values())).strip()
    assert page.value("Telephone") == "01632 960111"
    posted = keeper.client.post("/en/settings/save", data={**values, "seen": "0"})
    assert posted.status_code == 422
    assert kept(database) == {}


@time_machine.travel(dt.datetime(2026, 5, 4, 23, 30, tzinfo=dt.UTC), tick=False)  # in London the fifth has begun
def test_nobody_can_have_looked_on_a_day_that_is_still_to_come(app, database):
    with somebody(app, "administrator") as keeper:
        page = press(fill(keeper, reviewed_on="2026-05-06", accessibility_prepared_on="2026-05-05"))
        assert page.problems() == ["This day is still to come: give the day on which somebody last did it"]
        assert page.value("Pages of content last reviewed on") == "2026-05-06"
        press(press(fill(keeper, reviewed_on="2026-05-05")))
    assert kept(database) == {"reviewed_on": "2026-05-05"}


def test_every_rule_of_the_file_has_its_sentence_on_the_screen(keeper):
    found = {}
    for values, sentence in WRONG.values():
        codes = authority_problems(replace(Authority(), **{name: text.strip() for name, text in values.items()}))
        found |= dict.fromkeys(codes.values(), sentence)
    assert set(found) == {"missing", "too_long", "not_colour", "low_contrast", "not_email", "not_day", "not_link"}


def test_a_contrast_that_is_too_low_is_not_rounded_up_to_one_that_is_enough(keeper):
    page = press(fill(keeper, brand_colour="#777777"))
    assert page.problems() == ["Choose a darker colour: white letters must be easy to read on it"]
    assert "Contrast of this colour with white: 4.4 to 1." in page.said


def test_what_is_set_back_is_as_the_file_says_again(keeper, database):
    press(press(fill(keeper, telephone="01632 960999")))
    assert "Changed here, and not as in portal.toml Telephone:" in fill(keeper).said
    press(press(fill(keeper, telephone="01632 960000")))
    assert kept(database) == {}
    assert "Changed here" not in fill(keeper).said
    assert in_force(database, Settings(authority=Authority(telephone="01632 960777"))).telephone == "01632 960777"


def test_who_saves_second_is_told_and_loses_nothing(app, keeper, database):
    mine = press(fill(keeper, telephone="01632 960111"))
    with somebody(app, "administrator") as colleague:
        press(press(fill(colleague, postal_address="2 Example Street")))
    values = {one.get("name"): one.get("value", "") for one in every(mine.main, "input") if one.get("name") != "change"}
    late = keeper.send("/en/settings/save", values, 409)
    assert "Somebody else saved settings while you were working." in late.said
    rows = [[words(cell) for cell in every(row, "th", "td")] for row in every(late.main, "tr")[1:]]
    assert rows == [
        ["Telephone", "01632 960000", "01632 960111"],
        ["Postal address", "2 Example Street", "1 Example Street"],
    ]
    assert kept(database) == {"postal_address": "2 Example Street"}
    again = press(late, 1)
    again.typed["postal_address"] = "2 Example Street"
    press(press(again))
    assert kept(database) == {"postal_address": "2 Example Street", "telephone": "01632 960111"}


def test_the_same_form_sent_twice_is_saved_once(keeper, database):
    checked = press(fill(keeper, telephone="01632 960111"))
    values = {
        one.get("name"): one.get("value", "") for one in every(checked.main, "input") if one.get("name") != "change"
    }
    for _ in range(2):
        assert "The settings are saved." in keeper.send("/en/settings/save", values).said
    assert [one.act for one in acts(database)].count("authority-settings-changed") == 1


def test_of_many_who_save_at_one_instant_one_does(database):
    start, outcomes = threading.Barrier(4), []

    def one(number):
        own = Database(database.engine.url.render_as_string(hide_password=False))
        start.wait()
        try:
            with own.unit_of_work() as session:
                outcomes.append(service.change(session, KEEPER, Settings(), {"telephone": f"0163296{number:04}"}, 0))
        except service.ChangedMeanwhile:
            outcomes.append("late")
        own.close()

    threads = [threading.Thread(target=one, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(str, outcomes)) == ["1", "late", "late", "late"]
    assert len(acts(database)) == len(kept(database)) == 1


def test_another_process_shows_it_within_a_second(app, settings, database):
    """Its own application, its own connections: it learns of it from the revisions alone."""
    other = create_app(settings, database=Database(database.engine.url.render_as_string(hide_password=False)))
    with Browse(app) as here, Browse(other) as there:
        for reader in (here, there):
            assert "Elwern" not in reader.open("/en/").text
            assert "Elwern" not in reader.open("/en/accessibility-statement").text
        save(database, settings, **NAMES)
        assert "Elwern Council" in here.open("/en/").text
        until = time.monotonic() + 1
        while "Elwern Council" not in there.client.get("/en/").text:
            assert time.monotonic() < until
            time.sleep(0.02)
        assert "Elwern Council" in there.client.get("/en/accessibility-statement").text
        assert "Elwern Council" in there.client.get("/en/contact/general").text
        assert "Cyngor Elwern" in there.client.get("/cy/hygyrchedd/dim-byd").text
    other.state.database.close()


def test_a_page_is_never_kept_for_a_number_that_it_does_not_show(app, settings, database):
    """The process that did not look yet renders a page that nobody asked for before: it must not be of the old name."""
    other = create_app(settings, database=Database(database.engine.url.render_as_string(hide_password=False)))
    with Browse(other) as there:
        there.client.get("/en/")
        save(database, settings, **NAMES)
        assert "Elwern Council" in there.client.get("/en/neighbourhoods").text
        assert "Elwern Council" in there.client.get("/en/neighbourhoods").text
        assert other.state.settings.authority.name_cy == "Cyngor Elwern"
    other.state.database.close()


def test_a_form_that_is_sent_to_a_process_that_nobody_reads_uses_what_is_in_force(app, settings, database, monkeypatch):
    other = create_app(settings, database=Database(database.engine.url.render_as_string(hide_password=False)))
    with Browse(other) as there:
        there.open("/en/contact/general")
        save(database, settings, contact_email="new-inbox@example.org")
        until = time.monotonic() + 1
        while time.monotonic() < until and other.state.settings.authority.contact_email != "new-inbox@example.org":
            there.client.post("/en/contact/general", data={"text": "Words", "form_key": "k" * 30})
            time.sleep(0.02)
        there.client.post("/en/contact/general", data={"text": "Other words", "form_key": "k" * 30})
    other.state.database.close()
    with database.reading() as session:
        sent = [one.to_address for one in session.exec(select(OutboxMessage).order_by(OutboxMessage.id))]
        assert len(session.exec(select(Message)).all()) == len(sent)
    assert sent[-1] == "new-inbox@example.org"


def test_reading_asks_no_database_for_settings(app, database, monkeypatch):
    with Browse(app) as reader:
        save(database, **NAMES)
        reader.open("/en/")
        asked = []
        monkeypatch.setattr(service, "changed", lambda session: asked.append(session) or [])
        for path in ("/en/", "/cy/", "/en/neighbourhoods", "/en/contact/general", "/theme.css"):
            reader.client.get(path)
    assert asked == []


def test_every_public_page_depends_on_the_authority(app, database):
    with Browse(app) as reader:
        for path in ("/en/", "/en/neighbourhoods", "/en/cookies", "/sitemap.xml"):
            before = reader.client.get(path).headers["etag"]
            save(database, name_en=f"Council {clock.now().isoformat()}")
            after = reader.client.get(path)
            assert path.endswith(".xml") or after.headers["etag"] != before
            assert path.endswith(".xml") or "Council 20" in after.text


def test_the_colour_is_seen_within_a_minute_and_who_has_it_is_told_so(app, database):
    with Browse(app) as reader:
        first = reader.client.get("/theme.css")
        assert first.headers["cache-control"] == "public, max-age=60"
        same = reader.client.get("/theme.css", headers={"if-none-match": first.headers["etag"]})
        assert (same.status_code, same.content) == (304, b"")
        save(database, brand_colour="#5A1F3C")
        changed = reader.client.get("/theme.css", headers={"if-none-match": first.headers["etag"]})
        assert changed.status_code == 200
        assert "#5A1F3C" in changed.text


def test_every_job_runs_with_the_settings_of_its_moment(app, settings, database):
    given = []
    state = app.state
    here = JobContext(database, settings, state.letters, lambda: state.effective.now(database))
    job = Job("look", dt.timedelta(hours=1), lambda one: given.append(one.settings.authority.name_en))
    with time_machine.travel(dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC), tick=False) as moment:
        run_due(here, (job,))
        save(database, settings, **NAMES)
        moment.shift(dt.timedelta(hours=2))
        run_due(here, (job,))
    assert given == ["Community safety portal", "Elwern Council"]


def test_the_nation_cannot_be_changed_on_screen(keeper, database):
    press(press(fill(keeper, telephone="01632 960999", nation="england")))
    keeper.client.post("/en/settings/save", data={"nation": "england", "telephone": "01632 960998", "seen": "1"})
    with database.unit_of_work() as session:
        session.add(AuthoritySetting(name="nation", value="england", changed_at=clock.now()))
    assert in_force(database).nation is Nation.wales
    assert kept(database)["telephone"] == "01632 960998"


def test_what_can_no_longer_be_used_is_left_out_and_logged(database, caplog):
    with database.unit_of_work() as session:
        session.add(AuthoritySetting(name="brand_colour", value="#ffffff", changed_at=clock.now()))
        session.add(AuthoritySetting(name="telephone", value="01632 960999", changed_at=clock.now()))
        session.add(AuthoritySetting(name="of_long_ago", value="x", changed_at=clock.now()))
    authority = in_force(database)
    assert (authority.brand_colour, authority.telephone) == ("#1f3c5a", "01632 960999")
    assert "cannot be used: brand_colour" in caplog.text
    assert "#ffffff" not in caplog.text


def test_without_welsh_the_form_has_no_welsh_and_leaves_it_as_it_is(settings, database):
    app = create_app(replace(settings, welsh=False), database=database)
    with somebody(app, "administrator") as keeper:
        page = fill(keeper, name_en="Elwern Council")
        assert not [one for one in every(page.main, "input") if one.get("name", "").endswith("_cy")]
        press(press(page))
    assert kept(database) == {"name_en": "Elwern Council"}


@pytest.mark.parametrize("lang", ["en", "cy"])
def test_the_screen_is_closed_to_everybody_else(app, database, lang):
    urls = app.state.urls
    form, saving = urls.path("authority:show", lang), urls.path("authority:save", lang)
    with Browse(app) as stranger, somebody(app, "analyst", "communications", "case_officer") as other:
        assert stranger.client.get(form).headers["location"].startswith(urls.path("accounts:sign_in", lang))
        assert other.client.get(form).status_code == 404
        for path in (form, saving):
            assert stranger.client.post(path, data={"telephone": "1", "seen": "0"}).status_code == 401
            assert other.client.post(path, data={"telephone": "1", "seen": "0"}).status_code == 404
        assert form not in [href for _, href in other.open(urls.path("desk:show", lang)).links()]
    assert kept(database) == {}
    with database.reading() as session:
        assert "authority" not in revisions.current(session)


@pytest.mark.parametrize("lang", ["en", "cy"])
def test_every_word_of_the_screens_comes_from_the_catalogue(settings, database, lang):
    app = create_app(settings, database=database, catalogues=MARKED)
    authority = Authority()
    texts = [text for one in fields(Authority) if isinstance(text := getattr(authority, one.name), str)]
    known = Known({one: [*texts, *NAMES.values(), "English", "Cymraeg", EASY] for one in ("en", "cy")})
    with somebody(app, "administrator") as one:
        marked = Browse(app, known=known)
        marked.client.cookies = one.client.cookies
        path = app.state.urls.path("authority:show", lang)
        assert marked.open(path).lang == lang
        assert marked.send(path, {**NAMES, "easy_read_url": EASY, "seen": "7"}, 409).said
        assert marked.send(path, {"brand_colour": "pale", "name_en": "", "seen": "0"}).status == 422
        saved = app.state.urls.path("authority:save", lang)
        assert marked.send(saved, {"telephone": "01632 960999", "seen": "0"}).status == 200
