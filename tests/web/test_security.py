"""Headers on every kind of answer, and the refusal of posts that another site caused."""

from dataclasses import replace

import pytest
from sqlmodel import select
from starlette.datastructures import Headers

from portal.app import create_app
from portal.contact.models import Message
from portal.settings import Settings
from portal.web.handlers import page
from portal.web.identity import ANYBODY
from portal.web.security import _is_ours
from tests.browse import Browse
from tests.factories import app_with, raw, trial

POST = {"method": "POST", "headers": [("content-type", "application/x-www-form-urlencoded")], "body": [b"text=x"]}
ANSWERS = {
    "a page": ("/en/", {}, 200),
    "a form": ("/cy/cysylltu/ffigur", {}, 200),
    "a page moved": ("/cy/neighbourhoods", {}, 301),
    "the door": ("/", {}, 302),
    "no page": ("/en/nothing", {}, 404),
    "no page outside the languages": ("/nothing", {}, 404),
    "another method": ("/en/neighbourhoods", {"method": "DELETE"}, 405),
    "a post from elsewhere": ("/en/find", POST | {"headers": [("sec-fetch-site", "cross-site")]}, 403),
    "a post of another kind": ("/en/find", POST | {"headers": [("content-type", "text/plain")]}, 415),
    "a post with problems": ("/en/find", POST, 422),
    "a post that is too long": ("/en/find", POST | {"body": [b"x" * 300_000]}, 413),
    "a post that says that it is too long": ("/en/find", POST | {"headers": [("content-length", "999999999")]}, 413),
    "a fault": ("/en/broken", {}, 500),
    "a fault of the head of a page": ("/en/broken", {"method": "HEAD"}, 500),
    "robots": ("/robots.txt", {}, 200),
    "the map": ("/sitemap.xml", {}, 200),
    "the theme": ("/theme.css", {}, 200),
    "health": ("/healthz", {}, 200),
    "readiness": ("/readyz", {}, 200),
    "no asset": ("/assets/nothing.css", {}, 404),
    "an asset": ("/assets/{portal.css}", {}, 200),
    "the head of an asset": ("/assets/{portal.css}", {"method": "HEAD"}, 200),
}
WANTED = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


def broken(_request, _session):
    raise LookupError


@pytest.fixture(scope="module")
def app_with_a_fault(empty_file):
    return app_with(trial("/broken", page(broken, may=ANYBODY)), settings=Settings(data_dir=empty_file.parent))


@pytest.mark.parametrize("name", ANSWERS)
def test_every_answer_carries_the_headers(app_with_a_fault, name):
    path, request, status = ANSWERS[name]
    app = app_with_a_fault
    if "{" in path:
        path = app.state.templates.environments["en"].globals["asset"](path.partition("{")[2].rstrip("}"))
    answered, headers, body = raw(app, path, **request)
    assert answered == status
    assert {one: headers.get(one) for one in WANTED} == WANTED
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    assert "*" not in policy
    assert "http" not in policy
    assert {"base-uri 'none'", "frame-ancestors 'none'", "form-action 'self'"} <= set(policy.split("; "))
    assert "cache-control" in headers
    assert not {"server", "x-powered-by", "set-cookie", "strict-transport-security"} & set(headers)
    if request.get("method") == "HEAD":
        assert body == b""


@pytest.mark.parametrize("name", [name for name, (_, _, status) in ANSWERS.items() if status >= 400])
def test_no_error_may_be_kept_by_anybody(app_with_a_fault, name):
    path, request, _ = ANSWERS[name]
    assert raw(app_with_a_fault, path, **request)[1]["cache-control"] == "no-store"


@pytest.mark.parametrize("path", ["/en/", "/en/nothing", "/robots.txt", "/healthz"])
def test_a_portal_reached_over_https_stays_there(settings, sqlite_database, path):
    app = create_app(replace(settings, public_url="https://portal.example.org"), database=sqlite_database)
    assert raw(app, path)[1]["strict-transport-security"] == "max-age=63072000; includeSubDomains"


HOST = "127.0.0.1:8000"
FROM = [
    ({}, True),  # an old browser
    ({"sec-fetch-site": "same-origin"}, True),
    ({"sec-fetch-site": "none"}, True),
    ({"sec-fetch-site": "same-site"}, False),
    ({"sec-fetch-site": "cross-site"}, False),
    ({"sec-fetch-site": ""}, False),
    ({"origin": f"http://{HOST}"}, True),
    ({"origin": f"HTTP://{HOST}"}, True),
    ({"origin": "http://evil.example"}, False),
    ({"origin": f"http://{HOST}.evil.example"}, False),
    ({"origin": f"http://evil.example/{HOST}"}, False),
    ({"origin": f"http://user@{HOST}"}, False),
    ({"origin": "http://127.0.0.1"}, False),
    ({"origin": "null"}, False),
    ({"origin": ""}, False),
    ({"origin": "http://["}, False),
    ({"sec-fetch-site": "same-origin", "origin": "http://evil.example"}, False),
    ({"sec-fetch-site": "cross-site", "origin": f"http://{HOST}"}, False),
    ({"sec-fetch-site": "same-origin", "origin": f"http://{HOST}"}, True),
]


@pytest.mark.parametrize(("said", "is_ours"), FROM, ids=str)
def test_where_a_post_comes_from_is_what_the_browser_says(said, is_ours):
    assert _is_ours(Headers({"host": HOST, **said})) is is_ours


def posts(app):
    """Every address that takes a post, in every language."""
    for name, methods, paths in app.state.urls.declared():
        if "POST" in methods.split():
            yield from ((name, path) for path in paths.values())


@pytest.mark.parametrize("said", [said for said, is_ours in FROM if not is_ours], ids=str)
def test_no_form_is_taken_from_another_site(app, sqlite_database, said):
    targets = list(posts(app))
    assert len(targets) >= 8
    for name, path in targets:
        headers = [("content-type", "application/x-www-form-urlencoded"), *said.items()]
        status, _, body = raw(app, path, method="POST", headers=headers, body=[b"text=Hello&place=NP20"])
        assert status == 403, name
        assert f'<html lang="{path[1:3]}"'.encode() in body
    with sqlite_database.reading() as session:
        assert session.exec(select(Message)).all() == []


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_reading_is_allowed_from_anywhere(reader, method):
    status, _, _ = raw(reader.app, "/en/", method=method, headers=[("sec-fetch-site", "cross-site")])
    assert status in {200, 405}


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "BREW"])
def test_every_other_method_is_refused_from_another_site(reader, method):
    assert raw(reader.app, "/en/", method=method, headers=[("sec-fetch-site", "cross-site")])[0] == 403


def test_no_answer_names_the_host_that_a_caller_made_up(app_with_a_fault):
    for path in ("/en/", "/cy/neighbourhoods", "/en/nothing", "/", "/en", "/sitemap.xml", "/robots.txt", "/en/broken"):
        _, headers, body = raw(app_with_a_fault, path, headers=[("x-forwarded-host", "evil.example")])
        assert b"evil.example" not in body
        assert "evil.example" not in str(headers)


def test_a_made_up_host_changes_no_address(app_with_a_fault):
    browse = Browse(app_with_a_fault)
    for path in ("/en/", "/cy/neighbourhoods", "/en", "/sitemap.xml"):
        answer = browse.client.get(path, headers={"host": "evil.example"})
        assert "evil.example" not in answer.text + str(answer.headers)
