"""A notice of complaint from its form to its end: what is sent to whom, by when, and what is told to nobody."""

import datetime as dt

import pytest
import time_machine

from portal.audit.models import AuditEntry
from portal.moderation.holding import claim
from portal.moderation.models import ModerationItem, ModerationStatus
from portal.moderation.notices.letters import concealed
from portal.moderation.notices.models import ComplaintNotice, ComplaintStatus
from portal.moderation.rules import REMOVED
from portal.moderation.service import Decision, decide
from portal.web.identity import Person
from tests.people import account

MONDAY = dt.datetime(2026, 3, 2, 10, tzinfo=dt.UTC)
WHOLE = {
    "name": "Ann Example",
    "email": "ann@example.org",
    "about": "/en/find",
    "words": "Ann stole the lamp.",
    "meaning": "That Ann Example is a thief.",
    "wrong": "ann never had the lamp. Write to ann@example.org",
    "lacks_details": "yes",
    "may_name": "no",
    "may_give_email": "no",
}
FORM = {"en": "/en/report-content/notice", "cy": "/cy/rhoi-gwybod-am-gynnwys/hysbysiad"}


@pytest.fixture
def monday():
    with time_machine.travel(MONDAY, tick=False) as clock:
        yield clock


def shown(office, email="poster@example.org", language="en"):
    """An item whose words are shown."""
    number = office.submit("Ann stole the lamp.", language, email)
    with office.database.unit_of_work() as session:
        made = account(session, "moderator")
        person = Person(made.key, 1, "x", "en", frozenset({"moderator"}), frozenset({"moderate"}))
        claim(session, person, number)
        decide(session, person, number, Decision("show", {}, {}), office.app.state)
    return office.item(number)


def send(office, item=None, lang="en", **changed):
    """The notice that a form makes, and the page to which it leads."""
    values = WHOLE | ({"item": item.reference} if item else {}) | changed
    with office.reader() as browse:
        page = browse.send(FORM[lang], {name: value for name, value in values.items() if value})
    return page, office.rows(ComplaintNotice)[-1]


def step(browse, notice, move, status=200, **typed):
    return browse.send(f"/en/moderation/notices/{notice.id}/step", {"move": move, **typed}, status)


def letters(office, to):
    return [one for one in office.mail() if one.to_address == to and "notice" in one.subject.lower() + one.body.lower()]


@pytest.mark.parametrize("lang", ["en", "cy"])
def test_a_notice_is_kept_and_who_sends_it_learns_until_when_they_hear(office, monday, lang):
    page, notice = send(office, shown(office), lang)
    assert notice.reference.upper() in page.said
    assert "4" in page.said
    assert ("4 March 2026, 10:00" in page.said) == (lang == "en")
    assert (notice.status, notice.language, notice.may_name, notice.lacks_details) == ("received", lang, False, True)
    assert notice.item_id == office.rows(ModerationItem)[0].id
    assert page.headers["cache-control"] == "no-store"
    assert "Ann" not in page.said


@pytest.mark.parametrize("lang", ["en", "cy"])
def test_what_is_missing_is_said_at_once_and_the_notice_can_be_sent_all_the_same(office, lang):
    with office.reader() as browse:
        page = browse.send(FORM[lang], {"email": "ann@example.org", "words": "Ann stole the lamp."})
        assert page.status == 422
        assert len(page.problems()) == 7
        assert office.rows(ComplaintNotice) == []
    _, notice = send(office, lang=lang, name="", meaning="", may_name="", as_it_is="yes")
    assert (notice.name, notice.meaning, notice.may_name, notice.may_give_email) == ("", "", None, False)


@pytest.mark.parametrize("email", ["", "ann", "ann at example"])
def test_without_an_address_no_notice_is_taken(office, email):
    with office.reader() as browse:
        page = browse.send(FORM["en"], WHOLE | {"email": email, "as_it_is": "yes"})
    assert page.problems() == [
        "Write the e-mail address in full, like name@example.org: without it we cannot answer you"
    ]
    assert office.rows(ComplaintNotice) == []


