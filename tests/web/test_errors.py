"""Every trouble has its page, in the reader's language; a fault of ours has a reference, and the log holds nobody's
words.
"""

import re

import pytest
from sqlalchemy import text
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, StreamingResponse
from starlette.testclient import TestClient

from portal import trouble
from portal.settings import Settings
from portal.trouble import where_it_rose
from portal.web import errors
from portal.web.handlers import action, page
from portal.web.identity import ANYBODY
from tests.browse import MARKED, Browse
from tests.factories import app_with, known_of, raw, trial

TYPED = "Ann Jones, 1 Stryd Fawr"
TROUBLES = {
    "400": HTTPException(400),
    "403": trouble.NotAllowed(TYPED),
    "404": trouble.NotFound(TYPED),
    "408": HTTPException(408),
    "409": trouble.Conflict(TYPED),
    "410": trouble.Gone(TYPED),
    "413": HTTPException(413),
    "415": HTTPException(415),
    "418": HTTPException(418),
    "429": trouble.TooOften(90),
    "500": ValueError(f"could not read {TYPED}"),
    "503": trouble.Unavailable("the disk is full\nwhile writing " + TYPED),
}


def raising(error):
    def handler(_request, _session):
        raise error

    return handler


def breaking_sql(_request, session):
    session.connection().execute(text("INSERT INTO revision (noun, number) VALUES (:noun, NULL)"), {"noun": TYPED})
    return HTMLResponse("")


def breaking_halfway(_request, _session):
    def pieces():
        yield "one"
        raise LookupError(TYPED)

    return StreamingResponse(pieces())


@pytest.fixture(scope="module")
def app(empty_file):
    return app_with(
        *(
            trial(f"/raises-{status}", page(raising(error), may=ANYBODY), f"raises-{status}")
            for status, error in TROUBLES.items()
        ),
        trial(
            "/breaks-sql",
            action(lambda request, session, form: breaking_sql(request, session), may=ANYBODY),
            methods=("POST",),
        ),
        trial("/breaks-halfway", page(breaking_halfway, may=ANYBODY)),
        settings=Settings(data_dir=empty_file.parent),
        catalogues=MARKED,
    )


@pytest.fixture(scope="module")
def browse(app):
    with Browse(app, known=known_of(app)) as reader:
        yield reader


@pytest.mark.parametrize("lang", ["en", "cy"])
@pytest.mark.parametrize("status", TROUBLES)
def test_every_trouble_has_a_whole_page_in_both_languages(browse, status, lang):
    path = f"/en/raises-{status}" if lang == "en" else f"/cy/raises-{status}-cy"
    shown = browse.open(path, int(status))
    assert shown.heading
    assert TYPED not in shown.text
    assert shown.headers["cache-control"] == "no-store"
    ways_on = {href for _, href in shown.links(shown.main)}
    assert len(ways_on) >= 3
    assert all(href.startswith(f"/{lang}/") for href in ways_on)
    assert "noindex" in shown.text


def test_each_trouble_has_its_own_heading(browse):
    headings = {status: browse.open(f"/en/raises-{status}", int(status)).heading for status in TROUBLES}
    assert len(set(headings.values())) >= 9
    assert headings["418"] == headings["400"]


def test_who_came_too_often_is_told_how_long_to_wait(browse):
    shown = browse.open("/cy/raises-429-cy", 429)
    assert shown.headers["retry-after"] == "90"
    assert re.search(r"\b2\b", shown.said)


def test_a_trouble_keeps_the_headers_that_belong_to_it(reader):
    assert "GET" in raw(reader.app, "/en/find", method="PUT")[1]["allow"]


def test_a_fault_has_a_reference_that_the_log_has_too(browse, caplog):
    shown = browse.open("/en/raises-500", 500)
    (reference,) = re.findall(r"\b[0-9A-F]{8}\b", shown.said)
    (entry,) = caplog.records
    assert reference in entry.getMessage()
    assert "trial:raises-500" in entry.getMessage()
    assert "ValueError" in entry.getMessage()
    assert "test_errors.py" in entry.getMessage()


def test_every_fault_has_a_reference_of_its_own(browse):
    said = [browse.open("/en/raises-500", 500).said for _ in range(3)]
    assert len(set(said)) == 3


def test_nothing_that_a_person_typed_reaches_the_log(browse, caplog):
    browse.open(f"/en/raises-500?name={TYPED}", 500)
    browse.open("/en/raises-503", 503)
    answer = browse.client.post("/en/breaks-sql", data={"name": TYPED})
    assert answer.status_code == 500
    assert len(caplog.records) == 3
    for entry in caplog.records:
        assert TYPED not in caplog.text
        assert TYPED not in entry.getMessage()
        assert entry.exc_info is None
    assert "IntegrityError" in caplog.text
    assert "the disk is full" in caplog.text


@pytest.mark.parametrize("status", ["403", "404", "409", "410", "429"])
def test_what_is_no_fault_of_ours_is_not_logged(browse, caplog, status):
    browse.open(f"/en/raises-{status}", int(status))
    assert caplog.records == []


def test_when_the_error_page_itself_breaks_a_line_of_text_is_left(app, monkeypatch, caplog):
    def broken(*_args, **_more):
        raise LookupError(TYPED)

    monkeypatch.setattr(errors, "render", broken)
    status, headers, body = raw(app, "/en/raises-500")
    assert status == 500
    assert re.fullmatch(rb"500 [0-9A-F]{8}\n", body)
    assert headers["content-type"].startswith("text/plain")
    assert "the error page itself" in caplog.text
    assert TYPED not in caplog.text


def test_a_fault_after_the_answer_has_begun_ends_the_answer(app):
    with pytest.raises(LookupError, match="Ann"):
        TestClient(app).get("/en/breaks-halfway")


def test_the_head_of_an_error_has_no_body(app):
    for path, status in (("/en/raises-500", 500), ("/en/raises-404", 404), ("/nothing", 404)):
        answered, _, body = raw(app, path, method="HEAD")
        assert (answered, body) == (status, b"")


def test_every_trouble_has_its_status():
    kinds = {kind for kind in vars(trouble).values() if isinstance(kind, type) and issubclass(kind, trouble.Trouble)}
    assert set(errors.STATUS) == kinds - {trouble.Trouble}


def test_a_trouble_of_a_noun_is_mapped_by_what_it_is():
    class VotingClosed(trouble.Conflict):
        pass

    class Unheard(trouble.Trouble):
        pass

    assert errors._status(VotingClosed()) == 409
    assert errors._status(Unheard()) == 500


def refuse():
    raise KeyError(TYPED)


def chained(how):
    try:
        refuse()
    except KeyError as error:
        if how == "from":
            raise ValueError(TYPED) from error
        if how == "from none":
            raise ValueError(TYPED) from None
        raise ValueError(TYPED)  # noqa: B904 - the third way


@pytest.mark.parametrize(("how", "kinds"), [("from", 2), ("during", 2), ("from none", 1)])
def test_a_fault_is_told_by_its_kinds_and_lines_alone(how, kinds):
    with pytest.raises(ValueError, match="Ann") as raised:
        chained(how)
    told = where_it_rose(raised.value)
    assert told.startswith("ValueError\n")
    assert told.count("caused by") == kinds - 1
    assert "in chained" in told
    assert TYPED not in told
