"""Templates and the dataclasses that feed them: neither asks for what the other does not give, nor gives what nobody
uses.
"""

import ast
import dataclasses
import importlib
import itertools
import re

import pytest
from jinja2 import meta, nodes

from portal.web.language import LANGUAGES
from tests.house.files import ROOT, said, sources, text_of

LETTER = re.compile(r"[a-z]+([_/-][a-z]+)*")
GIVEN_BY_RENDER = {"page"}
GIVEN_BY_THE_DESK = {"it", "since"}


@pytest.fixture(scope="module")
def environment(reader):
    return reader.app.state.templates.environments["en"]


@pytest.fixture(scope="module")
def renderings():
    """Template name to the dataclasses that handlers render it with."""
    found = {}
    for path in sources("portal"):
        tree = ast.parse(text_of(path))
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for function in [one for one in ast.walk(tree) if isinstance(one, ast.FunctionDef)]:
            for call in [one for one in ast.walk(function) if isinstance(one, ast.Call)]:
                for name, given in itertools.pairwise(call.args):
                    for template in _templates(name, tree) if isinstance(given, ast.Call | ast.Name) else ():
                        found.setdefault(template, set()).add((module, _class_of(given, function, tree)))
    return found


def _templates(name, tree):
    """The templates that an argument names, a page or a task of the desk, or the two parts of a letter; by itself, or
    as one of a table of the module.
    """
    if isinstance(name, ast.Subscript) and isinstance(name.value, ast.Name):
        tables = [one.value for one in tree.body if isinstance(one, ast.Assign) and _is_called(one, name.value.id)]
        return [one for table in tables if isinstance(table, ast.Dict) for said in table.values for one in _named(said)]
    return _named(name)


def _named(name):
    if not isinstance(name, ast.Constant) or not isinstance(name.value, str):
        return []
    if name.value.endswith((".html", ".txt")) and (ROOT / "templates" / name.value).is_file():
        return [name.value]
    parts = [f"email/{name.value}/{part}.txt" for part in ("subject", "body")]
    return [one for one in parts if LETTER.fullmatch(name.value) and (ROOT / "templates" / one).is_file()]


def _is_called(assign, name):
    return [one.id for one in assign.targets if isinstance(one, ast.Name)] == [name]


def is_task(name):
    """Whether it stands on the desk, which gives it its context as one."""
    return name.partition("/")[2].startswith("desk_")


def _class_of(value, function, tree):
    """The name of the class that an argument is made of, where it is made in the same module."""
    if isinstance(value, ast.Name):
        made = [one for one in ast.walk(function) if isinstance(one, ast.Assign) and _is_called(one, value.id)]
        value = next(one.value for one in made if isinstance(one.value, ast.Call))
    makers = {one.name: one.returns for one in tree.body if isinstance(one, ast.FunctionDef)}
    return makers[value.func.id].id if value.func.id in makers else value.func.id


def fields_of(contexts):
    for module, name in contexts:
        yield from (one.name for one in dataclasses.fields(getattr(importlib.import_module(module), name)))


def every_template():
    return sorted(said(path).removeprefix("templates/") for path in (ROOT / "templates").rglob("*.*"))


def parsed(environment, name):
    return environment.parse(environment.loader.get_source(environment, name)[0])


def asked_for(environment, name):
    """The names that a template, what it extends, and what it imports with its context, ask to be given."""
    tree = parsed(environment, name)
    names = meta.find_undeclared_variables(tree) - _made_here(tree) - {"_trans"}
    for other in tree.find_all((nodes.Extends, nodes.Include, nodes.FromImport, nodes.Import)):
        if isinstance(other.template, nodes.Const) and getattr(other, "with_context", True):
            names |= asked_for(environment, other.template.value)
    return names - set(environment.globals)


def _made_here(tree):
    """Set or imported at the top of a template, and so known in its blocks."""
    made = {one.target.name for one in tree.find_all(nodes.Assign) if isinstance(one.target, nodes.Name)}
    made |= {one.name for one in tree.find_all(nodes.Macro)}
    for imported in tree.find_all(nodes.FromImport):
        made |= {one[1] if isinstance(one, tuple) else one for one in imported.names}
    return made


@pytest.mark.parametrize("name", every_template())
def test_every_template_can_be_read_in_both_languages(reader, name):
    for lang in LANGUAGES:
        reader.app.state.templates.environments[lang].get_template(name)
    assert parsed(reader.app.state.templates.environments["en"], name).body


def test_every_page_asks_for_what_its_context_gives_and_for_nothing_else(environment, renderings):
    assert len(renderings) >= 9
    for name, contexts in renderings.items():
        given = set(fields_of(contexts)) | (GIVEN_BY_RENDER if name.endswith(".html") else set())
        assert asked_for(environment, name) <= (GIVEN_BY_THE_DESK if is_task(name) else given), name


def test_every_field_of_a_context_is_used_by_its_page(environment, renderings):
    for name, contexts in renderings.items():
        together = {one for (module, kind) in contexts for one in _siblings(renderings, environment, module, kind)}
        if is_task(name):
            asked = parsed(environment, name).find_all(nodes.Getattr)
            together = {one.attr for one in asked if isinstance(one.node, nodes.Name) and one.node.name == "it"}
        unused = set(fields_of(contexts)) - together
        assert unused == set(), name


def _siblings(renderings, environment, module, kind):
    """What is asked for by any template that is rendered with this class: a subject and its body share one."""
    for name, contexts in renderings.items():
        if (module, kind) in contexts:
            yield from asked_for(environment, name)


def test_no_template_is_left_over(environment, renderings):
    """Used is what is rendered, what a manifest, a table or an announcement names, and what these extend or include."""
    texts = [one for path in sources("portal") for one in ast.walk(ast.parse(text_of(path)))]
    used = set(renderings) | {template for one in texts for template in _named(one)}
    waiting = list(used)
    while waiting:
        tree = parsed(environment, waiting.pop())
        for other in tree.find_all((nodes.Extends, nodes.Include, nodes.FromImport, nodes.Import)):
            if isinstance(other.template, nodes.Const) and other.template.value not in used:
                used.add(other.template.value)
                waiting.append(other.template.value)
    assert set(every_template()) - used == set()


def test_contexts_are_frozen_dataclasses(renderings):
    for contexts in renderings.values():
        for module, name in contexts:
            kind = getattr(importlib.import_module(module), name)
            assert kind.__dataclass_params__.frozen, name
            assert name.endswith("Context")


def test_a_template_lies_with_its_noun(renderings):
    """`contact/form.html` is rendered by `portal.contact`; the pages of errors belong to `web`."""
    for name, contexts in renderings.items():
        nouns = {module.split(".")[1] for module, _ in contexts}
        folders = set(name.split("/"))
        assert nouns <= folders or "email" in folders or (name == "error.html" and nouns == {"web"}), name


def test_no_template_builds_a_sentence_by_joining_translations():
    """`_("a") ~ x ~ _("b")` cannot be translated: a whole sentence can."""
    for path in (ROOT / "templates").rglob("*.html"):
        text = text_of(path)
        assert "~ _(" not in text.replace("~_(", "~ _("), said(path)
        assert "_(" not in [piece.strip()[-2:] for piece in text.split(" ~ ")], said(path)