def test_too_long_a_text_comes_back_whole(office):
    with office.reader() as browse:
        page = browse.send(FORM["en"], WHOLE | {"meaning": "x" * 5001})
    assert page.problems() == ["Make the text shorter: at most 5,000 characters"]
    assert len(page.value("What you take them to mean, and why that does harm to your name")) == 5001


def test_a_notice_that_lacks_something_is_answered_with_what_the_law_asks(office, monday):
    _, notice = send(office, shown(office), wrong="", as_it_is="yes")
    with office.moderator() as browse:
        page = step(browse, notice, "contact_poster")
        assert page.problems() == ["The notice is not complete: tell who sent it what is missing"]
        step(browse, notice, "tell_defective")
    (mail,) = letters(office, "ann@example.org")
    missing, everything = mail.body.split("A notice must have all of this:")
    assert missing.count("\n- ") == 1
    assert everything.count("\n- ") == 9
    assert "Say which facts are wrong" in missing
    assert office.rows(ComplaintNotice)[0].ended_at == MONDAY


@pytest.mark.parametrize(("may_name", "may_give_email"), [("yes", "yes"), ("yes", "no"), ("no", "yes"), ("no", "no")])
def test_the_poster_gets_a_copy_in_which_only_what_may_be_told_is_told(office, monday, may_name, may_give_email):
    item = shown(office, language="cy" if may_name == may_give_email else "en")
    _, notice = send(office, item, may_name=may_name, may_give_email=may_give_email)
    with office.moderator() as browse:
        page = step(browse, notice, "contact_poster")
        assert "author written to" in page.said
        assert "7 March 2026" in page.said
    mail = [one for one in office.mail() if one.to_address == "poster@example.org"][-1]
    assert ("ann@example.org" in mail.body) == (may_give_email == "yes")
    words = mail.body.replace("ann@example.org", "")
    assert ("Ann" in words) == (may_name == "yes")
    assert ("ann never" in words) == (may_name == "yes")
    assert ("7 Mawrth 2026" in mail.body) == (item.language == "cy")
    assert mail.reply_to == office.app.state.settings.authority.contact_email
    (receipt,) = letters(office, "ann@example.org")
    assert "paragraph 2 of the Schedule" in receipt.body
    assert "at the end of: 7 March 2026" in receipt.body
    assert "poster@example.org" not in receipt.body


HERS = {
    "name": "Mei Ng",
    "email": "mei.ng@example.org",
    "about": "the words about me, Mei Ng (mei.ng@example.org), on the page of Oak ward",
    "words": "Ms Ng takes bribes.",
    "meaning": "That I, Ng, am corrupt.",
    "wrong": "I never did.",
}


@pytest.mark.parametrize("consents", [True, False])
def test_where_the_words_stand_is_told_without_who_complains(office, monday, consents):
    says = "yes" if consents else "no"
    _, notice = send(office, shown(office), **HERS, may_name=says, may_give_email=says)
    with office.moderator() as browse:
        step(browse, notice, "contact_poster")
    mail = [one for one in office.mail() if one.to_address == "poster@example.org"][-1]
    assert ("Page: the words about me, Mei Ng (mei.ng@example.org), on the page" in mail.body) == consents
    assert ("Page: the words about me, [removed] ([removed]), on the page of Oak ward" in mail.body) != consents
    assert ("Ng" in mail.body) == consents


