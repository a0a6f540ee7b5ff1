"""The commands on crime, as an operator gives them."""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import replace

import pytest
import typer
from rich.console import Console
from typer.testing import CliRunner

from portal import clock
from portal.command import Command
from portal.crime.cli import register
from portal.crime.models import ContextNote, ForceMonth, ForceMonthState, ImportRun
from portal.settings import Settings
from portal.trouble import Conflict
from tests.crime.streets import MONTH, Row, asb, crimes, write

FETCHED = ("--fetched-on", "2024-12-20")


class Shell:
    """Runs a command, and keeps what it said on both channels."""

    def __init__(self, database, **more) -> None:
        self._settings = replace(Settings(), ward_rule="lsoa", **more)
        self._app = typer.Typer()
        register(self._app)
        self._database = database
        self.said = self.complained = ""

    def __call__(self, *words: object, width: int = 160) -> int:
        out, errors = io.StringIO(), io.StringIO()
        here = Command(self._settings, self._database, Console(file=out, width=width), Console(file=errors))
        result = CliRunner().invoke(self._app, [*map(str, words)], obj=here)
        self.said, self.complained = out.getvalue(), " ".join(errors.getvalue().split())
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.exit_code


@pytest.fixture
def shell(country):
    return Shell(country.database)


def test_an_import_reports_every_file_and_ends_with_0(country, shell):
    write(country.folder, [*crimes(3), asb(), asb(), *crimes(1, at="outside"), *crimes(1, at="")])
    write(country.folder, crimes(1), force="south-wales")
    assert shell("import-crime", country.folder, *FETCHED) == 0
    line = next(line for line in shell.said.splitlines() if "gwent-street" in line)
    assert [word for word in line.split() if word.isalnum()][1:] == ["imported", "7", "1", "1", "1", "0"]
    assert "1 files: 1 imported. 1 other files were passed over." in shell.said
    assert country.month().state == ForceMonthState.imported


def test_a_refused_file_ends_with_1_and_is_reported_by_file_and_line(country, shell):
    write(country.folder, [*crimes(3), Row("Piracy")])
    write(country.folder, crimes(1), MONTH.plus(1))
    assert shell("import-crime", country.folder, *FETCHED) == 1
    assert "2024-10-gwent-street.csv: too-many-faults: 1 of 4 rows have a fault: more than 1 in 100" in shell.said
    assert "2024-10-gwent-street.csv:5: category: Piracy" in shell.said
    assert country.month() is None
    assert country.month(month=MONTH.plus(1)) is not None


def test_rows_set_aside_are_reported_by_line_and_the_file_is_kept(country, shell):
    write(country.folder, [*crimes(200), Row("Piracy")])
    assert shell("import-crime", country.folder, *FETCHED) == 0
    assert "2024-10-gwent-street.csv:202: category: Piracy" in shell.said


def test_what_a_file_says_is_not_obeyed_by_the_terminal(country, shell):
    write(country.folder, [*crimes(200), Row("[bold red]x[/]\x1b[2J")])
    assert shell("import-crime", country.folder, *FETCHED) == 0
    assert "category: [bold red]x[/]\N{REPLACEMENT CHARACTER}[2J" in shell.said


def test_of_many_faults_the_first_are_shown_and_all_are_counted(country, shell):
    write(country.folder, [*crimes(3), *[Row("Piracy")] * 300])
    assert shell("import-crime", country.folder, *FETCHED) == 1
    assert shell.said.count("category: Piracy") == 200
    assert "300 rows in all were set aside; the first are above" in shell.said


def test_another_import_at_work_is_said_and_nothing_is_done(country, shell, monkeypatch):
    def taken(*_):
        raise Conflict("another import is at work")

    monkeypatch.setattr("portal.crime.import_cli.import_paths", taken)
    monkeypatch.setattr("portal.crime.cli.recut", taken)
    write(country.folder, crimes(1))
    assert shell("import-crime", country.folder, *FETCHED) == 2
    assert shell.complained.endswith("The import ended: another import is at work. Months before that are kept.")
    assert shell("recut-crime") == 2
    assert shell.complained == "Nothing was changed: another import is at work."


def test_an_import_can_release_and_can_be_of_one_force_only(country, shell):
    write(country.folder, crimes(1))
    write(country.folder, crimes(1), force="btp")
    assert shell("import-crime", country.folder, "--release", "--force", "btp", *FETCHED) == 0
    assert country.month("btp").state == ForceMonthState.released
    assert country.month() is None


