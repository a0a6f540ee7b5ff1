"""The public register: what anybody may know of, and nothing else."""

import csv
import datetime as dt
import hashlib
import io
import json

import feedparser
import pytest
import time_machine

from portal.app import MANIFESTS, create_app
from portal.audit.checkpoints import sign_daily
from portal.audit.rules import Personal
from portal.audit.service import record
from portal.crime.workflow import MONTH_RELEASED, NOTE_ADDED
from portal.lifecycle import OPERATOR, Actor, PublicAct, Reference
from portal.revisions import current
from tests.browse import Browse
from tests.factories import job_context

MAY = dt.datetime(2024, 5, 31, 12, 0, tzinfo=dt.UTC)
ANALYST = Actor("account:7", "analyst")
NOTE = {
    "name_en": "Elwern East",
    "name_cy": "Dwyrain Elwern",
    "month": "2024-03",
    "text_en": "The records are 'late' & few.",
    "text_cy": "Mae'r cofnodion yn hwyr.",
}


@pytest.fixture
def browse(database, settings):
    with Browse(create_app(settings, database=database)) as reader:
        yield reader


def act(database, code, thing, actor=ANALYST, **values):
    with database.unit_of_work() as session:
        record(session, actor, code, thing, **values)


@pytest.fixture
def filled(database, settings):
    """1 release in May, 2 and 3 not public, 4 note in July, 5 checkpoint in July."""
    with time_machine.travel(MAY, tick=False) as clock:
        act(database, MONTH_RELEASED, Reference("crime-month", "gwent/2024-03"), after={"state": "released"})
        act(database, "account-invited", Reference("account", "9"), after={"email": Personal("ann@example.org")})
        act(database, "message-read", Reference("message", "k7mn-p2qr"))
        clock.shift(dt.timedelta(days=40))
        act(database, NOTE_ADDED, Reference("crime-note", "1"), after=NOTE)
        sign_daily(job_context(database, settings))
    return database


def test_an_empty_register_says_so(browse):
    page = browse.open("/en/register")
    assert "Nothing is in the register yet." in page.said
    assert page.headers["cache-control"].startswith("public")


@pytest.mark.parametrize(("path", "heading"), [("/en/register", "Public register: July 2024"), ("/cy/cofrestr", None)])
def test_the_register_begins_with_the_latest_month(browse, filled, path, heading):
    page = browse.open(path)
    assert heading is None or page.heading == heading
    assert "2024" in page.heading
    numbers = [href.rsplit("/", 1)[1] for _, href in page.links(page.main) if href.rsplit("/", 1)[1].isdecimal()]
    assert numbers == ["5", "4"]


def test_months_lead_to_each_other_also_over_those_without_an_act(browse, filled):
    july = browse.open("/en/register")
    june = july.follow("Older: June 2024")
    assert "Nothing is in the register yet." in june.said
    may = june.follow("Older: May 2024")
    assert "Number 1, 31 May 2024" in may.said
    assert "Month: March 2024. Police force, as data.police.uk names it: gwent." in may.said
    assert may.follow("Newer: June 2024").path == june.path


def test_an_act_can_be_pointed_at_and_says_who_in_which_role_and_both_hashes(browse, filled):
    page = browse.open("/en/register/4")
    assert "Area: Elwern East. Month: March 2024. Note: The records are 'late' & few." in page.said
    assert "Analyst" in page.said
    with filled.reading() as session:
        from portal.audit.models import AuditEntry  # noqa: PLC0415 - for this line

        entry = session.get_one(AuditEntry, 4)
    assert entry.hash in page.said
    assert entry.previous_hash in page.said
    assert "account:7" not in page.text
    welsh = page.in_other_language()
    assert "Dwyrain Elwern" in welsh.said
    assert "Mae'r cofnodion yn hwyr." in welsh.said


@pytest.mark.parametrize("path", ["/en/register/2", "/en/register/3", "/en/register/6", "/en/register/0"])
def test_what_is_not_public_is_not_there(browse, filled, path):
    browse.open(path, 404)


@pytest.mark.parametrize("path", ["/en/register/2024-08", "/en/register/2019-01", f"/en/register/{'9' * 40}"])
def test_months_and_numbers_that_are_not_in_the_register_are_not_there(browse, filled, path):
    browse.open(path, 404)