@pytest.mark.parametrize("language", ["en", "cy"])
def test_the_moderator_reads_the_copy_as_it_will_leave_before_it_is_sent(office, monday, language):
    _, notice = send(office, shown(office, language=language), **HERS)
    monday.shift(dt.timedelta(days=1))
    with office.moderator() as browse:
        before = browse.open(f"/en/moderation/notices/{notice.id}")
        after = step(browse, notice, "contact_poster")
    mail = [one for one in office.mail() if one.to_address == "poster@example.org"][-1]
    as_one_line = " ".join(f"{mail.subject} {mail.body}".split())
    assert as_one_line in before.said
    assert as_one_line not in after.said
    assert "8 Mawrth 2026" in as_one_line or "8 March 2026" in as_one_line


def test_a_copy_that_cannot_be_sent_is_not_shown(office, monday):
    whole, lacking = shown(office, email=None), shown(office)
    with office.moderator() as browse:
        for item, typed in ((whole, {}), (lacking, {"wrong": "", "as_it_is": "yes"}), (None, {})):
            _, notice = send(office, item, **typed)
            assert "as the author would get it" not in browse.open(f"/en/moderation/notices/{notice.id}").said


def contacted(office):
    _, notice = send(office, shown(office))
    with office.moderator() as browse:
        step(browse, notice, "contact_poster")
    return notice


def test_no_answer_in_time_means_removal_and_not_a_day_before(office, monday):
    notice = contacted(office)
    monday.move_to(dt.datetime(2026, 3, 7, 23, 59, tzinfo=dt.UTC))
    with office.moderator() as browse:
        page = step(browse, notice, "remove_unanswered")
        assert page.problems() == ["The author still has time to answer"]
    monday.move_to(dt.datetime(2026, 3, 8, 0, 0, tzinfo=dt.UTC))
    with office.moderator() as browse:
        page = browse.open(f"/en/moderation/notices/{notice.id}")
        assert "11 March 2026, 00:00" in page.said
        step(browse, notice, "remove_unanswered")
    assert office.rows(ModerationItem)[0].status is ModerationStatus.hidden
    assert [one.is_shown for one in office.issues.heard] == [True, False]
    assert "have been removed" in letters(office, "ann@example.org")[-1].body


REPLIED = {"replied_on": "2026-03-04", "replied_time": "09:30"}


def test_a_poster_who_agrees_leads_to_removal(office, monday):
    notice = contacted(office)
    monday.move_to(dt.datetime(2026, 3, 4, 12, tzinfo=dt.UTC))
    with office.moderator() as browse:
        page = step(browse, notice, "reply_agrees", **REPLIED)
        assert "6 March 2026, 09:30" in page.said
        step(browse, notice, "remove")
    assert office.rows(ComplaintNotice)[0].status is ComplaintStatus.removed
    assert office.rows(ModerationItem)[0].status is ModerationStatus.hidden


@pytest.mark.parametrize("consents", [True, False])
def test_a_poster_who_objects_is_named_only_with_their_consent(office, monday, consents):
    notice = contacted(office)
    monday.move_to(dt.datetime(2026, 3, 4, 12, tzinfo=dt.UTC))
    details = {"poster_name": "Poster Person", "poster_address": "1 Example Street"}
    with office.moderator() as browse:
        page = step(browse, notice, "reply_objects", **REPLIED, poster_name="Poster Person")
        assert page.problems()[0].startswith("Without a full name and a postal address")
        step(browse, notice, "reply_objects", **REPLIED, **details, **({"poster_consents": "yes"} if consents else {}))
        step(browse, notice, "tell_objection")
    mail = letters(office, "ann@example.org")[-1]
    assert ("Poster Person" in mail.body) == consents
    assert ("1 Example Street" in mail.body) == consents
    assert office.rows(ModerationItem)[0].status is ModerationStatus.shown
    assert "Poster Person" not in str([(one.before, one.after) for one in office.rows(AuditEntry)])


MOMENTS = {
    "before the letter": ({"replied_on": "2026-03-01", "replied_time": "09:30"}, "The answer cannot have come before"),
    "in the future": ({"replied_on": "2026-04-01", "replied_time": "09:30"}, "The answer cannot have come before"),
    "no time": ({"replied_on": "2026-03-04"}, "Write the day and the time"),
    "no day of the calendar": ({"replied_on": "2026-02-30", "replied_time": "09:30"}, "Write the day and the time"),
    "too late": ({"replied_on": "2026-03-08", "replied_time": "00:00"}, "The answer came too late"),
}


