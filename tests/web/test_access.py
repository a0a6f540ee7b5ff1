"""The access log: a line a request, with the name of the route and nothing that could point at anybody."""

import asyncio
import io
import json

import pytest
from starlette.testclient import TestClient

from portal.web.access import AccessLog
from tests.factories import Raw

SECRETS = ("pen-y-bont", "NP20", "203.0.113", "Mozilla", "ann@example", "k7mn", "utm", "evil")


@pytest.fixture
def log(app):
    """What the log says after a few requests; the application's own goes to standard output."""
    written = io.StringIO()
    app.build_middleware_stack()

    def lines(ask):
        with TestClient(AccessLog(app, written), client=("203.0.113.7", 1), follow_redirects=False) as client:
            ask(client)
        return [json.loads(line) for line in written.getvalue().splitlines()]

    lines.written = written
    return lines


def test_a_line_says_route_language_status_time_and_size(log):
    (line,) = log(lambda client: client.get("/cy/canfod", headers={"accept-encoding": "identity"}))
    assert set(line) == {"at", "method", "route", "lang", "status", "ms", "bytes"}
    assert (line["method"], line["route"], line["lang"], line["status"]) == ("GET", "places:find", "cy", 200)
    assert line["bytes"] > 4000
    assert line["ms"] > 0


def test_a_page_that_was_kept_is_logged_like_any_other(log):
    first, second = log(lambda client: [client.get("/cy/canfod") for _ in range(2)])
    assert {name: first[name] for name in ("route", "lang", "status", "bytes")} == {
        name: second[name] for name in ("route", "lang", "status", "bytes")
    }


def test_neither_path_nor_query_nor_address_nor_browser_nor_words_are_in_it(log):
    def ask(client):
        client.headers["user-agent"] = "Mozilla/5.0"
        client.get("/en/crime/neighbourhoods/pen-y-bont?utm=1")
        client.get("/en/contact/thank-you/k7mn-p2qr")
        client.get("/evil")
        client.get("/en/evil/path")
        client.post("/en/find", data={"place": "NP20 1AA"})
        client.post("/en/contact/general", data={"text": "evil", "email": "ann@example.org"})
        client.request("EVIL", "/en/")

    lines = log(ask)
    assert not [secret for secret in SECRETS if secret in log.written.getvalue()]
    assert [line["route"] for line in lines] == [
        "crime:neighbourhood",
        "contact:receipt",
        "other",
        "other",
        "places:search",
        "contact:send_general",
        "other",
    ]
    assert [line["method"] for line in lines][-2:] == ["POST", "OTHER"]


def test_lines_are_written_within_a_second_or_so(app):
    written = io.StringIO()
    with TestClient(AccessLog(app, written)) as client:
        client.get("/healthz")
        assert written.getvalue() == ""
        client.portal.call(_wait)
        assert json.loads(written.getvalue())["route"] == "other"
        client.get("/healthz")
    assert len(written.getvalue().splitlines()) == 2


async def _wait():
    from anyio import sleep  # noqa: PLC0415 - in the loop of the application

    await sleep(1.1)


def test_the_log_goes_to_standard_output_by_itself(app, capsys):
    with TestClient(app) as client:
        client.get("/healthz")
    assert '"route":"other"' in capsys.readouterr().out


def test_what_breaks_is_logged_too():
    async def broken(_scope, _receive, _send):
        raise LookupError("Ann")

    written = io.StringIO()
    log = AccessLog(broken, written)

    async def ask():
        with pytest.raises(LookupError):
            await log(Raw("/en/find").scope(), None, None)

    asyncio.run(ask())
    log._flush()
    line = json.loads(written.getvalue())
    assert (line["status"], line["bytes"], line["lang"], line["route"]) == (0, 0, "en", "other")
