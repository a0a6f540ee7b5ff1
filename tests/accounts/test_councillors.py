"""A ward councillor's account belongs to the seat whose councillor has its e-mail address: administrators see which."""

import datetime as dt

import pytest
from sqlalchemy import event
from sqlmodel import select

from portal.accounts.models import Account
from portal.lifecycle import OPERATOR
from portal.notifications.models import OutboxMessage
from portal.organisations.importing import Options, import_councillors
from portal.organisations.models import Councillor
from portal.organisations.service import Kind, end_on
from portal.places.importing import Options as PlacesOptions
from portal.places.importing import import_places
from tests.brought import brought
from tests.organisations.lists import COUNCILLORS
from tests.people import account
from tests.places import land

NOBODYS = "No councillor who sits today has this e-mail address"
ALL_THE_SAME = "Invite them all the same. They see no ward’s cases until a councillor who sits has this address."


@pytest.fixture
def database(database, tmp_path, time_machine):
    """The small land with its councillors, on 20 November 2026."""
    time_machine.move_to("2026-11-20T12:00:00+00:00", tick=False)
    listed = tmp_path / "councillors.csv"
    listed.write_text(COUNCILLORS.replace("Dot Sample,,,,", "Dot Sample,,,dot@example.org,"), encoding="utf-8")

    def bring():
        import_places(database, land.write_land(tmp_path / "land"), PlacesOptions())
        import_councillors(database, [listed], Options())

    return brought(database, "land with councillors who have accounts", bring)


def invited(admin, email, *roles, name="Somebody"):
    page = admin.open("/en/accounts/invite").fill("Name", name).fill("E-mail address", email)
    for role in roles or ("Ward councillor",):
        page.tick(role)
    return page.press("Send the invitation")


def emails(app):
    with app.state.database.reading() as session:
        return [one.email for one in session.exec(select(Account).order_by(Account.id))][1:]


def test_who_holds_a_seat_is_invited_and_the_page_says_whose_address_it_is_and_the_ward(app, admin):
    page = invited(admin, "ANN@example.org")
    assert "The invitation is on its way." in page.said
    assert "a councillor who sits today: Ann Example, Alder." in page.said
    assert "Ward councillor for Alder" in page.said
    assert NOBODYS not in page.said


@pytest.mark.parametrize("email", ["ann+desk@example.org", "Ann+Ward@Example.org"])
def test_a_councillors_mailbox_is_theirs_whatever_follows_the_plus_sign(admin, email):
    page = invited(admin, email)
    assert "The invitation is on its way." in page.said
    assert "Ward councillor for Alder" in page.said
    assert "Ward councillor for Alder" in admin.open("/en/accounts").said


def test_a_seat_is_found_too_where_the_plus_sign_is_in_the_councillors_own_address(app, admin):
    with app.state.database.unit_of_work() as session:
        ann = session.exec(select(Councillor).where(Councillor.email == "ann@example.org")).one()
        ann.email = "Ann+Council@example.org"
    held(app, "ann@example.org")
    assert "Ward councillor for Alder" in admin.open("/en/accounts").said


def test_the_form_that_comes_back_says_whose_address_it_is(admin):
    page = invited(admin, "ann@example.org", name="")
    assert page.problems() == ["Write the person’s name"]
    assert "a councillor who sits today: Ann Example, Alder." in page.said


def test_an_address_that_is_no_sitting_councillors_is_warned_of_and_can_be_invited_all_the_same(app, admin):
    page = invited(admin, "an@example.org")
    assert [problem.startswith(NOBODYS) for problem in page.problems()] == [True]
    assert emails(app) == []
    again = page.press("Send the invitation")
    assert len(again.problems()) == 1
    page = again.tick(ALL_THE_SAME).press("Send the invitation")
    assert "Ward councillor: holds no seat today" in page.said
    assert NOBODYS in page.said
    assert emails(app) == ["an@example.org"]


def test_who_is_sure_of_one_address_is_asked_anew_about_another(app, admin):
    page = invited(admin, "an@example.org").tick(ALL_THE_SAME).fill("E-mail address", "ane@example.org")
    assert len(page.press("Send the invitation").problems()) == 1
    assert emails(app) == []


def test_only_ward_councillors_are_asked_for_a_seat(app, admin):
    page = invited(admin, "an@example.org", "Committee officer")
    assert "The invitation is on its way." in page.said
    assert "seat" not in page.said
    assert NOBODYS in page.tick("Ward councillor").press("Save the roles").said


def test_of_many_each_is_said_with_their_ward_or_that_they_hold_no_seat(app, admin):
    lines = "Ann, ann@example.org\nCled, cled@example.org\nDot, dot@example.org\nEve, eve@example.org"
    page = admin.open("/en/accounts/invite-several").fill("Name and e-mail address, a line each", lines)
    page = page.tick("Ward councillor").press("Send the invitations")
    assert "Ann, ann@example.org, Ward councillor for Alder" in page.said
    assert "Cled, cled@example.org, Ward councillor for Birch" in page.said
    assert "Dot, dot@example.org, Ward councillor: holds no seat today" in page.said
    assert "Eve, eve@example.org, Ward councillor: holds no seat today" in page.said
    with app.state.database.reading() as session:
        assert len(session.exec(select(OutboxMessage)).all()) == 4


def held(app, email):
    with app.state.database.unit_of_work() as session:
        return account(session, "councillor", email=email).key


@pytest.mark.parametrize(
    ("email", "said"),
    [
        ("ann@example.org", "Ward councillor for Alder"),
        ("bryn@example.org", "Ward councillor for Alder"),
        ("dot@example.org", "Ward councillor: holds no seat today"),
        ("nobody@example.org", "Ward councillor: holds no seat today"),
    ],
    ids=["sits", "is away", "term is over", "is no councillor"],
)
def test_the_list_and_the_account_say_the_ward_of_the_seat_that_is_held_today(app, admin, email, said):
    number = held(app, email)
    for path in ("/en/accounts", f"/en/accounts/{number}"):
        assert said in admin.open(path).said, path
    twin = admin.open(f"/cy/cyfrifon/{number}").said
    assert ("Cynghorydd ward" in twin, "Ward councillor" in twin) == (True, False)


@pytest.mark.parametrize("day", [dt.date(2026, 11, 20), dt.date(2026, 11, 21)])
def test_a_seat_is_held_until_the_day_on_which_it_is_given_up(app, admin, day):
    held(app, "ann@example.org")
    with app.state.database.unit_of_work() as session:
        ann = session.exec(select(Councillor).where(Councillor.email == "ann@example.org")).one()
        end_on(session, OPERATOR, Kind.councillor, ann, day)
    assert ("holds no seat today" in admin.open("/en/accounts").said) is (day == dt.date(2026, 11, 20))


@pytest.mark.both_databases
def test_the_list_takes_as_many_statements_for_many_councillors_as_for_one(app, admin):
    statements = []
    event.listen(app.state.database.engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    event.listen(app.state.database._reader, "before_cursor_execute", lambda *given: statements.append(given[2]))
    counts = []
    for number in range(3):
        held(app, f"c{number}@example.org" if number else "ann@example.org")
        admin.client.get("/en/accounts")
        statements.clear()
        assert admin.client.get("/en/accounts").status_code == 200
        counts.append(len(statements))
    assert counts == [counts[0]] * 3
    assert counts[0]