def test_an_older_release_needs_to_be_insisted_upon(country, shell):
    country.load(crimes(1))
    write(country.folder, crimes(2))
    assert shell("import-crime", country.folder, "--fetched-on", "2024-12-01") == 1
    assert "--even-if-older" in shell.said
    assert shell("import-crime", country.folder, "--fetched-on", "2024-12-01", "--even-if-older") == 0


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("nowhere",), "There is no nowhere."),
        ((".", "--fetched-on", "yesterday"), "yesterday is not a day: say it like 2025-02-20."),
        ((".", "--fetched-on", "2999-01-01"), "2999-01-01 is still to come: nothing was fetched then."),
        ((".", "--force", "Gwent Police"), "Gwent Police cannot be a force"),
        (
            (".", "--force", "kent"),
            "kent is not served here; served are btp, gwent. `portal import-places` adds areas.",
        ),
        ((".",), "There is no street file of btp, gwent here; 0 other files were passed over."),
    ],
)
def test_what_cannot_be_done_is_said_in_one_sentence_and_ends_with_2(shell, tmp_path, monkeypatch, words, complaint):
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    assert shell("import-crime", *words) == 2
    assert complaint in shell.complained
    assert shell.said == ""


def test_what_runs_read_and_moved_can_be_seen_later(country, shell):
    country.load([*crimes(3), *crimes(1, "Burglary", outcome="")])
    country.load([*crimes(2), *crimes(1, "Burglary", outcome="Local resolution")], fetched_on=dt.date(2025, 1, 20))
    newest = max(run.id for run in country.all(ImportRun))
    assert shell("import-runs") == 0
    assert shell.said.index("replaced") < shell.said.index("imported")
    assert shell("import-runs", newest) == 0
    for words in ("Counts that moved", "W0500000A", "drugs", "Outcomes that moved", "local-resolution", "SHA-256"):
        assert words in shell.said
    assert shell("import-runs", newest - 1) == 0
    assert "moved" not in shell.said
    assert shell("import-runs", newest + 1) == 2
    assert shell.complained == f"There is no run {newest + 1}."


def test_months_are_listed_released_and_declared(country, shell):
    country.load(crimes(1))
    country.load(crimes(1), MONTH.plus(-1))
    assert shell("declare-gap", "gwent", "2024-08", "--reason-en", "New system.", "--reason-cy", "System newydd.") == 0
    assert shell("release-crime", "2024-10") == 0
    assert "2024-10 is released: gwent." in shell.said
    assert shell("crime-months") == 0
    rows = [line for line in shell.said.splitlines() if "gwent" in line]
    assert [state in row for row, state in zip(rows, ("not supplied", "imported", "released"), strict=True)] == [
        True
    ] * 3
    assert "New system." in rows[0]
    assert shell("release-crime", "--all") == 0
    assert "2024-09 is released: gwent." in shell.said
    assert shell("release-crime", "--all") == 0
    assert "No month waits" in shell.said


@pytest.mark.parametrize("words", [(), ("2024-10", "--all"), ("October",), ("2024-10",)])
def test_a_release_needs_one_month_that_waits(shell, words):
    assert shell("release-crime", *words) == 2
    assert shell.complained.endswith(".")


def test_a_gap_needs_reasons_in_both_languages_and_a_month_without_a_file(country, shell):
    assert shell("declare-gap", "gwent", "2024-10", "--reason-en", "New system.") == 2
    assert shell.complained == "Nothing was kept: the Welsh text is missing."
    country.load(crimes(1))
    words = ("declare-gap", "gwent", "2024-10", "--reason-en", "New system.", "--reason-cy", "System newydd.")
    assert shell(*words) == 2
    assert shell.complained == "Nothing was declared: gwent 2024-10 is imported already."
    assert shell("declare-gap", "Gwent", *words[2:]) == 2


@pytest.mark.parametrize(
    ("force", "month", "complaint"),
    [
        ("gwent", "0000-05", "0000-05 is not a month: say it like 2024-10, from 2010 on."),
        ("gwent", "2199-05", "Nothing was declared: 2199-05 is still to come."),
        ("kent", "2024-10", "Nothing was declared: kent is not served here; served are btp, gwent."),
    ],
)
def test_a_gap_is_of_a_force_that_is_served_and_of_a_month_that_has_begun(country, shell, force, month, complaint):
    assert shell("declare-gap", force, month, "--reason-en", "New system.", "--reason-cy", "System newydd.") == 2
    assert shell.complained == complaint
    assert country.all(ForceMonth) == []


