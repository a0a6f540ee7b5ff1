"""Kept pages: rendered once, thrown away when their nouns change, never spoilt by what somebody asks for."""

import gzip
import time
from contextlib import contextmanager

import brotli
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DatabaseError
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from portal import revisions
from portal.db import Database
from portal.settings import Settings
from portal.trouble import Unavailable
from portal.web import delivery
from portal.web.delivery import Delivery
from portal.web.effective import Effective
from portal.web.handlers import action, page
from portal.web.identity import ANYBODY
from portal.web.templates import wanted_fragment

FILLER = "<p>Diogelwch cymunedol</p>" * 100


class Site:
    """A few pages that count how often they were rendered, behind the middleware."""

    def __init__(self, database):
        self.database, self.rendered = database, []
        kept = page(self.show, shows=("crime", "places"), params=("month",), fragments=("figures",))
        routes = [
            Route("/kept/{name}", kept),
            Route("/news", page(self.show, shows=("news",))),
            Route("/own", page(self.show, may=ANYBODY), methods=["GET"]),
            Route(
                "/own",
                action(lambda request, session, form: self.show(request, session), may=ANYBODY),
                methods=["POST"],
            ),
            Route("/kept-post", self.posting(), methods=["GET", "POST"]),
            Route("/gone", page(self.gone, shows=("crime",))),
            Route("/small", page(lambda _request, _session: PlainTextResponse("small"), shows=("crime",))),
            Route("/picture", page(self.picture, shows=("crime",))),
            Route("/own-picture", page(self.picture, may=ANYBODY)),
            Route("/stream", page(self.stream, may=ANYBODY)),
        ]
        app = Starlette(routes=routes)
        app.state.database = database
        app.state.effective = Effective(Settings(), lambda _session, base: base)
        self.delivery = Delivery(app, database)
        self.client = TestClient(self.delivery, raise_server_exceptions=False)

    def show(self, request, _session):
        self.rendered.append(str(request.url.path))
        part = wanted_fragment(request) or "whole"
        return HTMLResponse(f"<p>{part} {len(self.rendered)}</p>{FILLER}")

    def posting(self):
        """A public page whose route takes posts as well."""
        return page(self.show, shows=("crime",))

    def gone(self, request, _session):
        self.rendered.append(str(request.url.path))
        return HTMLResponse(f"not here {FILLER}", status_code=404)

    def picture(self, request, _session):
        self.rendered.append(str(request.url.path))
        return Response(b"\x89" * 2000, media_type="image/png")

    def stream(self, _request, _session):
        return StreamingResponse(iter(["one ", "two ", FILLER]), media_type="text/html")

    def get(self, path="/kept/a", encoding="identity", **headers):
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.get(path, headers={"accept-encoding": encoding, **sent})

    def touch(self, *nouns, database=None):
        with (database or self.database).unit_of_work() as session:
            revisions.touch(session, *nouns)


@pytest.fixture
def site(database):
    return Site(database)


def test_a_page_is_rendered_once(site):
    first, second, third = site.get(), site.get(), site.get(encoding="br")
    assert first.text == second.text == third.text
    assert len(site.rendered) == 1


def test_it_may_be_kept_by_others_for_a_minute(site):
    answer = site.get()
    assert answer.headers["cache-control"] == "public, max-age=60"
    assert answer.headers["vary"] == "Accept-Encoding, HX-Request, HX-Target, HX-History-Restore-Request"


def test_the_first_answer_is_the_same_as_the_next(site):
    first, second = site.get(encoding="br"), site.get(encoding="br")
    assert (first.content, dict(first.headers)) == (second.content, dict(second.headers))