@pytest.mark.parametrize("name", MOMENTS)
def test_an_answer_counts_from_when_it_came(office, monday, name):
    typed, said = MOMENTS[name]
    notice = contacted(office)
    monday.move_to(dt.datetime(2026, 3, 9, 12, tzinfo=dt.UTC))
    with office.moderator() as browse:
        (problem,) = step(browse, notice, "reply_agrees", **typed).problems()
    assert problem.startswith(said)


def test_an_answer_in_time_that_is_written_down_later_is_in_time(office, monday):
    notice = contacted(office)
    monday.move_to(dt.datetime(2026, 3, 9, 12, tzinfo=dt.UTC))
    with office.moderator() as browse:
        step(browse, notice, "reply_is_defective", replied_on="2026-03-07", replied_time="23:59")
        step(browse, notice, "remove")
    assert office.rows(ComplaintNotice)[0].status is ComplaintStatus.removed


def test_where_the_author_cannot_be_reached_the_words_are_removed(office, monday):
    _, notice = send(office, shown(office, email=None))
    with office.moderator() as browse:
        page = step(browse, notice, "contact_poster")
        assert page.problems() == ["There is no private way to write to the author: remove the words"]
        step(browse, notice, "remove")
    assert office.rows(ModerationItem)[0].status is ModerationStatus.hidden


def test_words_that_are_not_of_the_queue_are_removed_by_hand_or_linked(office, monday):
    item = shown(office)
    _, notice = send(office)
    assert notice.item_id is None
    with office.moderator() as browse:
        page = step(browse, notice, "remove")
        assert page.problems() == ["Take the words off the page first, then tick the box"]
        page = browse.send(f"/en/moderation/notices/{notice.id}/link", {"item": "zzzz-zzzz"})
        assert page.problems() == ["No words have this reference"]
        page = browse.send(f"/en/moderation/notices/{notice.id}/link", {"item": item.reference.upper()})
        assert item.reference.upper() in page.said
        step(browse, notice, "remove")
    assert office.item(item.id).status is ModerationStatus.hidden


def test_at_the_third_time_it_says_so(office, monday):
    with office.moderator() as browse:
        for number in range(3):
            _, notice = send(office, shown(office), email="ANN@example.org", says_repeated="yes" if number > 1 else "")
            page = browse.open(f"/en/moderation/notices/{notice.id}")
            assert ("This may be the third time" in page.said) == (number == 2)
            step(browse, notice, "remove")


def test_a_step_that_a_colleague_has_taken_is_not_taken_twice(office, monday):
    _, notice = send(office, shown(office))
    with office.moderator() as browse:
        step(browse, notice, "withdraw")
        before = len(office.mail())
        step(browse, notice, "contact_poster", status=409)
        step(browse, notice, "", status=409)
        browse.send(f"/en/moderation/notices/{notice.id}/link", {"item": "zzzz-zzzz"}, 409)
    assert len(office.mail()) == before


def test_without_a_choice_no_step_is_taken(office):
    _, notice = send(office)
    with office.moderator() as browse:
        assert step(browse, notice, "").problems() == ["Choose what you do"]
        assert step(browse, notice, "nonsense").problems() == ["Choose what you do"]


def test_who_looks_at_a_notice_is_recorded_and_the_record_names_nobody(office):
    _, notice = send(office)
    with office.moderator() as browse:
        browse.open(f"/en/moderation/notices/{notice.id}")
    entries = office.rows(AuditEntry)
    assert {one.act for one in entries} == {"complaint-read"}
    assert "ann" not in str([(one.thing, one.before, one.after) for one in entries]).lower()


