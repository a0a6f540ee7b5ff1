"""Lists of organisations, posts and who holds them; and the bodies with which to begin."""

import datetime as dt
import json
import tomllib

import pytest
from sqlmodel import select

from portal.audit.models import AuditEntry
from portal.clock import Nation
from portal.organisations.importing import FilesRefused, Options, import_defaults, import_organisations
from portal.organisations.models import Holder, Organisation, OrganisationKind, Post
from portal.organisations.queries import organisations_by_email, organisations_in_charge
from portal.organisations.rules import Standing
from portal.resources import resource_dir
from tests.organisations.lists import BODIES, POSTS

TODAY = dt.date(2026, 11, 20)
NONE, TRIAL = Options(), Options(is_trial=True)


@pytest.fixture
def database(database, today):
    return database


def all_of(database, table):
    with database.reading() as session:
        return session.exec(select(table).order_by(table.id)).all()


def views(database, *, is_public=True):
    with database.reading() as session:
        return organisations_in_charge(session, TODAY, is_public=is_public)


@pytest.fixture
def bring(database, file):
    def run(*texts, options=NONE):
        files = [file(text, f"{number}.csv") for number, text in enumerate(texts)]
        return import_organisations(database, files, options)

    return run


def test_organisations_posts_and_holders_come_in_whatever_the_order_of_the_files(bring, database):
    bring(POSTS, BODIES)
    assert [one.organisation.code for one in views(database)] == ["police", "council", "board"]
    assert [one.organisation.code for one in views(database, is_public=False)][-1] == "hidden"
    police, council, board = views(database)
    assert [(one.standing, one.holder) for one in police.posts] == [(Standing.vacant, None)]
    (figure,) = council.posts
    assert (figure.holder.name, figure.holder.public_telephone, figure.holder.public_email) == (
        "Ann Example",
        "01632 960009",
        "",
    )
    assert board.organisation.kind is OrganisationKind.local_policing_body


def test_the_same_files_again_change_nothing_and_a_trial_keeps_nothing(bring, database):
    trial = bring(BODIES, POSTS, options=TRIAL)
    assert all_of(database, Organisation) == []
    report = bring(BODIES, POSTS)
    assert report.done == trial.done
    acts = len(all_of(database, AuditEntry))
    assert bring(BODIES, POSTS).is_unchanged
    assert len(all_of(database, AuditEntry)) == acts


def test_another_person_in_a_post_follows_who_held_it(bring, database):
    bring(BODIES, POSTS)
    report = bring(BODIES, POSTS.replace("Ann Example", "Bryn Ffug"))
    assert [(one.act, one.kind, one.name) for one in report.done] == [
        ("ended", "holder", "Ann Example"),
        ("added", "holder", "Bryn Ffug"),
    ]
    assert [(one.name, one.ends_on) for one in all_of(database, Holder)] == [
        ("Ann Example", TODAY),
        ("Bryn Ffug", None),
    ]


def test_nobody_in_the_file_leaves_the_post_vacant_since_today(bring, database):
    bring(BODIES, POSTS)
    bring(BODIES, POSTS.replace("Ann Example", "Swydd wag"))
    (figure,) = next(one for one in views(database) if one.organisation.code == "council").posts
    assert (figure.standing, figure.vacant_since) == (Standing.vacant, TODAY)


def test_what_is_in_no_file_stays(bring, database):
    bring(BODIES, POSTS)
    report = bring("code,kind,name_en,name_cy\nboard,local_policing_body,A Mayor,Maer\n")
    assert [(one.act, one.fields) for one in report.done] == [("changed", ("name_en", "name_cy"))]
    assert len(all_of(database, Organisation)) == 4


def test_whose_an_address_is_can_be_found(bring, database):
    bring(BODIES, POSTS)
    with database.reading() as session:
        for email, codes in {
            "COUNCIL@example.org ": ["council"],
            "figure@example.org": ["council"],
            "own@example.org": ["council"],
            "inspector@example.org": ["police"],
            "nobody@example.org": [],
        }.items():
            assert [one.code for one in organisations_by_email(session, email)] == codes


HEAD, POST_HEAD = "code,kind,name_en,name_cy\n", "organisation,post,title_en,title_cy,is_portfolio_holder,name\n"
REFUSED = {
    "an unknown kind": (HEAD + "a,empire,A,A\n", "0.csv, line 2: kind: 'empire' is none of: responsible_authority"),
    "no Welsh name": (HEAD + "a,other,A,\n", "0.csv, line 2: name_cy: it is missing"),
    "no code": (HEAD + ",other,A,A\n", "0.csv, line 2: code: it is missing"),
    "twice": (
        HEAD + "a,other,A,A\na,other,B,B\n",
        "0.csv, line 3: 'a' stands in the list twice, first at 0.csv, line 2",
    ),
    "an address that can be read on the way": (
        "code,kind,name_en,name_cy,web_en\na,other,A,A,http://example.org\n",
        "0.csv, line 2: web address: 'http://example.org' does not begin with https://",
    ),
    "an unknown organisation": (POST_HEAD + "x,p,T,T,no,\n", "0.csv, line 2: there is no organisation 'x'"),
    "XML": ("<a/>", "0.csv, line 1: it is XML"),
    "councillors": ("ward,name\nA,B\n", "0.csv, line 1: its header is: ward, name."),
}


