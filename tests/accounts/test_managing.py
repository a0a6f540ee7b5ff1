"""An administrator at work: invitations, one and many, roles, suspensions, removals; and who may not."""

import re

import pytest
from sqlmodel import select

from portal.accounts import factors
from portal.accounts.models import Account, AccountStatus
from portal.audit.models import AuditEntry
from portal.notifications.models import OutboxMessage
from tests.browse import Browse
from tests.people import account, authenticator, somebody


def invited(browse, name="Bet Example", email="bet@example.org", roles=("Analyst",)):
    page = browse.open("/en/accounts/invite").fill("Name", name).fill("E-mail address", email)
    for role in roles:
        page.tick(role)
    return page.press("Send the invitation")


def accounts(app):
    with app.state.database.reading() as session:
        return session.exec(select(Account).order_by(Account.id)).all()


def test_a_colleague_is_invited_accepts_and_is_at_work(app, admin):
    page = invited(admin)
    assert "The invitation is on its way." in page.said
    with app.state.database.reading() as session:
        (letter,) = session.exec(select(OutboxMessage)).all()
    assert letter.to_address == "bet@example.org"
    assert "Anwen Enghraifft has made an account for you" in letter.body
    with Browse(app) as bet:
        link = re.search(r"8000(/\S+)", letter.body)[1]
        page = bet.open(link).fill("New password", "tri gair rhyfedd").press("Set this password").follow("Sign in")
        page = page.fill("E-mail address", "bet@example.org").fill("Password", "tri gair rhyfedd").press("Sign in")
        assert page.heading == "Set up your authenticator"
    assert "active" in admin.open("/en/accounts").said


@pytest.mark.parametrize(
    ("typed", "problems"),
    [
        (("", "bet@example.org", ("Analyst",)), ["Write the person’s name"]),
        (("Bet", "bet", ("Analyst",)), ["Write the e-mail address in full, like name@example.org"]),
        (("Bet", "bet@example.org", ()), ["Choose at least one role"]),
    ],
)
def test_an_invitation_that_is_not_whole_says_why_and_keeps_what_was_typed(app, admin, typed, problems):
    name, email, _ = typed
    page = invited(admin, *typed)
    assert page.problems() == problems
    assert (page.value("Name"), page.value("E-mail address")) == (name, email)
    assert len(accounts(app)) == 1


@pytest.mark.parametrize("email", ["anwen@example.org", "ANWEN@example.org", "anwen+2@example.org"])
def test_a_second_account_at_one_mailbox_is_refused_with_a_clear_answer(app, admin, email):
    page = invited(admin, email=email)
    assert page.problems()[0].startswith("There is an account at this address already")
    assert len(accounts(app)) == 1


def several(admin, lines):
    page = admin.open("/en/accounts/invite-several").fill("Name and e-mail address, a line each", lines)
    return page.tick("Moderator").press("Send the invitations")


def test_many_are_invited_at_once_and_who_is_known_is_said(app, admin):
    lines = (
        "\n".join(f"Person {number}, p{number}@example.org" for number in range(49)) + "\nAnwen; anwen@example.org\n\n"
    )
    page = several(admin, lines)
    assert "Invited: 49" in page.said
    assert "Had an account already: 1" in page.said
    with app.state.database.reading() as session:
        assert len(session.exec(select(OutboxMessage)).all()) == 49


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        ("", "Write at least one line: a name and an e-mail address"),
        ("\n".join(f"P {n}, p{n}@example.org" for n in range(200)), "Send fewer at once"),
        (
            "Bet, bet@example.org\nnobody\nCadi, cadi@example.org",
            "Not every line is a name, a comma and an e-mail address",
        ),
        ("Bet, bet@example.org, extra", "Not every line is a name"),
        (", bet@example.org", "Not every line is a name"),
    ],
)
def test_nobody_is_invited_while_something_is_wrong_with_the_list(app, admin, lines, problem):
    page = several(admin, lines)
    assert page.problems()[0].startswith(problem)
    assert page.value("Name and e-mail address, a line each") == lines
    assert len(accounts(app)) == 1


