"""Where pages live: one declaration, two addresses, and what happens at every address beside them."""

import pytest
from starlette.responses import HTMLResponse
from starlette.routing import NoMatchFound

from portal.app import create_app
from portal.settings import Settings
from portal.web.handlers import page
from portal.web.identity import ANYBODY
from portal.web.routing import BilingualRoutes
from tests.browse import Browse
from tests.factories import app_with, raw, trial


def ask(browse, path, method="GET", **headers):
    answer = browse.client.request(method, path, headers=headers)
    return answer.status_code, answer.headers.get("location")


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("/cy/neighbourhoods", "/cy/cymdogaethau"),
        ("/en/cymdogaethau", "/en/neighbourhoods"),
        ("/en/neighbourhoods/", "/en/neighbourhoods"),
        ("/en/neighbourhoods//", "/en/neighbourhoods"),
        ("/cy/neighbourhoods/", "/cy/cymdogaethau"),
        ("/cy/contact/general", "/cy/cysylltu/cyffredinol"),
        ("/cy/crime/neighbourhoods/pen-y-bont", "/cy/troseddu/cymdogaethau/pen-y-bont"),
        ("/en/troseddu/cymdogaethau/pen-y-bont/2024-05", "/en/crime/neighbourhoods/pen-y-bont/2024-05"),
        ("/cy/crime/forces/glasfor/2024-05.csv", "/cy/troseddu/heddluoedd/glasfor/2024-05.csv"),
        ("/en", "/en/"),
        ("/cy", "/cy/"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_an_address_with_the_wrong_words_or_a_slash_too_many_moves_for_good(reader, path, place, method):
    assert ask(reader, path, method) == (301, place)


def test_what_was_asked_is_kept_on_the_way(reader):
    assert ask(reader, "/cy/contact/figure?about=/en/find&a=%C5%B5") == (
        301,
        "/cy/cysylltu/ffigur?about=/en/find&a=%C5%B5",
    )


@pytest.mark.parametrize(
    "path",
    [
        "/en/nothing",
        "/en//neighbourhoods",
        "/en//",
        "/EN/neighbourhoods",
        "/de/neighbourhoods",
        "/en/neighbourhoods/x",
        "/en/crime/neighbourhoods/A",
        "/en/crime/neighbourhoods/a/2024-13",
        "/en/crime/neighbourhoods/a/2024-05.exe",
        "/nothing",
        "/en/\\evil.example",
    ],
)
def test_where_nothing_lives_there_is_a_page_that_says_so(reader, path):
    status, place = ask(reader, path)
    assert (status, place) == (404, None)


STRANGE = [
    "//evil.example/",
    "//evil.example/..",
    "/en//evil.example/",
    "/cy//evil.example",
    "/en/find//evil.example",
    "/en/..",
    "/en/../cy/",
    "/en/./find",
    "/assets/../portal.toml",
    "/assets/../../portal.db",
    "/en/\x00",
    "/en/a\nb",
    "/\u0177",
    "",
    "en/",
    "/en/" + "a" * 10_000,
    "/en/" + "/" * 5_000,
]


@pytest.mark.parametrize("path", STRANGE, ids=lambda path: repr(path[:30]))
def test_a_path_as_no_browser_sends_it_leads_to_no_other_site_and_breaks_nothing(reader, path):
    status, headers, _ = raw(reader.app, path)
    place = headers.get("location", "/en/")
    assert status in {301, 404}
    assert place.startswith(("/en/", "/cy/"))
    assert "//" not in place


@pytest.mark.parametrize(
    ("path", "accept", "lang"),
    [
        ("/en/nothing", "cy", "en"),
        ("/cy/dim-byd", "en", "cy"),
        ("/nothing", "cy-GB,cy;q=0.9,en;q=0.8", "cy"),
        ("/nothing", "", "en"),
        ("/enx", "cy", "cy"),
    ],
)
def test_the_page_of_an_error_is_in_the_readers_language(reader, path, accept, lang):
    answer = reader.client.get(path, headers={"accept-language": accept})
    assert answer.status_code == 404
    assert f'<html lang="{lang}"' in answer.text


@pytest.mark.parametrize(
    ("path", "method", "allowed"),
    [
        ("/en/neighbourhoods", "DELETE", "GET, HEAD"),
        ("/en/contact/general", "PUT", "GET, HEAD, POST"),
        ("/cy/cysylltu/cyffredinol", "PATCH", "GET, HEAD, POST"),
        ("/cy/canfod", "OPTIONS", "GET, HEAD, POST"),
        ("/en/neighbourhoods", "POST", "GET, HEAD"),
        ("/robots.txt", "POST", "GET, HEAD"),
    ],
)
def test_another_method_is_refused_and_the_right_ones_are_named(reader, path, method, allowed):
    answer = reader.client.request(method, path)
    assert answer.status_code == 405
    assert ", ".join(sorted(answer.headers["allow"].split(", "))) == allowed
    assert "<h1" in answer.text


def test_a_post_to_an_address_that_moved_is_not_sent_on(reader):
    assert ask(reader, "/cy/contact/general", "POST") == (404, None)
    assert ask(reader, "/en/find/", "POST") == (404, None)


@pytest.mark.parametrize(
    ("accept", "place"), [("cy", "/cy/"), ("en-GB,cy;q=0.5", "/en/"), ("", "/en/"), ("fr", "/en/")]
)
def test_the_door_leads_to_the_language_that_is_asked_for(reader, accept, place):
    answer = reader.client.get("/", headers={"accept-language": accept})
    assert (answer.status_code, answer.headers["location"]) == (302, place)
    assert (answer.headers["vary"], answer.headers["cache-control"]) == ("Accept-Language", "no-store")


@pytest.fixture(scope="module")
def english_only(empty_file):
    with Browse(create_app(Settings(data_dir=empty_file.parent, welsh=False))) as one:
        yield one


def test_without_welsh_there_is_no_trace_of_it(english_only):
    for path in ("/en/", "/en/neighbourhoods", "/en/contact/general", "/en/cookies", "/sitemap.xml", "/robots.txt"):
        answer = english_only.client.get(path)
        assert answer.status_code == 200
        for trace in ("hreflang", "Cymraeg", 'lang="cy"', "govuk-language-navigation"):
            assert trace not in answer.text
    english_only.open("/en/")


@pytest.mark.parametrize("path", ["/cy/", "/cy", "/cy/cymdogaethau", "/cy/neighbourhoods"])
def test_without_welsh_its_addresses_are_none(english_only, path):
    answer = english_only.client.get(path, headers={"accept-language": "cy"})
    assert answer.status_code == 404
    assert '<html lang="en"' in answer.text


def test_without_welsh_the_door_leads_to_english(english_only):
    assert ask(english_only, "/", **{"accept-language": "cy"}) == (302, "/en/")


def test_without_welsh_its_words_still_lead_to_nothing(english_only):
    assert ask(english_only, "/en/cymdogaethau") == (404, None)


def test_a_path_is_made_from_its_name_and_its_parameters(reader):
    urls = reader.app.state.urls
    assert (
        urls.path("crime:force_month", "cy", slug="heddlu", month="2024-05") == "/cy/troseddu/heddluoedd/heddlu/2024-05"
    )
    assert urls.path("hub:front", "en") == "/en/"
    for name, params in (("crime:nothing", {}), ("crime:force", {}), ("hub:front", {"slug": "x"})):
        with pytest.raises(NoMatchFound):
            urls.path(name, "en", **params)


def test_every_page_is_declared_once_and_has_both_addresses(reader):
    declared = reader.app.state.urls.declared()
    assert len({name for name, _, _ in declared}) == len(declared)
    assert all(set(paths) == {"en", "cy"} for _, _, paths in declared)


def test_a_page_is_declared_in_english_alone(settings, sqlite_database):
    def show(request, _session):
        return HTMLResponse(f"{request.path_params['lang']} {request.path_params['slug']}")

    app = app_with(trial("/benches/{slug:slug}", page(show, may=ANYBODY)), settings=settings, database=sqlite_database)
    browse = Browse(app)
    assert browse.client.get("/en/benches/old-one").text == "en old-one"
    assert browse.client.get("/cy/benches-cy/old-one").text == "cy old-one"
    assert ask(browse, "/cy/benches/old-one/") == (301, "/cy/benches-cy/old-one")


def test_a_path_word_without_welsh_stops_the_portal_from_starting():
    with pytest.raises(KeyError, match="benches"):
        BilingualRoutes(
            [trial("/benches", page(lambda _request, _session: HTMLResponse(""), may=ANYBODY))], ("en", "cy")
        )