@pytest.mark.parametrize(
    ("accepted", "sent"),
    [
        ("br, gzip", "br"),
        ("gzip, deflate", "gzip"),
        ("gzip;q=1, br;q=0.5", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("*", "br"),
        ("identity", None),
        ("", None),
        ("br;q=0", None),
    ],
)
@pytest.mark.parametrize("path", ["/kept/a", "/own"])
def test_a_page_comes_in_the_encoding_that_is_liked_best(site, path, accepted, sent):
    with site.client.stream("GET", path, headers={"accept-encoding": accepted}) as answer:
        raw = b"".join(answer.iter_raw())
    body = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}[sent](raw)
    assert answer.headers.get("content-encoding") == sent
    assert int(answer.headers["content-length"]) == len(raw)
    assert body == f"<p>whole 1</p>{FILLER}".encode()
    assert "accept-encoding" in answer.headers.get("vary", "accept-encoding").lower()


def test_every_encoding_has_a_strong_etag_of_its_own(site):
    etags = [site.get(encoding=one).headers["etag"] for one in ("br", "gzip", "identity")]
    assert len(set(etags)) == 3
    assert all(etag.startswith('"') for etag in etags)


@pytest.mark.parametrize("form", ["{}", "W/{}", '"other", {}', "*"])
def test_who_has_it_already_is_told_so_without_the_body(site, form):
    etag = site.get(encoding="br").headers["etag"]
    answer = site.get(encoding="br", if_none_match=form.format(etag))
    assert (answer.status_code, answer.content) == (304, b"")
    assert answer.headers["etag"] == etag
    assert answer.headers["cache-control"].startswith("public")
    assert "vary" in answer.headers
    assert not {"content-length", "content-type", "content-encoding"} & set(answer.headers)


def test_who_has_it_in_another_encoding_or_another_page_gets_it(site):
    etag = site.get(encoding="br").headers["etag"]
    assert site.get(encoding="gzip", if_none_match=etag).status_code == 200
    assert site.get("/news", encoding="br", if_none_match=etag).status_code == 200


def test_the_first_of_all_may_have_it_already_too(site, database):
    etag = site.get(encoding="br").headers["etag"]
    assert Site(database).get(encoding="br", if_none_match=etag).status_code == 304


def test_head_says_what_get_would_and_sends_nothing(site):
    with site.client.stream("GET", "/kept/a", headers={"accept-encoding": "br"}) as get:
        get.read()
    head = site.client.head("/kept/a", headers={"accept-encoding": "br"})
    assert (head.status_code, head.content) == (200, b"")
    assert dict(head.headers) == dict(get.headers)
    assert len(site.rendered) == 1


@pytest.mark.parametrize("path", ["/kept/a", "/kept/a?month=2024-05", "/small"])
@pytest.mark.parametrize("encoding", ["br", "identity"])
def test_head_before_the_first_get_says_the_same(site, path, encoding):
    head = site.client.head(path, headers={"accept-encoding": encoding})
    with site.client.stream("GET", path, headers={"accept-encoding": encoding}) as get:
        get.read()
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["cache-control"] == "public, max-age=60"
    assert dict(head.headers) == dict(get.headers)


def test_head_of_a_persons_own_page_keeps_nothing(site):
    assert site.client.head("/own").content == b""
    assert "whole 2" in site.get("/own").text


def test_a_commit_drops_the_pages_of_its_noun_and_no_other(site):
    for path in ("/kept/a", "/news"):
        site.get(path)
    site.touch("places")
    assert "whole 3" in site.get().text
    assert "whole 2" in site.get("/news").text
    site.touch("elsewhere")
    site.get()
    assert len(site.rendered) == 3


def test_a_commit_that_touches_nothing_drops_nothing(site):
    site.get()
    with site.database.unit_of_work() as session:
        session.connection().execute(text("SELECT 1"))
    site.get()
    assert len(site.rendered) == 1


def test_the_commit_of_another_process_is_seen_within_a_second(site):
    other = Database(site.database.engine.url.render_as_string(hide_password=False))
    site.get()
    site.touch("crime", database=other)
    other.close()
    until = time.monotonic() + 1
    while "whole 1" in site.get().text:
        assert time.monotonic() < until
        time.sleep(0.02)
    assert len(site.rendered) == 2


