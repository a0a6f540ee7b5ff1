"""A stranger's words from the queue to the page, or to a letter that says why not."""

import pytest

from portal.audit.models import AuditEntry
from portal.audit.queries import verify_chain
from portal.moderation.models import ModerationStatus, ModerationText
from portal.moderation.queries import shown
from portal.moderation.rules import REMOVED
from tests.moderation.conftest import ENGLISH, WELSH
from tests.people import somebody


def take(browse, item_id):
    return browse.open(f"/en/moderation/items/{item_id}").press("Take it on")


def decide(page, choice, **typed):
    page.tick(choice)
    page.typed |= typed
    return page.press("Save the decision")


@pytest.mark.parametrize(("text", "lang"), [(ENGLISH, "en"), (WELSH, "cy")])
def test_words_are_shown_as_they_are_and_the_noun_and_the_author_are_told(office, text, lang):
    item = office.submit(text, lang, "author@example.org")
    with office.moderator() as browse:
        assert text in take(browse, item).said
        page = decide(browse.open(f"/en/moderation/items/{item}"), "Show it as it is")
    assert "Your decision is saved." in page.said
    (heard,) = office.issues.heard
    assert (heard.thing.kind, heard.is_shown, dict(heard.texts)) == ("issue", True, {"text": (text,)})
    (mail,) = office.mail()
    assert mail.to_address == "author@example.org"
    assert f"/{lang}/find" in mail.body
    assert text not in mail.body
    assert ("is shown" in mail.subject) == (lang == "en")


@pytest.mark.parametrize("lang", ["en", "cy"])
def test_words_are_shown_with_what_is_marked_taken_out(office, lang):
    item = office.submit("Ann Other of 1 High Street did it.", lang)
    with office.moderator() as browse:
        page = take(browse, item)
        assert "Put [[ before and ]] after" in page.said
        page = decide(page, "Show it without what is marked", marked_0="[[Ann Other]] of [[1 High Street]] did it.")
        assert "As everybody reads it" in page.said
        assert "[removed] of [removed] did it." in page.said
        assert page.in_other_language().path.startswith("/cy/cymedroli/eitemau/")
        welsh = browse.open(f"/cy/cymedroli/eitemau/{item}")
    assert "[dilëwyd] of [dilëwyd] did it." in welsh.said
    assert office.public(item) == [f"{REMOVED} of {REMOVED} did it."]
    (heard,) = office.issues.heard
    assert dict(heard.texts) == {"text": (None, " of ", None, " did it.")}
    with office.database.reading() as session:
        assert shown(session, "issue", ["1", "2"]) == {"1": {"text": (None, " of ", None, " did it.")}}


PROBLEMS = {
    "nothing is marked": ("Ann did it.", "Put marks around what is to be removed"),
    "a word is changed": ("[[Ann]] did this.", "Add marks only. The words themselves must stay as they were written"),
    "a word is dropped": ("[[Ann]] it.", "Add marks only. The words themselves must stay as they were written"),
    "it is not closed": ("[[Ann did it.", "A mark is not closed"),
    "it is not opened": ("Ann]] did it.", "A mark closes that was not opened"),
    "it is nested": ("[[A[[nn]] did it.", "A mark opens inside another. Close the first before you open the next"),
    "half a mark": ("[Ann] did it.", "There is half a mark: write each mark with two characters"),
    "nothing between": ("[[]]Ann did it.", "There is nothing between two marks"),
}


@pytest.mark.parametrize("name", PROBLEMS)
def test_marks_that_cannot_be_followed_are_refused_and_everything_typed_stays(office, name):
    marked, said = PROBLEMS[name]
    item = office.submit("Ann did it.")
    with office.moderator() as browse:
        page = decide(take(browse, item), "Show it without what is marked", marked_0=marked, note="Look here")
        assert page.status == 422
        assert page.problems() == [said]
        assert page.value("Text 1: a copy for your marks") == marked
        assert page.value("A note for a colleague (optional)") == "Look here"
    assert office.item(item).status is ModerationStatus.waiting
    assert office.public(item) == [None]
    assert office.issues.heard == []


def test_what_was_removed_may_not_stand_elsewhere_without_marks(office):
    item = office.submit({"title": "About ann", "text": "Ann did it, and Annie saw."})
    with office.moderator() as browse:
        page = decide(take(browse, item), "Show it without what is marked", marked_1="[[Ann]] did it, and Annie saw.")
        assert page.problems() == ["What you marked stands in the text once more without marks"]
        page.typed.clear()
        page = decide(
            page,
            "Show it without what is marked",
            marked_0="About [[ann]]",
            marked_1="[[Ann]] did it, and Annie saw.",
        )
        assert page.status == 200
    assert office.public(item) == [f"About {REMOVED}", f"{REMOVED} did it, and Annie saw."]


