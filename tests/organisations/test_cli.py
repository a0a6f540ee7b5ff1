"""The two commands, as an operator types them."""

import pytest
import typer
from rich.console import Console
from typer.testing import CliRunner

from portal.command import Command
from portal.organisations import cli
from tests.organisations.lists import BODIES, COUNCILLORS, POSTS


@pytest.fixture
def run(loaded, settings):
    def running(*words):
        app = typer.Typer()
        cli.register(app)
        console = Console(width=200)
        with console.capture() as said:
            here = Command(settings, loaded, console, console)
            result = CliRunner().invoke(app, [str(one) for one in words], obj=here)
        return result.exit_code, said.get()

    return running


def test_a_trial_and_then_the_import_say_what_is_done(run, file):
    path = file(COUNCILLORS)
    code, said = run("import-councillors", path, "--dry-run")
    assert code == 0
    assert "A trial: nothing was kept." in said
    code, said = run("import-councillors", path)
    assert code == 0
    assert "added" in said
    assert "Ann Example" in said
    assert "wards with a vacant seat: Birch" in said
    assert "A trial" not in said
    assert "nothing changed" in run("import-councillors", path)[1]


def test_a_refusal_says_file_and_line_and_that_nothing_was_imported(run, file):
    code, said = run("import-councillors", file("ward,name\nAtlantis,Ann Example\n"))
    assert code == 2
    assert "list.csv, line 2: there is no ward 'Atlantis'" in said
    assert "Nothing was imported." in said


def test_organisations_come_from_files_or_as_the_law_has_them_but_not_both(run, file):
    assert run("import-organisations", file(BODIES, "b.csv"), file(POSTS, "p.csv"))[0] == 0
    code, said = run("import-organisations", "--defaults")
    assert code == 0
    assert "chief officer of police" in said
    for words in ((), (file(BODIES), "--defaults")):
        code, said = run("import-organisations", *words)
        assert code == 2
        assert "Name files, or give --defaults." in said


def test_many_notes_are_cut_short(run, file):
    rows = "\n".join(f"Alder,Person {number},[removed]" for number in range(12))
    code, said = run("import-councillors", file(f"ward,name,email\n{rows}\n"))
    assert code == 0
    assert said.count("is no e-mail address") == 12