def test_a_page_rendered_while_its_noun_changed_is_not_kept_for_new(site, monkeypatch):
    original = site.show

    def slow(request, session):
        answer = original(request, session)
        if len(site.rendered) == 1:
            monkeypatch.setattr(site, "rendered", [*site.rendered])
            _touch_beside(site.database)
        return answer

    app = Starlette(routes=[Route("/kept/a", page(slow, shows=("crime",)))])
    app.state.database = site.database
    app.state.effective = Effective(Settings(), lambda _session, base: base)
    site.client = TestClient(Delivery(app, site.database))
    assert "whole 1" in site.get().text
    assert "whole 2" in site.get().text
    assert "whole 2" in site.get().text


def _touch_beside(database):
    beside = Database(database.engine.url.render_as_string(hide_password=False))
    with beside.unit_of_work() as session:
        revisions.touch(session, "crime")
    beside.close()
    database.changes += 1


def test_a_fragment_is_kept_beside_its_page(site):
    fragment = {"hx_request": "true", "hx_target": "div#figures"}
    assert "figures 1" in site.get(**fragment).text
    assert "whole 2" in site.get().text
    assert "figures 1" in site.get(**fragment).text
    assert "figures 1" in site.get(hx_request="true", hx_target="figures").text
    assert "whole 2" in site.get(**fragment, hx_history_restore_request="true").text
    assert len(site.rendered) == 2


POISONS = [
    {"hx-target": "figures"},
    {"hx-target": "div#figures", "hx-history-restore-request": "true"},
    {"hx-request": "true", "hx-target": "figures", "hx-history-restore-request": ""},
    {"hx-history-restore-request": "fig", "hx-target": "ures", "hx-request": "true"},
    [("hx-request", "true"), ("hx-target", "fig"), ("hx-target", "ures")],
    [("hx-request", "true"), ("hx-target", "whole"), ("hx-target", "figures")],
    {"hx-request": "true", "hx-target": ""},
    {"hx-request": "true", "hx-target": "#"},
    {"hx-request": "true"},
]


@pytest.mark.parametrize("poison", POISONS, ids=str)
def test_no_headers_put_a_page_in_the_place_of_a_fragment_or_the_other_way_round(site, poison):
    site.client.get("/kept/a", headers=poison)
    assert "figures" in site.get(hx_request="true", hx_target="div#figures").text
    assert "whole" in site.get().text
    assert "whole" in site.get(hx_request="true").text


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/kept/a?utm=1", {}),
        ("/kept/a?month=2024-05&utm=1", {}),
        ("/kept/a?&", {}),
        ("/kept/a?&&&&", {}),
        ("/kept/a?=", {}),
        ("/kept/a", {"hx_request": "true", "hx_target": "div#anything"}),
    ],
)
def test_what_the_page_did_not_declare_is_answered_and_not_kept(site, path, headers):
    for _ in range(2):
        assert site.get(path, **headers).status_code == 200
    assert len(site.rendered) == 2


def test_each_declared_query_is_a_page_of_its_own(site):
    for month in ("2024-05", "2024-06", "2024-05"):
        site.get(f"/kept/a?month={month}")
    assert len(site.rendered) == 2


@pytest.mark.parametrize("path", ["/own", "/gone", "/missing"])
def test_what_belongs_to_a_person_or_is_no_page_is_never_kept(site, path):
    answers = [site.get(path) for _ in range(2)]
    assert site.rendered in ([path, path], [])
    assert not [one for one in answers if "etag" in one.headers]
    assert not [one for one in answers if "public" in one.headers.get("cache-control", "")]


def test_the_answer_to_a_post_is_never_kept(site):
    for _ in range(2):
        assert site.client.post("/kept-post").status_code == 200
        assert site.client.post("/own", data={"a": "b"}).status_code == 200
    assert len(site.rendered) == 4
    site.get("/kept-post")
    assert "whole 6" in site.client.post("/kept-post").text