def test_what_is_overdue_stands_first_at_the_desk(office, monday):
    office.submit()
    monday.shift(dt.timedelta(days=1))
    send(office)
    with office.moderator() as browse:
        page = browse.open("/en/desk")
        assert page.said.index("Words that wait") < page.said.index("Notice of complaint")
    monday.shift(dt.timedelta(days=2, minutes=1))
    with office.moderator() as browse:
        page = browse.open("/en/desk")
        assert page.said.index("Overdue notice of complaint") < page.said.index("Words that wait")
        assert "overdue" in browse.open("/en/moderation/reports").said


def test_the_same_form_sent_twice_makes_one_notice(office):
    with office.reader() as browse:
        values = WHOLE | {"form_key": "k" * 32}
        assert browse.send(FORM["en"], values).path == browse.send(FORM["en"], values).path
    assert len(office.rows(ComplaintNotice)) == 1


def test_a_reference_that_nobody_has_leads_to_nothing(office):
    with office.reader() as browse:
        browse.open("/en/report-content/notice/thank-you/zzzz-zzzz", 404)
        browse.open("/en/report-content/thank-you/zzzz-zzzz", 404)


CONCEALED = {
    "the whole name": ("Ann Example is here", f"{REMOVED} is here"),
    "parts of it": ("Mr Example and ANN", f"Mr {REMOVED} and {REMOVED}"),
    "over two lines": ("Ann\nExample", REMOVED),
    "the address": ("Write to Ann@Example.org.", f"Write to {REMOVED}."),
    "inside another word": ("Annie, exemplary", "Annie, exemplary"),
    "nothing of it": ("The lamp", "The lamp"),
    "somebody's": ("Ann's lamp, ann’s street", f"{REMOVED}'s lamp, {REMOVED}’s street"),
    "with accents": ("Ánn Exämple", REMOVED),
    "in an address": ("/en/find?who=Ann%20Example&x=_ann_", f"/en/find?who={REMOVED}%20{REMOVED}&x=_{REMOVED}_"),
    "run together": ("#AnnExample", f"#{REMOVED}"),
}


@pytest.mark.parametrize("name", CONCEALED)
def test_a_name_is_concealed_wherever_it_stands(name):
    text, wanted = CONCEALED[name]
    assert concealed(text, "Ann  Example", "ann@example.org") == wanted


def test_without_anything_to_conceal_a_text_stays():
    assert concealed("Ann Example", "", "") == "Ann Example"


NAMES = {
    "of two letters": ("Mei Ng", "Ms Ng, NG's", f"Ms {REMOVED}, {REMOVED}'s"),
    "within a longer word": ("Mei Ng", "Being wrong", "Being wrong"),
    "an initial": ("J. Wu", "J took it. J Wu and Wu", f"J took it. {REMOVED} and {REMOVED}"),
    "with an apostrophe": ("Siân O'Neill", "Sian Oneill, O’Neill, Neill", ", ".join([REMOVED] * 3)),
    "without its apostrophe": ("Cai Darcy", "Mr D'Arcy", f"Mr {REMOVED}"),
    "with a hyphen": ("Li-Jo Rhŷs", "li jo and RHYS", f"{REMOVED} {REMOVED} and {REMOVED}"),
    "in another alphabet": ("Анна Ли", "анна и ЛИ", f"{REMOVED} и {REMOVED}"),
    "of other letters": ("Bjørn Łoś", "Bjorn and los", f"{REMOVED} and {REMOVED}"),
    "with an accent of its own": ("Zoë", "Zoe\u0308 and Zoe", f"{REMOVED} and {REMOVED}"),
    "of no letters": ("-", "a - b", "a - b"),
}


@pytest.mark.parametrize("name", NAMES)
def test_every_part_of_a_name_is_concealed_however_it_is_spelt(name):
    whose, text, wanted = NAMES[name]
    assert concealed(text, whose, "") == wanted
