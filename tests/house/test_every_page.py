"""Every page of the demonstration, in both languages, as a reader meets them: by following links from the front page.

Each page that comes is checked by `tests.browse`; here stands only which pages are asked for.
"""

import re
from collections import defaultdict
from urllib.parse import urljoin

import pytest

from portal.app import MANIFESTS
from portal.web.identity import ANYBODY
from tests.checks import every

BY_INVITATION = {
    "accounts:code",
    "accounts:invitation",
    "accounts:password",
    "accounts:set_up",
    "accounts:signed_out",
    "contact:receipt",
    "moderation:notice_receipt",
    "moderation:report_receipt",
    "notifications:ask_to_confirm",
    "notifications:left",
    "notifications:sent",
    "notifications:settings",
}
"""Visited by those who wrote, follow something, are on their way in or out, or had a letter: tests of those journeys
open them.
"""
MONTH = re.compile(r"/(\d{4}-\d{2})(\.[a-z]+)?\Z")


FOLDERS = ("/en/mail-folder", "/cy/ffolder-negeseuon")
"""Letters of the demonstration, to which no page leads."""
NO_PAGES = (".atom", ".csv", ".json", ".pem")


def walk(browse, starts, months=None):
    """Every page that links lead to; of month pages only these months, where they are given."""
    waiting, seen = list(starts), set()
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        page = browse.pages.get(path) or browse.open(path)
        seen.add(page.path)
        for one in every(page.root, "a"):
            place = urljoin(page.path, one.get("href", "")).partition("#")[0]
            found = MONTH.search(place)
            is_page = not found or not (found[2] or "?" in place)  # no file, and not the form about each of a thousand
            wanted = is_page and (not found or months is None or found[1] in months)
            if place.startswith("/") and wanted and place not in seen and not place.endswith(NO_PAGES):
                waiting.append(place)
    return seen


@pytest.fixture(scope="module")
def every_month(demo):
    """The months of the demonstration, newest first, as the month picker of an area offers them."""
    area = next(path for _, path in demo.open("/en/neighbourhoods").links() if "/crime/" in path)
    (picker,) = every(demo.open(area).root, "select")
    return [one.get("value") for one in every(picker, "option")]


def some_months(every_month):
    """The newest, the oldest, one of another year, and the ones on either side of the month that is missing."""
    return {every_month[0], every_month[1], every_month[-1], every_month[17]}


def month_paths(browse, months, languages=("en", "cy")):
    """The page of one area of each kind in each of these months."""
    kinds = ("neighbourhood", "authority", "partnership", "force")
    for lang in languages:
        firsts = {}
        for place in re.findall(r"<loc>(.*?)</loc>", browse.client.get("/sitemap.xml").text):
            path = place.removeprefix(browse.settings.public_url)
            route = browse.client.get(path) and path.split("/")
            if len(route) == 5 and route[1] == lang:
                firsts.setdefault(route[3], path)
        assert len(firsts) == len(kinds)
        yield from (f"{path}/{month}" for path in firsts.values() for month in months)


def test_every_page_in_marks_is_whole_and_translated(marked_demo, every_month):
    """Front page, lists, every area, every content page, every form; and of each kind of area some months."""
    starts = ["/", "/en/", "/cy/", *FOLDERS, *month_paths(marked_demo, some_months(every_month))]
    seen = walk(marked_demo, starts, months=())
    visited = defaultdict(set)
    for path in seen:
        visited[path.split("/")[1]].add(path)
    assert len(visited["en"]) == len(visited["cy"]) > 50


def test_every_page_in_its_own_words_is_whole(demo):
    walk(demo, ["/en/", "/cy/", *FOLDERS], months=())


def test_every_page_that_is_declared_was_visited(marked_demo, every_month):
    walk(marked_demo, ["/en/", "/cy/", *FOLDERS, *month_paths(marked_demo, every_month[:1])], months=())
    urls = marked_demo.app.state.urls
    read = {route.name for noun in MANIFESTS for route in noun.routes if "GET" in route.methods}
    declared = {name for name in read if urls.access[name] is ANYBODY}
    assert declared - _visited(marked_demo, urls) == BY_INVITATION


def _visited(browse, urls):
    patterns = {
        name: re.compile(
            re.sub(r"\\\{\w+:\w+\\\}|\{[^}]*\}", "[^/.]+", re.escape(paths["en"]).replace(r"\{", "{")) + r"\Z"
        )
        for name, _, paths in urls.declared()
    }
    return {name for name, pattern in patterns.items() for path in browse.answers if pattern.match(path)}


@pytest.mark.soak
def test_every_month_of_every_area_is_whole(demo):
    assert len(walk(demo, ["/en/", "/cy/"])) > 1000
