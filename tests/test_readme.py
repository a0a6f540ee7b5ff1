"""The README's promises: its commands are run exactly as they stand there."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from portal.cli import app

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"
README = (ROOT / "README.md").read_text("utf-8")


def known_commands() -> set[str]:
    """The names under which the command line takes orders."""
    return set(typer.main.get_command(app).commands)


def commands(mark: str) -> list[str]:
    """The lines of the README's shell block that begins with `# mark`."""
    block = re.search(rf"```sh\n# {mark}\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
    assert block, f"the README has no block marked {mark}"
    return [line for line in block[1].splitlines() if line]


def run(line: str, folder: Path) -> str:
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(
        shlex.split(line), cwd=folder, env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, f"{line}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def gwent(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What each command of the README's real area printed, run from a folder that stands beside `shared`."""
    if not SHARED.is_dir():
        pytest.skip("the real data are not beside the checkout (../shared)")
    folder = tmp_path_factory.mktemp("readme")
    (folder / "shared").symlink_to(SHARED)
    here = folder / "portal"
    here.mkdir()
    return {line: run(line, here) for line in commands("gwent")} | {"folder": str(here)}


def printed(gwent: dict[str, str], word: str) -> str:
    return next(out for line, out in gwent.items() if f" {word}" in line)


def test_a_real_area_is_set_up_by_the_readmes_own_commands(gwent: dict[str, str]) -> None:
    assert "Torfaen" in printed(gwent, "places")
    assert "2024-12" in printed(gwent, "crime-months")
    assert "in order" in printed(gwent, "check")


def test_the_preview_speaks_welsh_before_the_month_is_released(gwent: dict[str, str]) -> None:
    assert "Rhagfyr 2024" in printed(gwent, "preview-crime")


def test_each_of_the_two_commands_is_one_line() -> None:
    assert len(commands("demo")) == 1
    assert len(commands("test")) == 1


def test_every_command_of_the_readme_is_a_command_of_the_portal() -> None:
    named = set(re.findall(r"\bportal (?:--data \w+ )?([a-z]+-[a-z-]+)", README))
    named |= set(re.findall(r"(?:`|^|/)portal (?:--data \w+ )?([a-z-]+)", README, re.MULTILINE))
    assert {"demo", "init", "restore", "message-answered"} <= named
    assert named - known_commands() == set()


def test_every_command_of_the_portal_stands_in_the_readme() -> None:
    table = README.split("## Everyday commands")[1].split("\n## ")[0]
    named = set(re.findall(r"`portal ([a-z-]+)", table))
    assert known_commands() - named == set()


def test_the_map_names_every_module_and_folder_of_the_portal() -> None:
    names = {path.name for path in (ROOT / "portal").iterdir() if path.name[0] not in "._"}
    drawn = README.split("## Map\n")[1].split("\n## ")[0]
    assert {name for name in names if name not in drawn} == set()
