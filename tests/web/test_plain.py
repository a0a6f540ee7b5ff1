"""What lies outside the languages: robots, the map for search engines, the theme, and whether the portal is well."""

from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from portal.app import create_app
from portal.settings import Authority
from portal.trouble import Unavailable
from tests.browse import Browse

SPACES = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}


@pytest.fixture(scope="module")
def urls(demo):
    return ET.fromstring(demo.client.get("/sitemap.xml").text).findall("s:url", SPACES)


def place(url):
    return url.find("s:loc", SPACES).text


def test_the_map_names_every_page_that_is_there(demo, urls):
    for url in urls:
        status, _ = demo.answer(place(url).removeprefix(demo.settings.public_url))
        assert status == 200, place(url)
    assert len(urls) == len({place(url) for url in urls}) > 50


def test_the_map_names_each_page_with_its_twin(urls):
    named = {
        place(url): {one.get("hreflang"): one.get("href") for one in url.findall("x:link", SPACES)} for url in urls
    }
    for here, twins in named.items():
        assert set(twins) == {"en", "cy"}
        assert here in twins.values()
        assert all(named[twin] == twins for twin in twins.values())


def test_the_map_is_kept_until_something_changes(demo):
    answer = demo.client.get("/sitemap.xml")
    assert answer.headers["content-type"] == "application/xml"
    assert answer.headers["cache-control"].startswith("public")


def test_a_demonstration_is_not_for_search_engines(demo):
    assert "Disallow: /\n" in demo.client.get("/robots.txt").text
    assert 'name="robots" content="noindex"' in demo.open("/en/").text


def test_a_real_portal_is_but_not_its_forms(reader):
    said = reader.client.get("/robots.txt").text
    assert "Disallow: /\n" not in said
    assert "Disallow: /en/contact/" in said
    assert "Disallow: /cy/cysylltu/" in said
    assert f"Sitemap: {reader.settings.public_url}/sitemap.xml" in said
    assert "noindex" not in reader.open("/en/").text


def test_without_welsh_no_welsh_path_is_named(settings, sqlite_database):
    said = Browse(create_app(replace(settings, welsh=False), database=sqlite_database)).client.get("/robots.txt").text
    assert "Disallow: /en/contact/\n" in said
    assert "/cy/" not in said


def test_the_authority_chooses_its_colour(settings, sqlite_database):
    app = create_app(replace(settings, authority=Authority(brand_colour="#00594F")), database=sqlite_database)
    answer = Browse(app).client.get("/theme.css")
    assert "#00594F" in answer.text
    assert answer.headers["content-type"].startswith("text/css")
    assert Browse(app).open("/en/").text.count("#00594F") == 1


def test_a_portal_that_is_well_says_so(reader):
    assert reader.client.get("/healthz").text == "ok\n"
    assert reader.client.get("/readyz").json() == {"ready": True}


def test_a_portal_without_its_database_lives_but_is_not_ready(browse, sqlite_database, monkeypatch):
    async def away(_work):
        raise Unavailable("away")

    monkeypatch.setattr(sqlite_database, "read", away)
    assert browse.client.get("/healthz").status_code == 200
    assert browse.client.get("/readyz").status_code == 503


def test_a_portal_without_its_tables_lives_but_is_not_ready(settings, tmp_path):
    with Browse(create_app(replace(settings, data_dir=tmp_path / "new"))) as browse:
        assert browse.client.get("/healthz").status_code == 200
        assert browse.client.get("/readyz").status_code == 500
        assert browse.client.get("/robots.txt").status_code == 200


def test_what_the_portal_opened_it_closes(settings, tmp_path):
    app = create_app(replace(settings, data_dir=tmp_path / "new"))
    with Browse(app) as browse:
        browse.client.get("/healthz")
    assert app.state.database._heavy_lane._shutdown


def test_what_it_was_given_it_leaves_open(app, sqlite_database):
    with Browse(app) as browse:
        browse.client.get("/healthz")
    assert not sqlite_database._heavy_lane._shutdown
