"""Nothing is recorded that nobody can read: every act, and every kind of thing, is worded by a manifest."""

import ast
import importlib
from collections import Counter
from collections.abc import Mapping
from enum import EnumType

import pytest

from portal.app import MANIFESTS
from portal.lifecycle import PublicAct
from tests.house.files import ROOT, said, sources, text_of

RECORDER = "portal.audit.service"
ACT = 2
"""The place of the act among the arguments of `record`."""
NOT_RECORDED = {"follow-request"}
"""Kinds that are only ever what a letter is about."""


def module_of(path):
    return importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))


@pytest.fixture(scope="module")
def trees():
    return {path: ast.parse(text_of(path)) for path in sources("portal") if "migrations" not in path.parts}


def worded():
    return Counter(act for noun in MANIFESTS for act in noun.acts)


def is_record(node, module):
    """Whether this names the one function that records."""
    recorder = importlib.import_module(RECORDER)
    if isinstance(node, ast.Name):
        return getattr(module, node.id, None) is recorder.record
    return (
        isinstance(node, ast.Attribute)
        and node.attr == "record"
        and isinstance(node.value, ast.Name)
        and getattr(module, node.value.id, None) is recorder
    )


def calls(tree):
    return [one for one in ast.walk(tree) if isinstance(one, ast.Call)]


def acts_of(node, module, function):
    """Every act that this argument can be: a word, a constant or a table of the module, either of two, or a member of
    the enumeration that a parameter is of. None where it cannot be told by reading.
    """
    if isinstance(node, ast.IfExp):
        both = [acts_of(one, module, function) for one in (node.body, node.orelse)]
        return None if None in both else [act for acts in both for act in acts]
    if isinstance(node, ast.Constant):
        return [node.value]
    if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name):
        table = getattr(module, node.value.id, None)
        return list(table.values()) if isinstance(table, Mapping) else None
    if isinstance(node, ast.Name):
        return _of_a_name(node.id, module, function)
    return None


def _of_a_name(name, module, function):
    for one in function.args.args:
        if one.arg == name:
            kind = getattr(module, getattr(one.annotation, "id", ""), None)
            return [str(member) for member in kind] if isinstance(kind, EnumType) else None
    made = [
        one.value
        for one in ast.walk(function)
        if isinstance(one, ast.Assign) and [getattr(target, "id", "") for target in one.targets] == [name]
    ]
    if made:
        found = [acts_of(value, module, function) for value in made]
        return None if None in found else [act for acts in found for act in acts]
    constant = getattr(module, name, None)
    return [constant] if isinstance(constant, str) else None


def recorded(trees):
    """Where each act is recorded, and which acts it can be."""
    for path, tree in trees.items():
        text = text_of(path)
        if "record" not in text or module_of(path).__name__ == RECORDER:
            continue
        module = module_of(path)
        for function in [one for one in ast.walk(tree) if isinstance(one, ast.FunctionDef)]:
            for call in [one for one in calls(function) if is_record(one.func, module)]:
                act = next((one.value for one in call.keywords if one.arg == "act"), None) or call.args[ACT]
                yield f"{said(path)}:{call.lineno}", acts_of(act, module, function)


def test_every_act_that_can_be_recorded_is_worded(trees):
    found = list(recorded(trees))
    assert len(found) > 60
    assert [where for where, acts in found if acts is None] == [], "an act is a word, a constant or in a table"
    assert [(where, act) for where, acts in found for act in acts if act not in worded()] == []


def test_no_act_is_worded_that_nobody_records(trees):
    assert set(worded()) - {act for _, acts in recorded(trees) for act in acts or ()} == set()


def test_what_records_is_only_ever_called(trees):
    """Given away or under another name it could record what the tests above do not see; so could a row by itself."""
    passed = []
    for path, tree in trees.items():
        if module_of(path).__name__ == RECORDER or "record" not in text_of(path):
            continue
        module = module_of(path)
        called = {id(one.func) for one in calls(tree)}
        passed += [path for one in ast.walk(tree) if _hides_it(one, tree)]
        passed += [path for one in ast.walk(tree) if is_record(one, module) and id(one) not in called]
        passed += [path for one in calls(tree) if getattr(one.func, "id", "") == "AuditEntry"]
    assert [said(path) for path in passed] == []


def _hides_it(node, tree):
    """Imported under another name, inside a function, or by its whole path."""
    if isinstance(node, ast.Import):
        return RECORDER in {one.name for one in node.names}
    names = node.names if isinstance(node, ast.ImportFrom) and node.module == RECORDER else []
    return any(one.name == "record" and (one.asname or node not in tree.body) for one in names)


def test_no_two_acts_have_the_same_code_or_words():
    assert [act for act, times in worded().items() if times > 1] == []
    words = Counter(said for noun in MANIFESTS for said in noun.acts.values())
    assert [one for one, times in words.items() if times > 1] == []


def test_every_public_act_is_worded_for_the_record_as_well():
    public = {act for noun in MANIFESTS for act in noun.public_acts}
    assert public <= set(worded())
    assert all(isinstance(act, PublicAct) for act in public)


def test_every_kind_of_thing_is_worded_once(trees):
    kinds = Counter(kind.kind for noun in MANIFESTS for kind in noun.things)
    assert [kind for kind, times in kinds.items() if times > 1] == []
    named = {
        one.args[0].value
        for tree in trees.values()
        for one in calls(tree)
        if getattr(one.func, "id", "") == "Reference" and isinstance(one.args[0], ast.Constant)
    }
    topics = {kind.kind for noun in MANIFESTS for kind in noun.topics}
    assert named - set(kinds) - topics == NOT_RECORDED
