"""The front page: one box, and ways on that are always there."""

import pytest

from portal import revisions


@pytest.mark.parametrize("path", ["/en/", "/cy/"])
def test_an_empty_portal_says_so_and_shows_the_ways_on(reader, path):
    front = reader.open(path)
    inside = [href for _, href in front.links(front.main)]
    lang = path[1:3]
    assert reader.app.state.urls.path("places:index", lang) in inside
    assert reader.app.state.urls.path("publishing:help-now", lang) in inside
    assert "999" in front.said
    assert "101" in front.said


def test_an_empty_portal_promises_nothing(reader):
    assert "No month has been published yet." in reader.open("/en/").said


@pytest.mark.parametrize("lang", ["en", "cy"])
def test_every_area_above_the_neighbourhoods_is_one_step_away(demo, lang):
    front = demo.open(f"/{lang}/")
    kinds = {href.split("/")[3] for _, href in front.links(front.main) if href.count("/") == 4}
    words = {"en": {"authorities", "partnerships", "forces"}, "cy": {"awdurdodau", "partneriaethau", "heddluoedd"}}
    assert kinds == words[lang]


def test_a_neighbourhood_is_found_from_the_front_page_by_its_name(demo):
    name, place = next(pair for pair in demo.open("/en/neighbourhoods").links() if "/crime/" in pair[1])
    front = demo.open("/en/")
    found = front.fill("Postcode, village, estate or neighbourhood", name).press("Find")
    assert found.path == place


def test_what_is_typed_is_in_no_address_and_in_no_page_that_is_kept(demo):
    found = demo.open("/en/").fill("Postcode, village, estate or neighbourhood", "Nowhere at all").press("Find")
    assert found.status == 422
    assert "Nowhere" not in found.path
    assert found.headers["cache-control"] == "no-store"
    assert found.value("Postcode, village, estate or neighbourhood") == "Nowhere at all"


def test_the_front_page_is_the_same_while_nothing_new_is_published(browse, sqlite_database):
    before = browse.open("/en/")
    with sqlite_database.unit_of_work() as session:
        revisions.touch(session, "crime")
    assert browse.open("/en/").text == before.text
    assert browse.open("/en/").headers["etag"] == before.headers["etag"]
