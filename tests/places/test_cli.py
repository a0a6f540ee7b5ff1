"""The commands on places, as an operator meets them."""

import datetime as dt

import pytest
import typer
from rich.console import Console
from typer.testing import CliRunner

from portal.command import Command
from portal.places.cli import register
from tests.places import land

ALDER, BIRCH = list(land.WARDS)[:2]


@pytest.fixture(autouse=True)
def november(time_machine):
    time_machine.move_to(dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC), tick=False)


@pytest.fixture
def run(sqlite_database, settings):
    """Run one command; its exit code and all that it said."""

    def running(*words):
        app = typer.Typer()
        register(app)
        here = Command(settings, sqlite_database, Console(width=200), Console(width=200, stderr=True))
        result = CliRunner().invoke(app, [str(word) for word in words], obj=here)
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.exit_code, result.output

    return running


def test_importing_tells_what_was_read_and_what_changed(run, files):
    code, said = run("import-places", *files)
    assert code == 0
    for words in ("ward boundaries 2025", "areas served: Hereshire", "LSOAs", "postcodes not kept: 0 terminated"):
        assert words in said


def test_importing_again_tells_that_nothing_changed(run, files):
    run("import-places", *files)
    assert "nothing changed" in run("import-places", *files)[1]


def test_a_dry_run_keeps_nothing(run, files):
    assert "A trial: nothing was kept." in run("import-places", *files, "--dry-run")[1]
    assert "areas served: none" in run("places")[1]


def test_rows_set_aside_and_files_passed_over_are_listed(run, files, tmp_path):
    folder = tmp_path / "more"
    folder.mkdir()
    (folder / "notes.txt").write_text("x", encoding="utf-8")
    rows = ["E07000080,A,B"] * 2475 + ["bad,A,B"] * 25
    (folder / "names.csv").write_text("\n".join(["code,name_en,name_cy", *rows]), encoding="utf-8")
    code, said = run("import-places", *files, folder)
    assert code == 0
    assert "passed over: more/notes.txt" in said
    assert said.count("set aside: more/names.csv, line ") == 20
    assert "and 5 more rows set aside" in said


def test_wards_that_ended_and_what_to_look_at_are_told(run, files, tmp_path):
    run("import-places", *files)
    land.write_json(tmp_path / "w.json", land.collection([land.ward(ALDER, year=26)]))
    code, said = run("import-places", tmp_path / "w.json", files[2])
    assert code == 0
    assert "wards ended: Birch, Cedar, St Derw's Park" in said
    assert "note: 3 wards of the best-fit lookup are not loaded" in said


def test_what_is_refused_says_why_and_that_nothing_was_imported(run, tmp_path):
    (tmp_path / "x.csv").write_text("alpha\n1\n", encoding="utf-8")
    code, said = run("import-places", tmp_path / "x.csv")
    assert code == 2
    assert "x.csv, line 1: its header is: alpha" in said
    assert "Nothing was imported." in said


def test_options_reach_the_import(run, files, tmp_path):
    people = land.write_csv(tmp_path / "p.csv", ("code", "residents"), [(land.lsoa_codes(1)[0], 5)])
    words = ("--authority", land.HERE, "--wards-from", "2026-05-07", "--population-year", "2024")
    code, said = run("import-places", *files, people, *words)
    assert code == 0
    assert "residents and households 2024" in said
    assert run("import-places", *files, "--authority", "W06000999")[0] == 2
    assert "neighbourhood from 2026-05-08" in draw(run, "--from", "2026-05-08")[1]


def draw(run, *words):
    return run("draw-neighbourhood", "Valley", "Y Cwm", "--ward", ALDER, "--ward", BIRCH, *words)


def test_what_is_loaded_is_counted(run, files):
    run("import-places", *files)
    said = " ".join(run("places")[1].split())
    assert "areas served: Hereshire" in said
    for words in ("wards │ 4", "LSOAs │ 9", "postcodes │ 6", "names people use │ 4", "police forces │ 1"):
        assert words in said


def test_areas_are_listed_as_other_commands_want_them_said(run, files):
    run("import-places", *files)
    said = run("places", "--areas")[1]
    rows = [[cell.strip() for cell in line.split("│")[1:-1]] for line in said.splitlines() if line.startswith("│")]
    assert ["neighbourhood", "alder", "gwern", "Alder", ALDER] in rows
    assert ["force", "avon-and-somerset", "avon-and-somerset", "Avon and Somerset", "W15000009"] in rows
    assert not [row for row in rows if row[0] == "ward"]


def test_a_neighbourhood_is_drawn(run, files):
    run("import-places", *files)
    code, said = draw(run, "--from", "2026-06-01", "--sort-key", "Y C|wm")
    assert code == 0
    assert "Valley / Y Cwm (N00001) is a neighbourhood from 2026-06-01." in said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--ward", "W05000099", "--from", "2026-06-01"), "W05000099: no ward that is served now has this code"),
        (("--from", "2027-06-01"), "2027-06-01: the day is still to come"),
        (("--from", "2025-12-01"), "Alder: this area began on that day or later; choose a later day"),
    ],
)
def test_what_cannot_be_drawn_is_refused_with_its_reason(run, files, words, said):
    run("import-places", *files)
    code, told = draw(run, *words)
    assert code == 2
    assert said in told


def test_names_that_are_missing_are_asked_for(run, files):
    run("import-places", *files)
    code, told = run("draw-neighbourhood", "", "Y Cwm", "--ward", ALDER, "--from", "2026-06-01")
    assert code == 2
    assert "both names are needed" in told