@pytest.mark.parametrize("lang", ["en", "cy"])
def test_who_is_refused_is_told_every_reason_in_their_language(office, lang):
    item = office.submit("Ann did it.", lang, "author@example.org")
    with office.moderator() as browse:
        page = take(browse, item)
        page.tick("It names somebody who may be suspected, a victim or a neighbour.")
        page.tick("Another reason, given in words.")
        page = decide(page, "Do not show it", other_reason="Too long & it's wide")
        assert page.status == 200
    (mail,) = office.mail()
    assert "- Too long & it's wide" in mail.body
    assert ("- It names somebody" in mail.body) == (lang == "en")
    assert mail.body.count("\n- ") == 2
    assert "Ann" not in mail.body
    (heard,) = office.issues.heard
    assert (heard.is_shown, heard.texts, heard.reasons) == (False, {}, ("names_somebody", "other"))
    with office.database.reading() as session:
        assert shown(session, "issue", ["1"]) == {}


REFUSALS = {
    "no reason": ({}, [], ["Choose at least one reason"]),
    "no words for the other": ({}, ["Another reason, given in words."], ["Write the other reason"]),
    "too many words": (
        {"other_reason": "x" * 501},
        ["Another reason, given in words."],
        ["Make the text shorter: at most 500 characters"],
    ),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_nobody_is_refused_without_a_reason(office, name):
    typed, ticked, said = REFUSALS[name]
    item = office.submit()
    with office.moderator() as browse:
        page = take(browse, item)
        for one in ticked:
            page.tick(one)
        assert decide(page, "Do not show it", **typed).problems() == said
    assert office.item(item).status is ModerationStatus.waiting


def test_without_a_choice_nothing_is_decided(office):
    item = office.submit()
    with office.moderator() as browse:
        assert take(browse, item).press("Save the decision").problems() == ["Choose what you decide"]
    assert office.issues.heard == []


def test_who_asks_for_a_second_pair_of_eyes_does_not_decide(office):
    item = office.submit()
    with office.moderator(name="First Pair") as first, office.moderator(name="Second Pair") as second:
        decide(take(first, item), "Ask for a second pair of eyes", note="Is it about a court case?")
        page = take(first, item)
        assert "You asked for a second pair of eyes" in page.said
        refused = first.send(f"/en/moderation/items/{item}/decide", {"move": "show", "marked_0": ENGLISH}, 409)
        assert "Nothing was saved" in refused.said
        page.press("Let go of it")
        page = take(second, item)
        assert "A colleague’s note: Is it about a court case?" in page.said
        decide(page, "Show it as it is")
    assert office.item(item).status is ModerationStatus.shown
    assert office.item(item).note == ""


def test_of_two_who_would_decide_the_second_is_told_and_keeps_what_was_typed(office):
    item = office.submit()
    with office.moderator(name="First Pair") as first, office.moderator(name="Second Pair") as second:
        late = second.open(f"/en/moderation/items/{item}")
        take(first, item)
        answer = second.send(f"/en/moderation/items/{item}/claim", {}, 409)
        assert "A colleague holds this: First Pair" in answer.said
        taken_over = answer.press("Take it over from them")
        assert "You hold this now." in taken_over.said
        typed = {"move": "refuse", "reasons": "hate", "note": "My long note", "marked_0": ENGLISH}
        answer = first.send(f"/en/moderation/items/{item}/decide", typed, 409)
        assert "Nothing was saved" in answer.said
        decide(taken_over, "Show it as it is")
        again = second.send(f"/en/moderation/items/{item}/decide", typed, 409)
        assert "Nothing was saved" in again.said
        assert late.path == f"/en/moderation/items/{item}"
    assert office.item(item).status is ModerationStatus.shown
    assert len(office.issues.heard) == 1


@pytest.mark.parametrize("holder", ["9" * 15, "9" * 20, "9" * 150, "²", "١", "-1", "x"])
def test_a_holder_that_is_no_number_of_an_account_is_nobody(office, holder):
    item = office.submit()
    with office.moderator() as first, office.moderator() as second:
        first.send(f"/en/moderation/items/{item}/claim", {})
        held_by = office.item(item).claimed_by
        second.send(f"/en/moderation/items/{item}/claim", {"holder": holder}, 409)
    assert office.item(item).claimed_by == held_by


def test_what_was_shown_wrongly_is_hidden_at_once_and_can_be_decided_anew(office):
    item = office.submit(email="author@example.org")
    with office.moderator() as browse, office.moderator() as another:
        decide(take(browse, item), "Show it as it is")
        page = another.open(f"/en/moderation/items/{item}").press("Hide it now")
        assert "It is hidden. Nobody can read it any more." in page.said
        assert [one.is_shown for one in office.issues.heard] == [True, False]
        with office.database.reading() as session:
            assert shown(session, "issue", ["1"]) == {}
        assert len(office.mail()) == 2
        page = page.press("Put it back into the queue")
        decide(page.press("Take it on"), "Show it as it is")
    assert [one.is_shown for one in office.issues.heard] == [True, False, True]


def test_hiding_what_is_not_shown_says_so(office):
    item = office.submit()
    with office.moderator() as browse:
        assert "Nothing was saved" in browse.send(f"/en/moderation/items/{item}/hide", {}, 409).said
        assert "Nothing was saved" in browse.send(f"/en/moderation/items/{item}/reopen", {}, 409).said


def test_a_translation_by_a_person_stands_beside_the_words_and_the_clock_goes_on(office):
    item = office.submit(WELSH, "cy")
    due = office.item(item).queued_at
    with office.moderator() as browse, office.moderator(language="cy", name="Darllenydd") as reader:
        decide(take(browse, item), "Put it back: it needs a translator")
        page = reader.open(f"/en/moderation/items/{item}")
        assert "needs a translation" in page.said
        assert page.press("Save the translation").problems() == ["Write the translation"]
        page.typed["translation_0"] = "The light is broken."
        page = page.press("Save the translation")
        assert "waiting" in page.said
        page = take(browse, item)
        assert "The light is broken." in page.said
        decide(page, "Show it as it is")
    assert office.item(item).queued_at == due
    assert office.public(item) == [WELSH]


def test_an_item_is_given_to_a_colleague_who_reads_its_language(office):
    item = office.submit(WELSH, "cy")
    with office.moderator() as browse, office.moderator(language="cy", name="Darllenydd") as reader:
        page = browse.open(f"/en/moderation/items/{item}")
        assert "Darllenydd (Cymraeg)" in page.said
        assert page.press("Give it to them").problems() == ["Choose a colleague"]
        (choice,) = [one for one in page.root.iter("option") if one.get("value")]
        page.typed["colleague"] = choice.get("value")
        page = page.press("Give it to them")
        assert "A colleague holds this: Darllenydd" in page.said
        decide(reader.open(f"/en/moderation/items/{item}"), "Show it as it is")
    assert office.item(item).status is ModerationStatus.shown


def test_nothing_is_given_to_somebody_who_may_not_decide(office):
    item = office.submit()
    with office.moderator() as browse:
        answer = browse.send(f"/en/moderation/items/{item}/hand-over", {"colleague": "9999"}, 409)
        assert "Nothing was saved" in answer.said
        with office.moderator():
            answer = browse.send(f"/en/moderation/items/{item}/hand-over", {"colleague": "9999"})
        assert answer.problems() == ["Choose a colleague"]
    assert office.item(item).claimed_by is None


def test_every_decision_is_recorded_without_a_word_of_what_was_written(office):
    item = office.submit("Ann did it.", email="author@example.org")
    with office.moderator() as browse:
        decide(take(browse, item), "Show it without what is marked", marked_0="[[Ann]] did it.")
    entries = office.rows(AuditEntry)
    acts = [one.act for one in entries]
    assert "moderation-claimed" in acts
    assert "moderation-show-redacted" in acts
    assert "moderation-read" in acts
    assert "Ann" not in "".join(f"{one.before}{one.after}" for one in entries)
    with office.database.reading() as session:
        assert verify_chain(session).whole


def test_who_looks_at_an_item_is_recorded_though_it_came_without_an_address(office):
    item = office.submit()
    with office.moderator() as browse:
        browse.open(f"/en/moderation/items/{item}")
    assert {one.act for one in office.rows(AuditEntry)} == {"moderation-read"}


def test_words_with_html_in_them_stay_words(office):
    hostile = "<script>alert(1)</script> <b>bold</b> javascript:1 & [[x]]"
    item = office.submit(hostile)
    with office.moderator() as browse:
        page = browse.client.get(f"/en/moderation/items/{item}").text
        browse.client.post(f"/en/moderation/items/{item}/claim", data={})
        marked = hostile.replace("alert(1)", "{{alert(1)}}")
        browse.client.post(f"/en/moderation/items/{item}/decide", data={"move": "show_redacted", "marked_0": marked})
        after = browse.client.get(f"/en/moderation/items/{item}").text
    assert "<script>alert" not in page + after
    assert "&lt;script&gt;<span" in after
    assert office.public(item) == [hostile.replace("alert(1)", REMOVED)]


@pytest.mark.parametrize("roles", [(), ("analyst",), ("administrator",)])
def test_who_may_not_decide_finds_nothing(office, roles):
    item = office.submit()
    with somebody(office.app, *roles) as browse:
        for path in ("/en/moderation/queue", f"/en/moderation/items/{item}", "/en/moderation/reports"):
            browse.open(path, 404)
        assert browse.client.post(f"/en/moderation/items/{item}/claim", data={}).status_code == 404


def test_an_item_that_is_not_there_leads_to_nothing(office):
    with office.moderator() as browse:
        browse.open("/en/moderation/items/4711", 404)
        browse.open("/en/moderation/reports/4711", 404)
        browse.open("/en/moderation/notices/4711", 404)


def test_the_original_is_kept_apart_from_what_is_public(office):
    item = office.submit("Ann did it.")
    with office.moderator() as browse:
        decide(take(browse, item), "Show it without what is marked", marked_0="[[Ann]] did it.")
    (text,) = office.rows(ModerationText)
    assert text.original == "Ann did it."
    assert text.marked == "[[Ann]] did it."
    assert "Ann" not in text.public