def test_notes_are_listed_with_the_numbers_by_which_they_are_withdrawn(country, shell):
    words = ("note-crime", "neighbourhood", "near-a", "2024-10")
    shell(*words, "--en", "A [festival].", "--cy", "Gŵyl.")
    note = country.all(ContextNote)[0].id
    assert shell("crime-notes") == 0
    line = next(line for line in shell.said.splitlines() if "near-a" in line)
    for word in (str(note), "neighbourhood", "2024-10", "A [festival].", "Gŵyl."):
        assert word in line
    shell(*words, "--withdraw", note)
    shell("crime-notes")
    assert f"{clock.today()}" in shell.said


def test_before_places_the_way_on_is_told(sqlite_database, tmp_path):
    shell = Shell(sqlite_database)
    write(tmp_path, crimes(1))
    for words in ((), ("--force", "gwent")):
        assert shell("import-crime", tmp_path, *words) == 2
        assert shell.complained.endswith("run `portal import-places` first.")


def test_a_file_that_joins_a_public_month_is_told(country, shell):
    country.load(crimes(1), release=True)
    path = write(country.folder, crimes(1), force="btp")
    assert shell("import-crime", path, *FETCHED) == 0
    assert f"{path.name}: its month is public already, so this file is public at once." in shell.said


def test_on_a_narrow_screen_the_names_of_files_are_whole(country, shell):
    write(country.folder, crimes(1))
    assert shell("import-crime", country.folder, *FETCHED, width=80) == 0
    column = "".join(line.split("│")[2].strip() for line in shell.said.splitlines() if line.startswith("│"))
    assert column == "2024-10-gwent-street.csv"


def test_a_declared_gap_can_be_withdrawn(country, shell):
    shell("declare-gap", "gwent", "2024-10", "--reason-en", "New system.", "--reason-cy", "System newydd.")
    assert shell("declare-gap", "gwent", "2024-10", "--withdraw") == 0
    assert country.month() is None
    assert shell("declare-gap", "gwent", "2024-10", "--withdraw") == 2


def test_a_note_is_added_and_withdrawn(country, shell):
    words = ("note-crime", "neighbourhood", "near-a", "2024-10")
    assert shell(*words, "--en", "A festival.", "--cy", "Gŵyl.") == 0
    note = country.all(ContextNote)[0]
    assert (note.area_id, note.month, note.text_cy) == (country.ids["near A"], MONTH.index, "Gŵyl.")
    assert shell("note-crime", "neighbourhood", "near-b-and-c", "2024-10", "--withdraw", note.id) == 2
    assert shell.complained.startswith(f"Nothing was done: there is no such context note {note.id} in 2024-10.")
    assert shell("note-crime", "neighbourhood", "near-a", "2024-11", "--withdraw", note.id) == 2
    assert country.all(ContextNote)[0].withdrawn_at is None
    assert shell(*words, "--withdraw", note.id) == 0
    assert country.all(ContextNote)[0].withdrawn_at is not None
    assert shell(*words, "--withdraw", note.id) == 2


def test_a_portal_in_english_alone_asks_for_no_welsh(country):
    shell = Shell(country.database, welsh=False)
    assert shell("note-crime", "neighbourhood", "near-a", "2024-10", "--en", "A festival.") == 0
    assert shell("declare-gap", "gwent", "2024-10", "--reason-en", "New system.") == 0
    assert shell("note-crime", "neighbourhood", "near-a", "2024-10") == 2
    assert shell.complained == "Nothing was kept: the English text is missing."


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("neighbourhood", "near-a", "2024-10", "--en", "A festival."), "Nothing was kept: the Welsh text is missing."),
        (
            ("neighbourhood", "nowhere", "2024-10"),
            "There is no neighbourhood with the slug nowhere: `portal places --areas` lists them.",
        ),
        (
            ("ward", "a", "2024-10"),
            "A ward has no page on which a note could stand: write it for the neighbourhood around it.",
        ),
        (
            ("partnership", "part", "2024-10"),
            "There is no partnership with the slug part: `portal places --areas` lists them.",
        ),
        (
            ("neighbourhood", "near-a", "2199-10", "--en", "A festival.", "--cy", "Gŵyl."),
            "Nothing was done: 2199-10 is still to come. `portal crime-notes` lists what is written.",
        ),
        (("neighbourhood", "near-a", "October"), "October is not a month: say it like 2024-10, from 2010 on."),
    ],
)
def test_a_note_that_cannot_be_is_refused(shell, words, complaint):
    assert shell("note-crime", *words) == 2
    assert shell.complained == complaint


def test_figures_are_cut_again(country, shell):
    country.load(crimes(1))
    assert shell("recut-crime") == 0
    assert shell.said == "0 of 1 snap points lie in another ward; 0 figures changed.\n"
