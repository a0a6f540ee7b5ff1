"""What ends and when, what one person may have or have deleted, and who takes over what an account held."""

import datetime as dt

import pytest
import time_machine

from portal.accounts import service as accounts
from portal.accounts.handing import Handing, amount
from portal.audit.models import AuditSalt
from portal.audit.queries import verify_chain
from portal.audit.service import record
from portal.lifecycle import OPERATOR, Reference
from portal.moderation.holding import claim
from portal.moderation.manifest import manifest
from portal.moderation.models import ModerationItem, ModerationStatus, ModerationText
from portal.moderation.notices.models import ComplaintNotice
from portal.moderation.queries import shown as public_words
from portal.moderation.reports.models import ContentReport
from portal.moderation.rules import Redacted
from portal.moderation.service import Decision, decide, forget_thing
from portal.rights import holdings
from portal.web.identity import Person
from tests.factories import job_context
from tests.moderation.test_notices import send as send_notice
from tests.moderation.test_notices import shown, step
from tests.moderation.test_reports import send as send_report
from tests.people import account

NOON = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)


@pytest.fixture
def noon():
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


def decided(office, decision, email="ann@example.org", text="Ann did it."):
    number = office.submit(text, email=email)
    with office.database.unit_of_work() as session:
        made = account(session, "moderator")
        person = Person(made.key, 1, "", "en", frozenset({"moderator"}), frozenset({"moderate"}))
        claim(session, person, number)
        decide(session, person, number, decision, office.app.state)
    return number


REFUSED = Decision("refuse", {}, {}, ("other",), "Ann is named")
REDACTED = Decision("show_redacted", {"text": Redacted("\x1a did it.", ("Ann",))}, {"text": "[[Ann]] did it."})


def run(office):
    (job,) = manifest.jobs
    return job.run(job_context(office.database, office.app.state.settings))


def due(office):
    with office.database.reading() as session:
        return [one.due(session, office.app.state.settings) for one in manifest.retention]


def test_what_is_not_shown_ends_some_months_after_the_decision_and_never_before(office, noon):
    number = decided(office, REFUSED)
    waiting = office.submit()
    for days, left in ((182, 1), (183, 0), (4000, 0)):
        with time_machine.travel(NOON + dt.timedelta(days=days), tick=False):
            assert due(office) == [1 - left if days == 183 else 0, 0, 0]
            assert run(office) == ("1 emptied, 0 deleted" if days == 183 else None)
    texts = {one.item_id: one for one in office.rows(ModerationText)}
    assert (texts[number].original, texts[number].public) == (None, None)
    assert texts[waiting].original is not None
    item = office.item(number)
    assert (item.author_email, item.other_reason, item.status) == (None, "", ModerationStatus.refused)
    assert [one for one in office.mail() if one.about and item.reference in one.about] == []
    with office.database.reading() as session:
        assert session.get(AuditSalt, (1, "before.text")) is None
        assert verify_chain(session).whole


def test_of_what_is_shown_the_original_ends_and_the_public_words_and_the_way_to_the_author_stay(office, noon):
    number = decided(office, REDACTED)
    with time_machine.travel(NOON + dt.timedelta(days=200), tick=False):
        run(office)
    (text,) = office.rows(ModerationText)
    assert (text.original, text.marked, text.public) == (None, None, "\x1a did it.")
    assert office.item(number).author_email == "ann@example.org"
    with office.database.reading() as session:
        assert public_words(session, "issue", ["1"]) == {"1": {"text": (None, " did it.")}}
    with office.moderator() as browse:
        page = browse.open(f"/en/moderation/items/{number}")
        assert "The words as they were written have been deleted." in page.said
        page = page.press("Hide it now")
        assert "Put it back into the queue" not in page.said
        browse.send(f"/en/moderation/items/{number}/reopen", {}, 409)


def test_what_is_hidden_after_its_original_ended_ends_too(office, noon):
    number = decided(office, REDACTED)
    with time_machine.travel(NOON + dt.timedelta(days=200), tick=False) as clock:
        run(office)
        with office.moderator() as browse:
            browse.send(f"/en/moderation/items/{number}/hide", {})
        for days, is_due in ((182, False), (1, True), (1, False)):
            clock.shift(dt.timedelta(days=days))
            assert due(office) == [int(is_due), 0, 0]
            assert run(office) == ("1 emptied, 0 deleted" if is_due else None)
    (text,) = office.rows(ModerationText)
    assert (text.original, text.marked, text.public) == (None, None, None)
    assert (office.item(number).author_email, office.item(number).status) == (None, ModerationStatus.hidden)
    assert [one for one in office.mail() if one.to_address == "ann@example.org"] == []


def test_notices_and_reports_end_when_the_settings_say(office, noon):
    _, (report,) = send_report(office, email="ann@example.org")
    _, notice = send_notice(office, shown(office))
    with office.moderator() as browse:
        browse.send(f"/en/moderation/reports/{report.id}/settle", {"outcome": "stays"})
        step(browse, notice, "withdraw")
    wanted = {100: (1, 1), 183: (1, 0), 547: (1, 0), 549: (0, 0)}
    for days, left in wanted.items():
        with time_machine.travel(NOON + dt.timedelta(days=days), tick=False):
            run(office)
            assert due(office) == [0, 0, 0]
        assert (len(office.rows(ComplaintNotice)), len(office.rows(ContentReport))) == left
    assert [one for one in office.mail() if "report" in (one.about or "")] == []


def test_what_is_not_settled_never_ends_by_itself(office, noon):
    send_report(office)
    send_notice(office)
    office.submit()
    with time_machine.travel(NOON + dt.timedelta(days=5000), tick=False):
        assert due(office) == [0, 0, 0]
        assert run(office) is None


