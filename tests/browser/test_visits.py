"""That nothing public is left out of the visits."""

from __future__ import annotations

from portal.resources import resource_dir
from portal.web.language import LANGUAGES
from tests.browser.visits import LEFT_OUT, NOTHING_YET, VISITS

_NOT_PAGES = (".csv", ".json")


def test_every_page_template_is_looked_at():
    folder = resource_dir("templates")
    pages = {
        str(path.relative_to(folder))
        for path in folder.rglob("*.html")
        if path.read_text("utf-8").startswith("{% extends")
    }
    assert pages == {visit.template for visit in VISITS} | {NOTHING_YET}


def test_every_route_of_a_page_is_visited(facts):
    declared = {name for name, _methods, paths in facts.urls.declared() if not paths["en"].endswith(_NOT_PAGES)}
    assert declared == {visit.route for visit in VISITS} | {visit.sends_to for visit in VISITS} - {""} | set(LEFT_OUT)


def test_every_visit_has_an_address_of_its_own_in_each_language(facts):
    assert all(facts.path(visit, lang).startswith(f"/{lang}/") for visit in VISITS for lang in LANGUAGES)
