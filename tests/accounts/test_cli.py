"""`portal create-admin`: the first who can let others in."""

import os
import pty
import subprocess
import sys
from select import select as select_ready
from types import SimpleNamespace

import pytest
import typer
from rich.console import Console
from sqlmodel import select
from typer.testing import CliRunner

from portal.accounts import cli
from portal.accounts.cli import register
from portal.accounts.models import Account, AccountRole, AccountStatus
from portal.audit.models import AuditEntry
from portal.command import Command
from portal.settings import Settings

PASSWORD = "tri gair rhyfedd"


@pytest.fixture
def run(database, settings):
    """Run the command; its exit code and all that it said."""

    def running(*words, password=PASSWORD, again=None, settings=settings):
        app = typer.Typer()
        app.callback()(lambda: None)
        register(app)
        here = Command(settings, database, Console(width=200), Console(width=200, stderr=True))
        typed = f"{password}\n{again or password}\n"
        result = CliRunner().invoke(app, ["create-admin", *words], obj=here, input=typed)
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.exit_code, result.output

    return running


def accounts(database):
    with database.reading() as session:
        return session.exec(select(Account)).all(), session.exec(select(AccountRole.role)).all()


@pytest.mark.parametrize(("language", "page"), [("en", "/en/sign-in"), ("cy", "/cy/mewngofnodi")])
def test_where_to_sign_in_is_said_in_the_language_of_the_administrator(run, settings, language, page):
    code, said = run("ann@example.org", "--name", "Ann", "--language", language)
    assert (code, said.splitlines()[-1]) == (0, f"ann@example.org can sign in at {settings.public_url}{page}")


def test_the_first_administrator_is_made_and_told_where_to_sign_in(run, database):
    code, said = run("ann@example.org", "--name", "Ann", "--language", "cy")
    assert code == 0
    assert "/cy/mewngofnodi" in said
    assert PASSWORD not in said
    (made,), roles = accounts(database)
    assert (made.status, made.language, list(roles)) == (AccountStatus.active, "cy", ["administrator"])
    assert made.password_hash.startswith("$argon2id$")
    with database.reading() as session:
        acts = session.exec(select(AuditEntry.act).order_by(AuditEntry.id)).all()
    assert acts == ["account-invited", "account-password-changed", "account-let-in"]


@pytest.mark.parametrize(
    ("words", "typed", "complaint"),
    [
        (("ann", "--name", "Ann"), {}, "ann is not an e-mail address"),
        (("ann@example.org", "--name", "Ann", "--language", "fr"), {}, "fr is not a language of this portal"),
        (("ann@example.org", "--name", "Ann"), {"password": "short"}, "it is too short"),
        (("ann@example.org", "--name", "Ann"), {"password": "aaaaaaaaaaaaa"}, "the same few characters"),
        (("ann@example.org", "--name", "Annabelle"), {"password": "annabelle ann"}, "mostly the name or the address"),
        (("ann@example.org", "--name", "Ann"), {"password": "x" * 200}, "it is too long"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence_and_nothing_is_done(run, database, words, typed, complaint):
    code, said = run(*words, **typed)
    assert code == 2
    assert complaint in " ".join(said.split())
    assert accounts(database) == ([], [])


def types(terminal, *lines):
    """Wait for each prompt and answer it: what is typed before a password is asked for is thrown away."""
    said = ""
    for prompt, line in lines:
        before = len(said)
        while prompt not in said[before:]:
            ready, _, _ = select_ready([terminal], [], [], 30)
            assert ready, said
            said += os.read(terminal, 4096).decode()
        os.write(terminal, f"{line}\n".encode())
    return said


def test_who_types_a_password_that_cannot_be_used_is_told_why_and_asked_again(sqlite_database, settings):
    asked, again = "Password (at least 12 characters): ", "Repeat for confirmation: "
    passwords = ("short", "aaaaaaaaaaaaa", PASSWORD)
    answers = [answer for one in passwords for answer in ((asked, one), (again, one))]
    words = [sys.executable, "-m", "portal", "--data", str(settings.data_dir), "create-admin", "ann@example.org"]
    terminal, its_other_end = pty.openpty()
    with subprocess.Popen(
        words, stdin=its_other_end, stdout=its_other_end, stderr=its_other_end, start_new_session=True
    ) as run:
        os.close(its_other_end)
        said = types(terminal, ("Name: ", "Ann Example"), *answers)
        assert run.wait(30) == 0
    os.close(terminal)
    assert said.index("it is too short") < said.index("the same few characters")
    assert (said.count("Name: "), PASSWORD in said, "Nothing was done" in said) == (1, False, False)
    ((made,), roles) = accounts(sqlite_database)
    assert (made.email, made.name, list(roles)) == ("ann@example.org", "Ann Example", ["administrator"])


def test_after_five_passwords_the_command_ends(run, database, monkeypatch):
    monkeypatch.setattr(cli, "sys", SimpleNamespace(stdin=SimpleNamespace(isatty=lambda: True)))
    code, said = run("ann@example.org", "--name", "Ann", password="\n".join(["short"] * 9), again="short")
    assert code == 2
    assert (said.count("it is too short"), said.count("Nothing was done.")) == (5, 1)
    assert accounts(database) == ([], [])


def test_what_does_not_come_from_a_terminal_is_taken_once(run, database):
    code, said = run("ann@example.org", "--name", "Ann", password="short\nshort\n" + PASSWORD)
    assert code == 2
    assert (said.count("it is too short"), said.count("Nothing was done.")) == (1, 1)
    assert accounts(database) == ([], [])


def test_the_same_mailbox_again_is_refused_unless_it_is_to_be_made_anew(run, database):
    run("ann@example.org", "--name", "Ann")
    (before,), _ = accounts(database)
    code, said = run("Ann+x@example.org", "--name", "Ann", password="another set of words")
    assert code == 2
    assert "--reset" in said
    (between,), _ = accounts(database)
    assert between.password_hash == before.password_hash
    assert run("ann@example.org", "--name", "Ann", "--reset", password="another set of words")[0] == 0
    (after,), _ = accounts(database)
    assert after.password_hash != before.password_hash


def test_a_portal_in_english_only_has_nobody_who_works_in_welsh(run, tmp_path):
    code, said = run(
        "ann@example.org", "--name", "Ann", "--language", "cy", settings=Settings(data_dir=tmp_path, welsh=False)
    )
    assert code == 2
    assert "en." in said