def test_what_is_small_or_packed_already_is_sent_as_it_is(site):
    for path in ("/small", "/picture", "/own-picture"):
        assert "content-encoding" not in site.get(path, encoding="br").headers
    assert site.get("/small", encoding="br").headers["etag"] == site.get("/small").headers["etag"]


def test_what_comes_in_pieces_is_passed_on_in_pieces(site):
    assert site.get("/stream", encoding="br").text == f"one two {FILLER}"


def test_the_memory_for_pages_has_an_end_and_the_least_used_go_first(site, monkeypatch):
    room = 4 * 2 * (len(FILLER) + 20)  # four pages, each as it is and as it is sent
    monkeypatch.setattr(delivery, "_MOST_BYTES", room)
    for name in "abc":
        site.get(f"/kept/{name}")
    site.get("/kept/a")
    for name in "de":
        site.get(f"/kept/{name}")
    before = len(site.rendered)
    site.get("/kept/a")
    assert len(site.rendered) == before
    site.get("/kept/b")
    assert len(site.rendered) == before + 1
    assert 0 < site.delivery._bytes <= room
    assert site.delivery._bytes == sum(kept.size for kept in site.delivery._kept.values())


def test_every_encoding_counts_as_memory(site):
    for encoding in ("br", "gzip", "identity"):
        site.get(encoding=encoding)
    assert site.delivery._bytes == sum(kept.size for kept in site.delivery._kept.values()) > len(FILLER)
    site.touch("crime")
    site.get("/news")
    site.get()
    assert site.delivery._bytes == sum(kept.size for kept in site.delivery._kept.values())


@pytest.mark.parametrize("trouble", [Unavailable("away"), DatabaseError("", {}, Exception("malformed"))])
def test_while_the_database_is_away_kept_pages_are_still_answered(site, monkeypatch, trouble):
    site.get()
    read = site.database.read

    async def away(_work):
        raise trouble

    monkeypatch.setattr(site.database, "read", away)
    monkeypatch.setattr(delivery, "_RECHECK_SECONDS", 0.0)
    assert "whole 1" in site.get().text
    assert site.get("/news").status_code == 500  # here nothing turns it into a page
    monkeypatch.setattr(site.database, "read", read)
    site.touch("crime")
    assert "whole 2" in site.get().text


@pytest.mark.postgres
def test_a_server_that_lets_nobody_in_spoils_no_kept_page_and_nothing_needs_a_restart(
    postgres_database, postgres_server
):
    site = Site(postgres_database)
    site.get()
    with let_nobody_in(postgres_database, postgres_server):
        postgres_database.changes += 1
        assert "whole 1" in site.get().text
        with pytest.raises(Unavailable), postgres_database.unit_of_work() as session:
            session.connection()
        with pytest.raises(Unavailable), postgres_database.reading() as session:
            session.connection()
    site.touch("crime")
    assert "whole 2" in site.get().text


@contextmanager
def let_nobody_in(database, server):
    """Every connection is cut, and no new one is taken."""
    name = database.engine.url.database
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f'ALTER DATABASE "{name}" WITH ALLOW_CONNECTIONS false'))
        try:
            connection.execute(
                text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :n"), {"n": name}
            )
            yield
        finally:
            connection.execute(text(f'ALTER DATABASE "{name}" WITH ALLOW_CONNECTIONS true'))
    admin.dispose()


def test_what_is_no_request_is_passed_on(site):
    with site.client:  # a lifespan
        assert site.get().status_code == 200


def test_a_file_that_is_taken_away_spoils_no_kept_page(sqlite_database):
    site = Site(sqlite_database)
    site.get()
    path = sqlite_database.engine.url.database
    sqlite_database.engine.dispose()
    sqlite_database._reader.dispose()
    with open(path, "r+b") as damaged:  # noqa: PTH123 - in place, not anew
        damaged.write(b"no database at all" * 100)
    sqlite_database.changes += 1
    assert "whole 1" in site.get().text
