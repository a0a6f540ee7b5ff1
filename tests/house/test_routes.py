"""The map of the site is the one that was agreed, and everybody may do what the table of permissions says."""

import pytest

from tests.checks import every
from tests.house.agreed import ROUTES, kept, listed, permissions


def test_the_map_is_the_one_that_was_agreed(reader):
    assert listed(reader.app) == kept(ROUTES)


def test_every_route_has_its_line_in_the_table_of_permissions_and_none_is_left_over(reader):
    assert set(permissions()) == {line.split()[0] for line in listed(reader.app)}
    assert set(permissions().values()) <= {"reads", "sends"}


@pytest.fixture(scope="module")
def examples(demo):
    """Parameters of a page that is there, for every route that has some."""
    place = next(href for _, href in demo.open("/en/neighbourhoods").links() if "/crime/" in href)
    (picker,) = every(demo.open(place).root, "select")
    months = [one.get("value") for one in every(picker, "option")]
    found = {"neighbourhood": place.rsplit("/", 1)[1]}
    for _, href in demo.open("/en/").links():
        if href.count("/") == 4:
            found[
                {"authorities": "authority", "partnerships": "partnership", "forces": "force"}[href.split("/")[3]]
            ] = href.rsplit("/", 1)[1]
    return {"slugs": found, "month": months[0]}


def routes_that_may(what):
    return sorted(name for name, may in permissions().items() if may == what)


@pytest.mark.parametrize("route", routes_that_may("reads"))
def test_a_member_of_the_public_may_read_what_the_table_says(demo, examples, route):
    """Asked without any cookie. What is not for the public will be "not found" to them, never "forbidden"."""
    declared = {name for name, _, _ in demo.app.state.urls.declared()}
    kind = route.partition(":")[2].partition("_")[0]
    if route not in declared:
        (plain,) = [one for one in demo.app.router.routes if getattr(one, "name", "") == route]
        asset = demo.app.state.templates.environments["en"].globals["asset"]("portal.css").rpartition("/")[2]
        path = plain.path.replace("{lang:lang}", "en").replace("{file}", asset)
        wanted = {"web:door": 302, "web:front_slash": 301}.get(route, 200)
    else:
        slug = {"slug": examples["slugs"][kind]} if kind in examples["slugs"] else {}
        month = {"month": examples["month"]} if "_" in route and slug else {}
        reference = {"reference": "zzzz-zzzz"} if route == "contact:receipt" else {}
        path = demo.app.state.urls.path(route, "en", **slug, **month, **reference)
        wanted = 404 if reference else 200
    assert demo.client.get(path).status_code == wanted


@pytest.mark.parametrize("route", routes_that_may("sends"))
def test_a_member_of_the_public_may_send_what_the_table_says(browse, route):
    assert browse.client.post(browse.app.state.urls.path(route, "en"), data={}).status_code == 422


def test_a_page_is_read_and_a_form_is_sent_and_never_both(reader):
    """So that no link and no picture can do anything."""
    for name, methods, _ in reader.app.state.urls.declared():
        assert (methods == "POST") == (permissions()[name] == "sends"), name
