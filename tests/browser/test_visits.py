"""That nothing public is left out of the visits."""

from __future__ import annotations

from portal.resources import resource_dir
from portal.web.identity import ANYBODY
from portal.web.language import LANGUAGES
from tests.browser.visits import LEFT_OUT, NOTHING_YET, VISITS

_NOT_PAGES = (".atom", ".csv", ".json")


def test_every_visit_names_a_template_of_a_page():
    folder = resource_dir("templates")
    pages = {
        str(path.relative_to(folder))
        for path in folder.rglob("*.html")
        if path.read_text("utf-8").startswith("{% extends")
    }
    assert {visit.template for visit in VISITS} | {NOTHING_YET} <= pages


def test_every_route_of_a_page_is_visited(facts):
    named = {name for name, _methods, paths in facts.urls.declared() if not paths["en"].endswith(_NOT_PAGES)}
    declared = {name for name in named if facts.urls.access[name] is ANYBODY}
    assert declared == {visit.route for visit in VISITS} | {visit.sends_to for visit in VISITS} - {""} | set(LEFT_OUT)


def test_every_visit_has_an_address_of_its_own_in_each_language(facts):
    assert all(facts.path(visit, lang).startswith(f"/{lang}/") for visit in VISITS for lang in LANGUAGES)
