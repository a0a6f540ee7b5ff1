"""Bodies that no form sends: each is answered with a page that says what is wrong, nothing is kept, nothing breaks."""

import asyncio
import gzip
import itertools
import json
import re
import tracemalloc
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from sqlmodel import select

from portal.contact.models import Message
from portal.notifications.models import OutboxMessage
from portal.web import bodies, handlers
from tests.factories import Raw, raw

FORM = ("content-type", "application/x-www-form-urlencoded")
CALLERS = itertools.count()
WORDS = urlencode({"text": "The light is broken", "form_key": "k" * 32}).encode()
TARGETS = (
    "/en/contact/general",
    "/cy/cysylltu/hygyrchedd",
    "/en/find",
    "/cy/canfod",
    "/en/sign-in",
    "/cy/wedi-anghofio-cyfrinair",
)

BODIES = {
    "huge, as announced": ([FORM, ("content-length", str(10**12))], [b"text=x"], 413),
    "huge, with a length past any number": ([FORM, ("content-length", "9" * 5000)], [b"text=x"], 413),
    "huge, and nobody said so": ([FORM], [b"text="] + [b"x" * 65_536] * 5, 413),
    "huge, with a small length": ([FORM, ("content-length", "5")], [b"text="] + [b"x" * 65_536] * 5, 413),
    "a thousand fields": ([FORM], [urlencode([(f"f{n}", "x") for n in range(1000)]).encode()], 400),
    "one field a thousand times": ([FORM], [urlencode([("text", "x")] * 1000).encode()], 400),
    "a thousand signs": ([FORM], [b"&" * 1000 + b"="], None),
    "deep names": ([FORM], [b"a" + b"[b]" * 20_000 + b"=1"], None),
    "a field that is too long by itself": ([FORM], [b"text=" + b"x" * 200_000], None),
    "multipart": ([("content-type", "multipart/form-data; boundary=x")], [b"--x\r\n\r\n--x--"], 415),
    "multipart without a boundary": ([("content-type", "multipart/form-data")], [b"--x"], 415),
    "json": ([("content-type", "application/json")], [json.dumps({"text": "x"}).encode()], 415),
    "deep json": ([("content-type", "application/json")], [b"[" * 100_000], 415),
    "xml": ([("content-type", "text/xml")], [b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'], 415),
    "plain text": ([("content-type", "text/plain")], [b"text=x"], 415),
    "a kind that is none": ([("content-type", ";;;")], [b"text=x"], 415),
    "packed": ([FORM, ("content-encoding", "gzip")], [gzip.compress(WORDS)], 415),
    "a bomb": ([FORM, ("content-encoding", "gzip")], [gzip.compress(b"x" * 10**7)], 415),
    "a length that is no number": ([FORM, ("content-length", "many")], [WORDS], None),
    "a negative length": ([FORM, ("content-length", "-1")], [WORDS], None),
    "NUL": ([FORM], [b"text=a%00b&email=%00&place=%00"], None),
    "bare NUL": ([FORM], [b"text=a\x00b&place=\x00"], None),
    "bad UTF-8": ([FORM], [b"text=%ff%fe%c0%80&email=%ed%a0%80&place=%f5%80"], None),
    "bare bad UTF-8": ([FORM], [b"text=\xff\xfe\xc0\x80&place=\xed\xa0\x80"], None),
    "half an escape": ([FORM], [b"text=%&email=%e&place=%zz"], None),
    "surrogates": ([FORM], ["text=\ud800".encode("utf-8", "surrogatepass")], None),
    "nothing": ([FORM], [b""], 422),
    "nothing, in pieces": ([FORM], [b""] * 50, 422),
    "no kind at all": ([], [b"text="], 422),
    "one letter at a time": ([FORM], [bytes([one]) for one in WORDS], None),
    "names of ours": ([FORM], [b"lang=cy&__class__=x&self=x&request=x&text=&place="], 422),
}


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("name", BODIES)
def test_no_body_breaks_anything(app, name, target):
    headers, body, wanted = BODIES[name]
    status, said, page = raw(app, target, method="POST", headers=headers, body=body)
    assert status == wanted or (wanted is None and (status in {303, 422, 200} or 400 <= status < 500)), status
    if status != 303:
        assert said["content-type"] == "text/html; charset=utf-8"
        assert f'<html lang="{target[1:3]}"'.encode() in page


def test_what_was_refused_left_nothing_behind(app, sqlite_database):
    for headers, body, wanted in BODIES.values():
        if wanted:
            raw(app, TARGETS[0], method="POST", headers=headers, body=body)
    with sqlite_database.reading() as session:
        assert session.exec(select(Message)).all() == []
        assert session.exec(select(OutboxMessage)).all() == []


def test_what_is_too_long_is_never_held_in_memory(app):
    piece = b"x" * 65_536
    tracemalloc.start()
    raw(app, TARGETS[0], method="POST", headers=[FORM], body=[b"text="] + [piece] * 4000)  # 262 MB
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 16 * 1024 * 1024


def test_as_much_as_may_be_sent_is_taken(app):
    body = b"text=" + b"x" * (bodies.MOST_BYTES - 5)
    assert raw(app, TARGETS[0], method="POST", headers=[FORM], body=[body])[0] == 422
    assert raw(app, TARGETS[0], method="POST", headers=[FORM], body=[body + b"x"])[0] == 413


def converse(app, target, receive):
    """What the application sends while `receive` is what comes."""
    sent = []

    async def send(message):
        sent.append(message)

    asyncio.run(app(Raw(target, "POST", [FORM]).scope(), receive, send))
    return sent


@pytest.mark.parametrize("target", TARGETS)
def test_a_body_that_does_not_end_is_waited_for_only_so_long(app, monkeypatch, target):
    monkeypatch.setattr(handlers, "_BODY_SECONDS", 0.05)
    pieces = iter([{"type": "http.request", "body": b"text=Hel", "more_body": True}])

    async def receive():
        return next(pieces, None) or await asyncio.sleep(3600)

    assert converse(app, target, receive)[0]["status"] == 408


@pytest.mark.parametrize("target", TARGETS)
def test_somebody_who_leaves_in_the_middle_breaks_nothing(app, sqlite_database, caplog, target):
    async def receive():
        return {"type": "http.disconnect"}

    assert converse(app, target, receive) == []
    assert caplog.text == ""
    with sqlite_database.reading() as session:
        assert session.exec(select(Message)).all() == []


def test_text_that_is_no_text_is_kept_as_far_as_it_is_text(app, sqlite_database):
    raw(app, TARGETS[0], method="POST", headers=[FORM], body=[b"text=a%00b%ffc%0d%0ad%1b"])
    with sqlite_database.reading() as session:
        assert [one.text for one in session.exec(select(Message))] == ["ab\ufffdc\nd"]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=some.binary(max_size=300) | some.text("=&%+;[]\x00\r\naéŵ0", max_size=200).map(str.encode))
def test_whatever_is_posted_is_answered(app, body):
    for target in TARGETS[:2]:
        client = f"203.0.113.{next(CALLERS) % 250}"  # or the limit would answer
        assert raw(app, target, method="POST", headers=[FORM], body=[body], client=client)[0] in {303, 400, 422}


QUERIES = [
    "about=%00",
    "about=%ff",
    "about=/en/../../x",
    "about=javascript:1",
    "about=//evil.example/en/",
    f"about=/en/{'a' * 5000}",
    "about[]=x",
    "a=%",
    "=",
    "&" * 999,
    "month=x",
    "month=2024-05&month=2024-06",
    "%00=%00",
]


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query[:20])
@pytest.mark.parametrize("path", ["/en/contact/figure", "/cy/", "/cy/canfod", "/sitemap.xml"])
def test_no_query_breaks_anything(reader, path, query):
    status, _, body = raw(reader.app, f"{path}?{query}")
    assert status == 200
    leads = re.findall(rb'(?:href|src|action|content|loc)[=>]"?([^"<]*)', body)
    assert leads
    assert not [one for one in leads if one.startswith((b"//", b"javascript:")) or b"://evil" in one]


HEADERS = [
    ("accept-language", "x" * 5000),
    ("accept-language", "\xff\xfe"),
    ("accept-encoding", "br;q=," * 500),
    ("accept-encoding", "\xff"),
    ("if-none-match", '"' * 5000),
    ("if-none-match", "\xff"),
    ("hx-request", "\xff"),
    ("hx-target", "../../../etc/passwd"),
    ("cookie", "a=b; " * 1000),
    ("range", "bytes=0-1"),
    ("x-forwarded-for", "," * 1000),
    ("x-http-method-override", "DELETE"),
    ("content-length", "abc"),
    ("transfer-encoding", "chunked"),
]


@pytest.mark.parametrize("header", HEADERS, ids=lambda header: f"{header[0]} {header[1][:12]!r}")
@pytest.mark.parametrize("path", ["/en/", "/cy/canfod", "/en/contact/general", "/assets/x", "/robots.txt"])
def test_no_header_breaks_anything(reader, path, header):
    more = [("hx-request", "true")] if header[0] == "hx-target" else []
    assert raw(reader.app, path, headers=[header, *more])[0] in {200, 404}
