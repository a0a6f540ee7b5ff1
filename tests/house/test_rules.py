"""The house rules that can be seen in the text of the project: sizes, names, gates, and what must not be in it."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.files import ROOT, project_files, said, sources, text_of

MOST_LINES_OF_A_FUNCTION = 40
MOST_LINES_OF_A_MODULE = 300
MOST_LINES_OF_A_TEMPLATE = 150
LONGER = {"templates/crime/show.html": "one page, read from top to bottom; its tables and sentences are macros already"}
"""Templates that may be longer, and why."""


def functions(tree):
    return [one for one in ast.walk(tree) if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)]


@pytest.fixture(scope="module")
def trees():
    """Every module that somebody wrote. Migrations are written by Alembic."""
    return {path: ast.parse(text_of(path)) for path in sources("portal", "static") if "versions" not in path.parts}


def test_imports_point_down():
    program = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([program, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]


def test_no_function_is_too_long(trees):
    long = [
        f"{said(path)}:{one.lineno} {one.name} has {one.end_lineno - one.lineno + 1} lines"
        for path, tree in trees.items()
        for one in functions(tree)
        if one.end_lineno - one.lineno + 1 > MOST_LINES_OF_A_FUNCTION
    ]
    assert long == []


def test_no_module_is_too_long(trees):
    long = {said(path): len(text_of(path).splitlines()) for path in trees}
    assert {name: lines for name, lines in long.items() if lines > MOST_LINES_OF_A_MODULE} == {}


def test_no_template_is_too_long_without_a_reason():
    templates = [path for path in project_files() if path.relative_to(ROOT).parts[0] == "templates"]
    assert templates
    long = {said(path) for path in templates if len(text_of(path).splitlines()) > MOST_LINES_OF_A_TEMPLATE}
    assert long <= set(LONGER)


def test_conftest_stays_small():
    long = {
        said(path): lines
        for path in project_files()
        if path.name == "conftest.py" and (lines := len(text_of(path).splitlines())) > 150
    }
    assert long == {}


def test_every_module_says_what_it_is_for(trees):
    silent = [said(path) for path, tree in trees.items() if not ast.get_docstring(tree)]
    assert silent == []
    wordy = [said(path) for path, tree in trees.items() if ast.get_docstring(tree).count("\n\n") > 4]
    assert wordy == []


def test_nothing_is_named_for_being_useful():
    vague = re.compile(r"\A(utils?|helpers?|misc|common|base|core|stuff|managers?)\Z")
    named = [
        said(path) for path in project_files() for part in path.relative_to(ROOT).parts if vague.match(Path(part).stem)
    ]
    assert [one for one in named if one != "templates/base.html"] == []


def test_only_settings_read_the_environment(trees):
    readers = {
        said(path)
        for path, tree in trees.items()
        for one in ast.walk(tree)
        if (isinstance(one, ast.Attribute) and one.attr in {"environ", "getenv", "environb", "putenv"})
        and isinstance(one.value, ast.Name)
        and one.value.id == "os"
    }
    assert readers - {"static/build_hook.py"} == {"portal/settings.py"}


def test_nothing_is_made_when_a_module_is_loaded(trees):
    """No application, engine or client at module level: everything with a lifetime hangs on the application."""
    makers = {
        "create_app",
        "Database",
        "create_engine",
        "TestClient",
        "AsyncClient",
        "Client",
        "Starlette",
        "ThreadPoolExecutor",
    }
    made = [
        f"{said(path)}:{call.lineno}"
        for path, tree in trees.items()
        for statement in tree.body
        if isinstance(statement, ast.Assign | ast.AnnAssign)
        for call in ast.walk(statement)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in makers
    ]
    assert made == []


def test_nobody_but_the_database_asks_which_database_it_is(trees):
    """Mentions in words are none; reading the dialect, the backend or `is_sqlite` is."""
    asking = {
        said(path)
        for path, tree in trees.items()
        for one in ast.walk(tree)
        if isinstance(one, ast.Attribute) and one.attr in {"dialect", "is_sqlite", "get_backend_name"}
    }
    assert asking <= {"portal/db.py"}


UNDONE = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X|HA" + r"CK)\b")


def test_nothing_is_left_to_be_done():
    left = [f"{said(path)}: {found[0]}" for path in project_files() if (found := UNDONE.search(text_of(path)))]
    assert left == []


HOSTS = [
    "py" + "pi.org",
    "python" + "hosted.org",
    "npm" + "js.org",
    "npm" + "js.com",
    "yarn" + "pkg.com",
    "ana" + "conda.org",
]
HOSTS += [
    "jsdelivr" + ".net",
    "unpkg" + ".com",
    "cdn" + "js.com",
    "google" + "apis.com",
    "dock" + "er.io",
    "ghcr" + ".io",
]


def test_no_address_of_a_registry_or_of_another_sites_files_is_written_down():
    named = [f"{said(path)}: {host}" for path in project_files() for host in HOSTS if host in text_of(path).lower()]
    assert named == []


MACHINE = re.compile(r"(?<![\w.:/~-])/(?:home|root|Users|work|workspace|mnt|private|var/folders)/[\w.-]+")


def test_no_path_of_a_machine_is_written_down():
    named = [f"{said(path)}: {found[0]}" for path in project_files() if (found := MACHINE.search(text_of(path)))]
    assert named == []
    user = os.environ.get("HOME", "")
    if len(user) > len("/root"):
        assert [said(path) for path in project_files() if user in text_of(path)] == []


def test_no_front_end_code_of_others_is_in_the_tree():
    ours = {"static/build.mjs", "static/trim.mjs"}
    scripts = [
        path for path in project_files() if path.suffix in {".js", ".mjs", ".css", ".scss", ".map", ".woff", ".woff2"}
    ]
    outside = {
        said(path) for path in scripts if path.relative_to(ROOT).parts[:2] not in {("static", "js"), ("static", "css")}
    }
    assert outside <= ours
    foreign = re.compile(r"@license|Licensed under|Copyright|govuk-frontend v\d|htmx\.org@", re.IGNORECASE)
    others = [path for path in scripts if said(path) not in ours]
    copied = [said(path) for path in others if foreign.search(text_of(path)) or len(text_of(path)) > 12_000]
    assert copied == []
    assert not [said(path) for path in project_files() if "node_modules" in path.parts or path.name.endswith(".min.js")]


def test_the_lock_of_the_front_end_records_no_address():
    lock = text_of(ROOT / "static" / "package-lock.json")
    assert '"integrity": "sha512-' in lock
    assert '"resolved": "http' not in lock


def test_the_top_of_the_project_holds_nothing_else():
    allowed = {"pyproject.toml", "README.md", "LICENSE", "requirements.lock"}
    allowed |= {"portal", "content", "locales", "templates", "static", "tests"}
    top = {path.relative_to(ROOT).parts[0] for path in project_files()}
    assert {name for name in top if not name.startswith(".")} <= allowed


def test_every_ignored_warning_has_its_reason():
    """A `noqa` or a `type: ignore` names its code, and says why where the line alone does not."""
    bare = re.compile(r"#\s*(?:noqa|type:\s*ignore)\s*(?:$|[^:\[(\w]|#)")
    found = [
        f"{said(path)}:{number}"
        for path in sources("portal", "tests", "static")
        for number, line in enumerate(text_of(path).splitlines(), 1)
        if bare.search(line) and "re.compile" not in line
    ]
    assert found == []


CHECKING = {"raises", "open", "walk", "warns", "types", "shown", "fuzz"}
"""What fails by itself: an expected exception, a page opened by `tests.browse`, a command typed, a parser fuzzed."""


def test_every_test_asserts_something():
    silent = []
    for path in sources("tests"):
        here = {one.name: one for one in functions(ast.parse(text_of(path)))}
        tests = [one for name, one in here.items() if name.startswith("test_")]
        silent += [f"{said(path)}:{one.lineno} {one.name}" for one in tests if not _says_something(one, here)]
    assert silent == []


def _says_something(function, here):
    """It asserts, or calls what does: a checker, or a function of its own module that asserts."""
    for one in ast.walk(function):
        if isinstance(one, ast.Assert):
            return True
        if isinstance(one, ast.Call):
            name = one.func.attr if isinstance(one.func, ast.Attribute) else getattr(one.func, "id", "")
            if name in CHECKING or (name in here and here[name] is not function and _says_something(here[name], here)):
                return True
    return False


def test_tests_are_named_as_sentences():
    short = [
        f"{said(path)}:{one.lineno} {one.name}"
        for path in sources("tests")
        for one in functions(ast.parse(text_of(path)))
        if one.name.startswith("test_") and one.name.count("_") < 3
    ]
    assert short == []