def test_a_person_gets_everything_that_is_held_about_them(office):
    office.submit("My words", email="Ann@Example.org")
    send_report(office, email="ANN@example.org")
    send_notice(office)
    office.submit("Somebody else's", email="other@example.org")
    with office.database.reading() as session:
        held = list(manifest.personal.held(session, "ann@example.org"))
        nothing = list(manifest.personal.held(session, "nobody@example.org"))
    assert [one.record for one in held] == ["moderation_item", "content_report", "complaint_notice"]
    assert held[0].fields["text"] == "My words"
    assert held[1].fields["text"].startswith("The third comment")
    assert held[2].fields["name"] == "Ann Example"
    assert nothing == []


def objected(office):
    """A notice whose poster gave a name and an address, and the number of their words."""
    _, notice = send_notice(office, item := shown(office))
    details = {"poster_name": "Poster Person", "poster_address": "1 Example Street"}
    with office.moderator() as browse:
        step(browse, notice, "contact_poster")
        step(browse, notice, "reply_objects", replied_on="2026-03-02", replied_time="12:00", **details)
    return notice, item


def of_the_poster(office, email="poster@example.org"):
    with office.database.reading() as session:
        return [one for one in manifest.personal.held(session, email) if one.record == "complaint_poster"]


def test_a_poster_is_told_what_a_notice_keeps_of_them_and_who_complains_is_not_told_it(office, noon):
    notice, _ = objected(office)
    (held,) = of_the_poster(office)
    assert held.fields == {
        "reference": notice.reference,
        "poster_email": "poster@example.org",
        "poster_name": "Poster Person",
        "poster_address": "1 Example Street",
    }
    with office.database.reading() as session:
        hers = list(manifest.personal.held(session, "ann@example.org"))
    assert [one.record for one in hers] == ["complaint_notice"]
    assert "Example Street" not in str(hers)


def test_what_a_notice_keeps_of_the_poster_stays_and_is_told_after_their_words_were_erased(office, noon):
    _, item = objected(office)
    with office.database.unit_of_work() as session:
        done = holdings.erase(session, OPERATOR, (manifest.personal,), "Poster@Example.org")
    assert office.item(item.id).author_email is None
    assert [one.record for one in done.left] == ["complaint_poster"]
    assert done.reasons == ("complaint_notice",)
    with time_machine.travel(NOON + dt.timedelta(days=1), tick=False), office.moderator() as browse:
        step(browse, office.rows(ComplaintNotice)[0], "tell_objection")
    with time_machine.travel(NOON + dt.timedelta(days=550), tick=False):
        run(office)
    assert of_the_poster(office) == []


def test_a_notice_without_anything_of_the_poster_is_not_theirs(office):
    send_notice(office, shown(office))
    assert of_the_poster(office) == []


def test_what_may_be_deleted_is_and_what_must_stay_stays(office):
    waiting = office.submit("My words", email="Ann@Example.org")
    refused = decided(office, REFUSED)
    redacted = decided(office, REDACTED)
    another = office.submit("Somebody else's", email="other@example.org")
    send_report(office, email="ann@example.org")
    send_notice(office)
    with office.database.unit_of_work() as session:
        assert manifest.personal.erase(session, OPERATOR, "ann@example.org") == 4
    items = {one.id: one for one in office.rows(ModerationItem)}
    assert set(items) == {refused, redacted, another}
    assert [items[one].author_email for one in (refused, redacted, another)] == [None, None, "other@example.org"]
    texts = {one.item_id: one for one in office.rows(ModerationText)}
    assert (texts[refused].original, texts[refused].public) == (None, None)
    assert (texts[redacted].original, texts[redacted].public) == (None, "\x1a did it.")
    assert waiting not in texts
    assert office.rows(ContentReport)[0].email is None
    assert len(office.rows(ComplaintNotice)) == 1
    assert manifest.personal.kept_because
    assert [one.to_address for one in office.mail() if one.to_address == "ann@example.org"] == []
    with office.database.reading() as session:
        assert len(list(manifest.personal.held(session, "ann@example.org"))) == 1
        assert verify_chain(session).whole


def test_what_a_noun_deletes_goes_from_the_queue_too(office):
    decided(office, REDACTED)
    with office.database.unit_of_work() as session:
        assert forget_thing(session, Reference("issue", "1"))
        assert not forget_thing(session, Reference("issue", "1"))
    assert office.rows(ModerationItem) == office.rows(ModerationText) == office.mail() == []


def test_what_an_account_held_goes_to_its_heir_when_it_is_removed(office):
    first, second, done = office.submit(), office.submit(), decided(office, REDACTED)
    with office.database.unit_of_work() as session:
        leaving, heir, boss = (account(session, role) for role in ("moderator", "moderator", "administrator"))
        person = Person(leaving.key, 1, "", "en", frozenset({"moderator"}), frozenset({"moderate"}))
        for each in (first, second):
            claim(session, person, each)
        manager = Person(boss.key, 1, "", "en", frozenset({"administrator"}), frozenset({"manage_accounts"}))
        given = Handing((manifest.open_work,), office.app.state.roles, heir.key)
        assert amount(session, given.nouns, leaving.key) == 2
        assert accounts.remove(session, manager, leaving, given) == 2
    assert [office.item(one).claimed_by for one in (first, second, done)] == [heir.id, heir.id, None]


def test_an_account_without_open_work_hands_nothing_over(office):
    with office.database.unit_of_work() as session:
        made = account(session, "moderator")
        assert manifest.open_work.count(session, made.key) == 0
        assert manifest.open_work.hand_over(session, OPERATOR, made.key, 1) == 0
        record(session, OPERATOR, "nothing", Reference("x", "1"))