def test_nothing_of_other_acts_is_in_any_page_or_file(browse, filled):
    texts = [browse.client.get(path).text for path in ("/en/register", "/en/register/2024-05", "/en/register/1")]
    texts += [browse.client.get(f"/en/register/2024-05.{form}").text for form in ("json", "csv")]
    for word in ("account-invited", "ann@", "message", "k7mn-p2qr", "commitment"):
        assert not [text for text in texts if word in text.partition("<main")[2].partition("Check it yourself")[0]]
        assert word not in texts[3] + texts[4]


def test_whoever_takes_the_json_file_can_check_every_hash(browse, filled):
    found = 0
    for month in ("2024-05", "2024-07"):
        answer = browse.client.get(f"/en/register/{month}.json")
        assert answer.headers["content-type"] == "application/json"
        for one in answer.json()["entries"]:
            said = {name: value for name, value in one.items() if name not in {"hash", "previous_hash"}}
            text = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
            assert one["hash"] == hashlib.sha256(f"{one['previous_hash']}\n{text}".encode()).hexdigest()
            found += 1
    assert found == 3


@pytest.mark.parametrize(("lang", "path"), [("en", "/en/register/2024-07.csv"), ("cy", "/cy/cofrestr/2024-07.csv")])
def test_the_csv_file_says_what_the_page_says(browse, filled, lang, path):
    answer = browse.client.get(path)
    rows = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert [row[0] for row in rows[1:]] == ["5", "4"]
    assert NOTE[f"text_{lang}"] in rows[2][3]
    assert (rows[2][1], rows[2][2], len(rows[2][4])) == ("2024-07-10", "crime-note-added", 64)


def test_what_somebody_wrote_is_text_on_the_page_and_as_it_was_written_in_the_file(browse, database):
    with time_machine.travel(MAY, tick=False):
        act(database, NOTE_ADDED, Reference("crime-note", "1"), after=NOTE | {"text_en": "<b>One</b> & 'two'"})
    assert "&lt;b&gt;One&lt;/b&gt; &amp; &#39;two&#39;" in browse.client.get("/en/register/1").text
    assert "<b>One</b> & 'two'" in browse.client.get("/en/register/2024-05.csv").text


def test_only_a_public_act_makes_the_kept_pages_stale(database):
    def revision():
        with database.reading() as session:
            return current(session).get("audit", 0)

    before = revision()
    act(database, "account-invited", Reference("account", "1"))
    assert revision() == before
    act(database, NOTE_ADDED, Reference("crime-note", "1"), after=NOTE)
    assert revision() == before + 1


def test_a_kept_page_shows_a_new_act(browse, filled):
    assert "Number 6" not in browse.open("/en/register/2024-07").said
    with time_machine.travel(dt.datetime(2024, 7, 20, tzinfo=dt.UTC), tick=False):
        act(filled, MONTH_RELEASED, Reference("crime-month", "btp/2024-04"), OPERATOR, after={})
    assert "Number 6, 20 July 2024" in browse.open("/en/register/2024-07").said


def test_every_public_act_says_so_itself_and_no_code_is_claimed_twice():
    codes = [code for noun in MANIFESTS for code in noun.public_acts]
    assert codes
    assert [code for code in codes if not isinstance(code, PublicAct)] == []
    assert len(codes) == len(set(codes))


@pytest.mark.parametrize(("lang", "path"), [("en", "/en/register"), ("cy", "/cy/cofrestr")])
def test_a_feed_reader_is_told_the_newest_acts_first_with_their_hashes(browse, filled, lang, path):
    page = browse.open(path)
    ((_, address),) = [one for one in page.links(page.main) if "Atom" in one[0]]
    answer = browse.client.get(address)
    found = feedparser.parse(answer.content, response_headers=dict(answer.headers))
    assert not found.bozo
    assert found.feed.language == lang
    links = [one.link.removeprefix(browse.settings.public_url) for one in found.entries]
    assert links == [f"{path}/{number}" for number in (5, 4, 1)]
    assert NOTE[f"text_{lang}"] in found.entries[1].title
    shown = browse.open(links[1]).said
    assert found.entries[1].summary.split()[-1] in shown
    assert len({one.id for one in found.entries}) == 3


def test_the_register_is_in_the_sitemap(browse):
    text = browse.client.get("/sitemap.xml").text
    assert "/en/register<" in text
    assert "/cy/cofrestr<" in text