def test_the_line_that_is_wrong_is_named(admin):
    wrong = several(admin, "Bet, bet@example.org\nnobody\n\nCai <cai@example.org>\nDon <don>")
    assert "Numbers of the lines to put right: 2, 5" in wrong.said


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ('"Zoë Ŵyn" <zoe@example.org>', "Zoë Ŵyn"),
        ("'Zoë Ŵyn' <zoe@example.org>,", "Zoë Ŵyn"),
        ("\"'Zoë Ŵyn'\" <zoe@example.org>", "Zoë Ŵyn"),
        ("“Zoë Ŵyn” <zoe@example.org>", "Zoë Ŵyn"),
        ('"Ŵyn, Zoë" <zoe@example.org>;', "Ŵyn, Zoë"),
        (r'"Zoë \"Zo\" Ŵyn" <zoe@example.org>', 'Zoë "Zo" Ŵyn'),
        ('"Zoë Ŵyn", zoe@example.org', "Zoë Ŵyn"),
        ("Zoë O'Wyn (Gwent) <zoe@example.org>", "Zoë O'Wyn (Gwent)"),
    ],
)
def test_the_quotation_marks_of_mail_programs_are_no_part_of_a_name(app, admin, line, name):
    several(admin, line)
    assert accounts(app)[-1].name == name


def test_a_name_of_quotation_marks_alone_is_none(admin):
    wrong = several(admin, 'Bet, bet@example.org\n"" <cai@example.org>')
    assert "Numbers of the lines to put right: 2" in wrong.said


