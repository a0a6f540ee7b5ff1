"""The letters about what strangers write: each in one language from the sender's name to the last line."""

from email import message_from_bytes, policy

import pytest

from portal.moderation.models import ModerationStatus
from portal.moderation.notices.models import ComplaintNotice
from portal.moderation.reports.models import ContentReport
from portal.notifications.models import OutboxMessage
from portal.notifications.senders import letter
from tests.moderation.test_notices import FORM, WHOLE, send, shown, step


def read(office, number=-1):
    """A letter of the outbox, the last one unless another is asked for, by the standard library."""
    made = message_from_bytes(letter(office.mail()[number], office.app.state.settings), policy=policy.default)
    return made, made.get_content().replace("\r\n", "\n")


def is_in(lang, office, number=-1):
    """Whether header, greeting and ending of a letter are in one language."""
    authority = office.app.state.settings.authority
    made, text = read(office, number)
    assert made["Content-Language"] == lang
    assert made["From"].addresses[0].display_name == authority.name(lang)
    assert text.startswith({"en": "Hello,\n\n", "cy": "Helo,\n\n"}[lang])
    ending = f"\n\n{authority.name(lang)}\n{authority.contact_name(lang)}, {authority.contact_email}\n"
    assert text.endswith(ending)
    return True


@pytest.mark.parametrize("lang", ["en", "cy"])
def test_who_wrote_is_told_of_each_decision_in_one_language(office, lang):
    item = shown(office, language=lang)
    assert is_in(lang, office)
    with office.moderator() as browse:
        browse.send(f"/en/moderation/items/{item.id}/hide", {})
    assert office.item(item.id).status is ModerationStatus.hidden
    assert is_in(lang, office)
    number = office.submit(language=lang, email="poster@example.org")
    with office.moderator() as browse:
        browse.send(f"/en/moderation/items/{number}/claim", {})
        browse.send(f"/en/moderation/items/{number}/decide", {"move": "refuse", "reasons": "off_topic"})
    assert office.item(number).status is ModerationStatus.refused
    assert is_in(lang, office)


@pytest.mark.parametrize("lang", ["en", "cy"])
def test_who_reported_is_answered_in_one_language(office, lang):
    path = {"en": "/en/report-content", "cy": "/cy/rhoi-gwybod-am-gynnwys"}[lang]
    with office.reader() as browse:
        browse.send(path, {"kind": "hateful", "text": "Words.", "email": "ann@example.org"})
    (report,) = office.rows(ContentReport)
    with office.moderator() as browse:
        browse.send(f"/en/moderation/reports/{report.id}/settle", {"outcome": "stays"})
    assert is_in(lang, office)


@pytest.mark.parametrize("lang", ["en", "cy"])
def test_who_complains_and_who_wrote_are_written_to_each_in_their_language(office, lang):
    other = {"en": "cy", "cy": "en"}[lang]
    _, notice = send(office, shown(office, language=other), lang)
    with office.moderator() as browse:
        step(browse, notice, "contact_poster")
        assert office.mail()[-2].to_address == "poster@example.org"
        assert is_in(other, office, -2)
        assert is_in(lang, office)
        _, lacking = send(office, lang=lang, wrong="", as_it_is="yes")
        step(browse, lacking, "tell_defective")
    assert is_in(lang, office)


def test_the_inbox_hears_at_once_of_a_notice_and_of_nothing_that_is_in_it(office):
    _, notice = send(office)
    (mail,) = office.mail()
    authority = office.app.state.settings.authority
    made, text = read(office)
    assert mail.to_address == authority.contact_email
    assert mail.about == str(notice.thing)
    assert made["Content-Language"] == "en, cy"
    assert notice.reference.upper() in made["Subject"]
    assert "otice" not in made["Subject"]
    assert text.count("\nHelo,\n") == text.count("Hello,\n") == 1
    for lang in ("en", "cy"):
        path = office.app.state.urls.path("moderation:show_notice", lang, id=str(notice.id))
        assert f"{office.app.state.settings.public_url}{path}\n" in text
        assert f"\n{authority.name(lang)}\n" in text
    said = f"{made['Subject']}\n{text}".lower()
    assert not [one for one in ("ann example", "ann@example.org", "/en/find", "stole", "lamp", "thief") if one in said]


def test_a_notice_that_is_not_kept_is_told_to_nobody_and_one_that_is_sent_twice_once(office, monkeypatch):
    with office.reader() as browse:
        browse.send(FORM["en"], WHOLE | {"email": ""})
        assert office.mail() == []
        for _ in range(2):
            browse.send(FORM["en"], WHOLE | {"form_key": "k" * 32})
    assert len(office.rows(ComplaintNotice)) == len(office.mail()) == 1
    monkeypatch.setattr("portal.notifications.service.insert_one", broken)
    with office.reader() as browse:
        assert browse.client.post(FORM["en"], data=WHOLE).status_code == 500
    assert len(office.rows(ComplaintNotice)) == len(office.rows(OutboxMessage)) == 1


def broken(*_):
    raise RuntimeError("the outbox cannot be written")
