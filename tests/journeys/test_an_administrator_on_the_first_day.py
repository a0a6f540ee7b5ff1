"""From `portal create-admin` to three colleagues at work, one of them a councillor on a phone, in Welsh."""

from __future__ import annotations

import re

import pyotp
import pytest
from sqlmodel import select
from typer.testing import CliRunner

from portal import cli
from portal.notifications.models import OutboxMessage
from tests.browse import Browse

PASSWORD = "tri gair rhyfedd"
COLLEAGUES = (
    ("Bet Example", "bet@example.org", "Analyst", "English"),
    ("Cai Enghraifft", "cai@example.org", "Ward councillor", "Cymraeg"),
    ("Don Example", "don@example.org", "Communications officer", "English"),
)
ALL_THE_SAME = "Invite them all the same. They see no ward’s cases until a councillor who sits has this address."
WORDS = {
    "en": {
        "new": "New password",
        "set": "Set this password",
        "in": "Sign in",
        "email": "E-mail address",
        "password": "Password",
        "digits": "The six digits in the app",
        "on": "Go on",
        "kept": "I have kept them",
        "desk": "Your desk",
    },
    "cy": {
        "new": "Cyfrinair newydd",
        "set": "Gosod y cyfrinair hwn",
        "in": "Mewngofnodi",
        "email": "Cyfeiriad e-bost",
        "password": "Cyfrinair",
        "digits": "Y chwe digid yn yr ap",
        "on": "Ymlaen",
        "kept": "Rwyf wedi’u cadw",
        "desk": "Eich desg",
    },
}


def sign_in_first(browse: Browse, email: str, lang: str = "en"):
    """The first signing in, with an authenticator set up on the way."""
    say = WORDS[lang]
    page = browse.open({"en": "/en/sign-in", "cy": "/cy/mewngofnodi"}[lang])
    page = page.fill(say["email"], email).fill(say["password"], PASSWORD).press(say["in"])
    key = re.search(r'translate="no">([A-Z2-7 ]+)</code>', page.text)[1].replace(" ", "")
    page = page.fill(say["digits"], pyotp.TOTP(key).now()).press(say["on"])
    return page.press(say["kept"])


@pytest.fixture
def first_day(resident, folder):
    """Somebody with a shell makes the first administrator, who then has a browser."""
    words = ["--data", str(folder), "create-admin", "ann@example.org", "--name", "Ann Example"]
    done = CliRunner().invoke(cli.app, words, input=f"{PASSWORD}\n{PASSWORD}\n")
    assert done.exit_code == 0, done.output
    with Browse(resident.app) as ann:
        assert sign_in_first(ann, "ann@example.org").heading == "Your desk"
        yield ann


def test_three_colleagues_are_at_work_by_the_evening(first_day, resident, database):
    for name, email, role, language in COLLEAGUES:
        page = first_day.open("/en/accounts").follow("Invite somebody")
        page = page.fill("Name", name).fill("E-mail address", email).tick(role).tick(language)
        page = page.press("Send the invitation")
        if role == "Ward councillor":  # nobody has entered the councillors yet
            page = page.tick(ALL_THE_SAME).press("Send the invitation")
        assert "The invitation is on its way." in page.said
    with database.reading() as session:
        letters = {one.to_address: one for one in session.exec(select(OutboxMessage))}
    for _, email, _, language in COLLEAGUES:
        lang = "cy" if language == "Cymraeg" else "en"
        say, link = WORDS[lang], re.search(r"8000(/\S+)", letters[email].body)[1]
        with Browse(resident.app) as colleague:
            assert colleague.open(link).lang == lang
            colleague.open(link).fill(say["new"], PASSWORD).press(say["set"])
            assert sign_in_first(colleague, email, lang).heading == say["desk"]
    assert "invited" not in first_day.open("/en/accounts").said.replace("Invite", "")


def test_a_councillor_finds_the_way_from_any_page_and_reads_only_what_is_theirs(first_day, resident):
    page = first_day.open("/en/").follow("Sign in for staff and councillors")
    assert page.path == "/en/desk", "who is signed in goes straight on"
    assert resident.open("/en/").follow("Sign in for staff and councillors").heading == "Sign in"