@pytest.mark.parametrize("why", REFUSED)
def test_a_bad_list_is_refused_whole(bring, database, why):
    text, said = REFUSED[why]
    with pytest.raises(FilesRefused) as refused:
        bring(text)
    assert str(refused.value).startswith(said)
    assert all_of(database, Organisation) == []


@pytest.mark.parametrize("post", ["council,second", "police,figure"])
def test_a_second_portfolio_holder_is_refused(bring, database, post):
    bring(BODIES, POSTS)
    with pytest.raises(FilesRefused, match="'figure' of 'council' is the portfolio holder already; there is one"):
        bring(f"{POST_HEAD}{post},T,T,yes,\n")
    with pytest.raises(FilesRefused, match="line 3: 'a' of 'police' is the portfolio holder already"):
        bring(POST_HEAD + "police,a,T,T,yes,\npolice,b,T,T,yes,\ncouncil,figure,T,T,no,\n")
    assert [one.code for one in all_of(database, Post) if one.is_portfolio_holder] == ["figure"]


def test_a_list_moves_the_portfolio_holder_whichever_post_it_names_first(bring, database):
    bring(BODIES, POSTS)
    for figure, other in (("police,figure", "council,figure"), ("council,figure", "police,figure")):
        bring(f"{POST_HEAD}{figure},T,T,yes,\n{other},T,T,no,\n")
        (holder,) = [one for one in all_of(database, Post) if one.is_portfolio_holder]
        assert holder.code == "figure"


def test_what_ended_is_not_begun_again_by_a_file(bring, database):
    bring(BODIES, POSTS)
    with database.unit_of_work() as session:
        session.exec(select(Organisation).where(Organisation.code == "board")).one().ends_on = TODAY
        session.exec(select(Post).where(Post.code == "inspector")).one().ends_on = TODAY
    with pytest.raises(FilesRefused, match="'board' ended on 2026-11-20"):
        bring(BODIES)
    with pytest.raises(FilesRefused, match="'inspector' ended on 2026-11-20"):
        bring(POSTS)


def test_popolo_brings_organisations_posts_and_holders_in_one_language(bring, database):
    whole = {
        "organizations": [{"id": "c", "name": "Council", "classification": "Responsible Authority"}],
        "posts": [
            {"id": "lead", "label": "Lead", "organization_id": "c"},
            {"id": "empty", "label": "Empty", "organization_id": "c"},
            {"id": "seat", "label": "Seat", "organization_id": "c", "area_id": "a"},
        ],
        "persons": [{"id": "p", "name": "Ann Example", "email": "ann@example.org"}],
        "memberships": [{"person_id": "p", "post_id": "lead", "start_date": "2024"}],
    }
    report = bring(json.dumps(whole))
    (council,) = views(database, is_public=False)
    assert council.organisation.kind is OrganisationKind.responsible_authority
    assert [(one.post.title_en, one.holder and one.holder.name) for one in council.posts] == [
        ("Lead", "Ann Example"),
        ("Empty", None),
    ]
    assert "0.csv, names: they have one language" in str(report.notes)
    assert not council.posts[0].holder.shows_email
    assert bring(json.dumps(whole)).is_unchanged


@pytest.mark.parametrize("nation", Nation)
def test_the_bodies_of_a_nation_begin_unseen_and_to_be_confirmed(database, nation):
    import_defaults(database, nation, NONE)
    rows = all_of(database, Organisation)
    assert {one.is_public for one in rows} == {False}
    assert {one.checked_on for one in rows} == {None}
    assert all(one.name_cy and one.does_cy and one.name_cy != one.name_en for one in rows)
    codes = {one.code for one in rows if one.kind is OrganisationKind.responsible_authority}
    shared = {"council", "chief-officer-of-police", "fire-and-rescue-authority", "probation-provider"}
    assert (
        codes - shared
        == {
            Nation.england: {"integrated-care-board"},
            Nation.wales: {"local-health-board"},
        }[nation]
    )
    assert [one.code for one in rows if one.kind is OrganisationKind.local_policing_body] == ["local-policing-body"]
    assert views(database) == ()


def test_beginning_again_leaves_what_somebody_has_written(database):
    import_defaults(database, Nation.wales, NONE)
    with database.unit_of_work() as session:
        row = session.exec(select(Organisation).where(Organisation.code == "council")).one()
        row.name_en, row.is_public = "Our Council", True
    assert import_defaults(database, Nation.wales, NONE).is_unchanged
    assert [one.organisation.name_en for one in views(database)] == ["Our Council"]


def test_every_nation_has_its_bodies():
    table = tomllib.loads((resource_dir("content") / "organisations.toml").read_text(encoding="utf-8"))
    assert set(table) == set(Nation)
