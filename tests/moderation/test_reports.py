"""Somebody reports what a page shows; a moderator settles it, and who reported it is told."""

import html
import re

import pytest

from portal.audit.models import AuditEntry
from portal.moderation.models import ModerationItem
from portal.moderation.reports.models import ConcernKind, ConcernOutcome, ContentReport
from tests.checks import every
from tests.moderation.test_notices import shown

FORM = {"en": "/en/report-content", "cy": "/cy/rhoi-gwybod-am-gynnwys"}
WORDS = "The third comment names my neighbour."


def send(office, lang="en", **values):
    typed = {"kind": "names_somebody", "text": WORDS} | values
    with office.reader() as browse:
        return browse.send(FORM[lang], typed), office.rows(ContentReport)


@pytest.mark.parametrize("lang", ["en", "cy"])
@pytest.mark.parametrize("kind", ConcernKind)
def test_a_report_is_kept_and_the_receipt_says_nothing_of_it(office, lang, kind):
    page, (report,) = send(office, lang, kind=kind, about=f"/{lang}/find", email="ann@example.org")
    assert (report.kind, report.text, report.email, report.language) == (kind, WORDS, "ann@example.org", lang)
    assert report.about == f"/{lang}/find"
    assert report.reference.upper() in page.said
    assert "neighbour" not in page.said
    assert page.headers["cache-control"] == "no-store"


def test_the_form_knows_from_which_page_and_which_words_it_was_opened(office):
    item = shown(office)
    with office.reader() as browse:
        page = browse.open(f"/en/report-content?about=/en/find&item={item.reference}")
        assert ("/en/find", "/en/find") in page.links(page.main)
        page.tick("It is hateful or threatening").fill("What should not be shown, and why?", WORDS)
        page.press("Send the report")
        notice = page.follow("It says something about me that is untrue and does me harm: send a notice of complaint")
        assert notice.value("Where the words stand: the address of the page") == "/en/find"
        assert [one.get("value") for one in every(notice.root, "input") if one.get("name") == "item"] == [
            item.reference
        ]
    (report,) = office.rows(ContentReport)
    assert (report.item_id, report.about) == (item.id, "/en/find")


HOSTILE = ["//evil.example", "https://evil.example/en/", "/en/\n", "/de/", "javascript:1", "/en/'>"]


@pytest.mark.parametrize("about", HOSTILE)
def test_what_is_no_page_of_ours_is_no_page_it_is_about(office, about):
    with office.reader() as browse:
        for path in (FORM["en"], f"{FORM['en']}/notice"):
            text = browse.client.get(path, params={"about": about, "item": about}).text
            assert 'name="item" value=""' in text
            assert not re.search(r'(?:href|value)="[^"?]*evil', text)
    _, (report,) = send(office, about=about)
    assert report.about in {"", "/en/"}


def test_words_that_are_not_shown_cannot_be_named(office):
    item = office.item(office.submit())
    _, (report,) = send(office, item=item.reference)
    assert report.item_id is None


PROBLEMS = {
    "nothing": ({"kind": "", "text": ""}, ["Choose what is wrong", "Write what is wrong and where on the page it"]),
    "no kind that there is": ({"kind": "other"}, ["Choose what is wrong"]),
    "too much": ({"text": "x" * 3001}, ["Make the text shorter: at most 3,000 characters"]),
    "no address": ({"email": "ann at example"}, ["Write the e-mail address in full"]),
}


@pytest.mark.parametrize("name", PROBLEMS)
def test_with_problems_the_form_comes_again_with_everything_that_was_typed(office, name):
    typed, wanted = PROBLEMS[name]
    page, reports = send(office, **typed)
    assert page.status == 422
    assert [one.startswith(said) for one, said in zip(page.problems(), wanted, strict=True)] == [True] * len(wanted)
    assert page.value("What should not be shown, and why?") == typed.get("text", WORDS)
    assert reports == []


def test_the_same_form_sent_twice_makes_one_report(office):
    first, _ = send(office, form_key="k" * 32)
    second, reports = send(office, form_key="k" * 32)
    assert first.path == second.path
    assert len(reports) == 1


def test_one_caller_may_report_thirty_times_an_hour(office):
    with office.reader() as browse:
        codes = [
            browse.client.post(FORM["en"], data={"kind": "hateful", "text": f"{number}"}).status_code
            for number in range(31)
        ]
        assert codes == [303] * 30 + [429]
        assert browse.client.post(f"{FORM['en']}/notice", data={"text": "x"}).status_code == 429