def test_roles_change_and_the_record_says_who_did_it(app, admin):
    invited(admin)
    page = admin.open("/en/accounts/2").tick("Analyst", on=False).tick("Moderator").press("Save the roles")
    assert "The roles are saved." in page.said
    with app.state.database.reading() as session:
        entry = session.exec(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert (entry.act, entry.actor, entry.role) == ("account-roles-changed", "account:1", "administrator")
    assert (entry.before, entry.after) == ({"roles": ["analyst"]}, {"roles": ["moderator"]})


def test_the_last_administrator_cannot_stop_being_one(app, admin):
    page = admin.open("/en/accounts/1").tick("Administrator", on=False).tick("Analyst").press("Save the roles")
    assert page.problems() == ["Nobody else is an administrator. Make a colleague administrator first"]


def test_an_administrator_who_stops_being_one_is_led_to_the_desk(app, admin):
    with app.state.database.unit_of_work() as session:
        account(session, "administrator", email="bet@example.org")
    page = admin.open("/en/accounts/1").tick("Administrator", on=False).tick("Analyst").press("Save the roles")
    assert page.path == "/en/desk"
    assert admin.client.get("/en/accounts").status_code == 404


def test_an_account_is_suspended_and_resumed(app, admin):
    with somebody(app, "analyst", email="bet@example.org") as bet:
        assert bet.open("/en/desk").heading == "Your desk"
        page = admin.open("/en/accounts/2").press("Suspend the account")
        assert "Nobody can sign in with it." in page.said
        assert bet.open("/en/desk").heading == "Sign in"
        assert "active again" in page.press("Make the account active again").said


def test_what_a_colleague_did_in_the_meantime_is_said_calmly(app, admin):
    with app.state.database.unit_of_work() as session:
        account(session, "analyst", email="bet@example.org")
    page, theirs = admin.open("/en/accounts/2"), admin.open("/en/accounts/2")
    theirs.press("Suspend the account")
    again = page.press("Suspend the account")
    assert "Somebody else did this in the meantime." in again.said


def test_an_account_that_is_suspended_twice_is_said_to_be_suspended(app, admin):
    with app.state.database.unit_of_work() as session:
        account(session, "analyst", email="bet@example.org")
    page = admin.open("/en/accounts/2")
    first, second = page.press("Suspend the account"), page.press("Suspend the account")
    assert (second.path, second.said) == (first.path, first.said)
    assert letters_and_acts(app) == (1, ["account-suspended"])


def test_an_old_form_does_not_say_that_an_account_is_suspended_which_is_active_again(app, admin):
    with app.state.database.unit_of_work() as session:
        account(session, "analyst", email="bet@example.org")
    old = admin.open("/en/accounts/2")
    old.press("Suspend the account").press("Make the account active again")
    assert "The account is suspended." not in old.press("Suspend the account").said
    assert "The account is suspended." in admin.open("/en/accounts/2").press("Suspend the account").said


def letters_and_acts(app):
    """How many letters were written, and what was recorded of accounts."""
    with app.state.database.reading() as session:
        acts = [one.act for one in session.exec(select(AuditEntry).order_by(AuditEntry.id))]
        return len(session.exec(select(OutboxMessage)).all()), [one for one in acts if one.startswith("account-")]


def test_an_invitation_that_is_sent_twice_is_one(app, admin):
    page = admin.open("/en/accounts/invite").fill("Name", "Bet Enghraifft").fill("E-mail address", "bet@example.org")
    page.tick("Analyst")
    first, second = page.press("Send the invitation"), page.press("Send the invitation")
    assert (second.path, second.said) == (first.path, first.said)
    assert letters_and_acts(app) == (1, ["account-invited"])


def test_invitations_of_several_that_are_sent_twice_are_sent_once_and_lead_to_the_accounts(app, admin):
    lines = "Bet, bet@example.org\nCadi, cadi@example.org"
    page = admin.open("/en/accounts/invite-several").fill("Name and e-mail address, a line each", lines)
    page.tick("Moderator")
    assert "Invited: 2" in page.press("Send the invitations").said
    again = page.press("Send the invitations")
    assert (again.path, again.heading) == ("/en/accounts", "Accounts")
    assert letters_and_acts(app) == (2, ["account-invited", "account-invited"])


def test_an_account_that_is_removed_twice_is_said_to_be_removed(app, admin):
    with app.state.database.unit_of_work() as session:
        account(session, "analyst", email="bet@example.org")
    sure = "Remove the account for good. Name and address are deleted; the record of acts keeps a number only."
    page = admin.open("/en/accounts/2").tick(sure)
    first, second = page.press("Remove the account"), page.press("Remove the account")
    assert (second.path, second.said) == (first.path, first.said)
    assert letters_and_acts(app) == (0, ["account-removed"])


def test_nobody_takes_the_second_factor_off_their_own_account(app, admin):
    with app.state.database.unit_of_work() as session:
        authenticator(session, app.state.vault, session.get(Account, 1))
    page = admin.send("/en/accounts/1/second-factor", {})
    assert "This is your own account. Ask another administrator to do this" in page.said
    assert factors.is_set_up(accounts(app)[0])


def test_an_account_is_removed_for_good_once_that_is_confirmed(app, admin):
    invited(admin)
    page = admin.open("/en/accounts/2").press("Remove the account")
    assert page.problems() == ["Tick the box to say that the account is to be removed for good"]
    sure = "Remove the account for good. Name and address are deleted; the record of acts keeps a number only."
    page = page.tick(sure).press("Remove the account")
    assert "The account is removed." in page.said
    assert "Bet" not in page.said
    assert admin.client.get("/en/accounts/2").status_code == 404
    assert [one.status for one in accounts(app)] == [AccountStatus.active, AccountStatus.removed]
    with app.state.database.reading() as session:
        assert session.exec(select(OutboxMessage)).all() == []


def test_an_invitation_is_sent_again_with_a_new_link(app, admin):
    invited(admin)
    page = admin.open("/en/accounts/2").press("Send the invitation again")
    assert "The old link is good no more." in page.said
    with app.state.database.reading() as session:
        first, second = (one.body for one in session.exec(select(OutboxMessage).order_by(OutboxMessage.id)))
    with Browse(app) as bet:
        assert bet.client.get(re.search(r"8000(/\S+)", first)[1]).status_code == 410
        assert bet.client.get(re.search(r"8000(/\S+)", second)[1]).status_code == 200


PLACES = ("/en/accounts", "/en/accounts/invite", "/en/accounts/invite-several", "/en/accounts/1")


@pytest.mark.parametrize("path", PLACES)
def test_accounts_are_not_there_for_who_does_not_manage_them(app, path):
    with somebody(app, "analyst", "moderator", "communications", "data_protection") as colleague:
        assert colleague.client.get(path).status_code == 404
        assert colleague.client.post(path, data={}).status_code in {404, 405}


def test_two_administrators_at_work_keep_their_languages(app, admin):
    with somebody(app, "administrator", language="cy", email="bet@example.org") as bet:
        assert bet.open("/cy/cyfrifon").lang == "cy"
        assert admin.open("/en/accounts").lang == "en"