@pytest.mark.parametrize("outcome", ConcernOutcome)
@pytest.mark.parametrize("lang", ["en", "cy"])
def test_who_reported_is_told_what_was_done_in_their_language(office, outcome, lang):
    _, (report,) = send(office, lang, email="ann@example.org")
    with office.moderator() as browse:
        browse.send(f"/en/moderation/reports/{report.id}/settle", {"outcome": outcome})
        assert len(every(browse.open(f"/en/moderation/reports/{report.id}").main, "form")) == 0
        browse.send(f"/en/moderation/reports/{report.id}/settle", {"outcome": outcome}, 409)
    (mail,) = office.mail()
    assert ("Thank you for your report." in mail.body) == (lang == "en")
    assert ("Diolch am eich adroddiad." in mail.body) == (lang == "cy")
    assert "neighbour" not in mail.body
    acts = [one for one in office.rows(AuditEntry) if one.act == "report-settled"]
    assert [one.after["outcome"] for one in acts] == [outcome]


def test_a_report_that_is_settled_twice_leads_where_it_led_first(office):
    _, (report,) = send(office, email="ann@example.org")
    with office.moderator() as browse:
        page = browse.open(f"/en/moderation/reports/{report.id}").tick("The words stay: they keep to the rules")
        first, second = page.press("Settle the report"), page.press("Settle the report")
    assert (second.path, second.status, second.said) == (first.path, 200, first.said)
    assert len(office.mail()) == 1


def test_without_an_address_nobody_is_told(office):
    _, (report,) = send(office)
    with office.moderator() as browse:
        browse.send(f"/en/moderation/reports/{report.id}/settle", {"outcome": "stays"})
    assert office.mail() == []


@pytest.mark.parametrize("email", ["", "ann@example.org"])
def test_who_looks_at_a_report_is_recorded_whether_or_not_it_came_with_an_address(office, email):
    _, (report,) = send(office, email=email)
    with office.moderator() as browse:
        browse.open(f"/en/moderation/reports/{report.id}")
    assert {(one.act, one.thing) for one in office.rows(AuditEntry)} == {("report-read", str(report.thing))}


def test_words_are_not_said_to_be_removed_while_they_are_shown(office):
    item = shown(office, email=None)
    _, (report,) = send(office, item=item.reference)
    with office.moderator() as browse:
        page = browse.open("/en/moderation/reports").follow(report.reference.upper())
        page.tick("The words are removed")
        page = page.press("Settle the report")
        assert page.problems() == ["The words are still shown. Hide them first"]
        page.follow(f"The words it is about: {item.reference.upper()}").press("Hide it now")
        page.tick("The words are removed").press("Settle the report")
        assert browse.send(f"/en/moderation/reports/{report.id}/settle", {}, 409).status == 409
    assert office.rows(ContentReport)[0].outcome is ConcernOutcome.removed
    assert office.rows(ModerationItem)[0].status == "hidden"


def test_without_a_choice_a_report_is_not_settled(office):
    _, (report,) = send(office)
    with office.moderator() as browse:
        page = browse.send(f"/en/moderation/reports/{report.id}/settle", {})
        assert page.problems() == ["Choose what you did"]
    assert office.rows(ContentReport)[0].settled_at is None


def test_reports_stand_at_the_desk_and_in_the_list(office):
    send(office, about="/en/find")
    with office.moderator() as browse:
        assert "Reports about what is shown: 1" in browse.open("/en/desk").said
        page = browse.open("/cy/cymedroli/adroddiadau")
        assert "yn enwi rhywun" in page.said
        assert "/en/find" in page.said


def test_the_general_contact_form_leads_to_the_report(office):
    with office.reader() as browse:
        page = browse.open("/en/contact/general").follow("Report something that is shown on a page")
        assert page.path == "/en/report-content"
        assert page.follow("How we check what people write").path == "/en/moderation"


def parts(office, lang):
    """The macros that other nouns use, in one language."""
    return office.app.state.templates.environments[lang].get_template("parts/moderation.html").module


def test_the_link_for_pages_with_peoples_words_leads_to_the_form_for_these_words(office):
    item = shown(office)
    (place,) = re.findall(r'href="([^"]+)"', str(parts(office, "en").report_link("/en/find", item.reference)))
    with office.reader() as browse:
        page = browse.open(html.unescape(place))
        values = {one.get("name"): one.get("value") for one in every(page.root, "input")}
    assert (values["about"], values["item"]) == ("/en/find", item.reference)


@pytest.mark.parametrize(("lang", "block"), [("en", "[removed]"), ("cy", "[dilëwyd]")])
def test_what_was_removed_is_a_block_in_the_readers_language_and_words_stay_words(office, lang, block):
    said = str(parts(office, lang).peoples_words(("<b>a</b>\n", None, " & c"), "cy"))
    assert said.startswith('<div class="portal-words" lang="cy" dir="auto">&lt;b&gt;a&lt;/b&gt;\n<span')
    assert f'lang="{lang}">{block}</span> &amp; c</div>' in said
