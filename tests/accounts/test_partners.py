"""A partner's contact acts for one organisation: whoever invites says which, and the accounts show it."""

import pytest
from sqlmodel import select

from portal import clock
from portal.accounts.models import Account, AccountSession
from portal.accounts.personal import personal
from portal.audit.models import AuditEntry
from portal.lifecycle import OPERATOR
from portal.notifications.models import OutboxMessage
from portal.organisations.models import Organisation, OrganisationKind
from portal.organisations.service import Kind, end_on
from tests.checks import every, words
from tests.people import account, signed_in, somebody

ORGANISATION = "Organisation that a partner’s contact acts for"
CHOOSE = "Choose the organisation that the partner’s contact acts for"
NONE_THAT_GOES_ON = "This person acts for no organisation that goes on."


@pytest.fixture
def bodies(app):
    """Organisations that go on, and one that has ended. The numbers by name."""
    with app.state.database.unit_of_work() as session:
        made = {
            name: Organisation(code=name.lower(), kind=OrganisationKind.other, name_en=name, name_cy=f"{name} Cymraeg")
            for name in ("Fire", "Health", "Gone")
        }
        session.add_all(made.values())
        session.flush()
        ended(session, made["Gone"])
        return {name: one.key for name, one in made.items()}


def ended(session, organisation):
    end_on(session, OPERATOR, Kind.organisation, organisation, clock.today())


def ends(app, number):
    with app.state.database.unit_of_work() as session:
        ended(session, session.get_one(Organisation, number))


def invited(admin, organisation="", *roles, name="Bet Example"):
    page = admin.open("/en/accounts/invite").fill("Name", name).fill("E-mail address", "bet@example.org")
    for role in roles or ("Partner contact",):
        page.tick(role)
    return page.fill(ORGANISATION, str(organisation)).press("Send the invitation")


def organisations_of(app):
    with app.state.database.reading() as session:
        return [one.organisation_id for one in session.exec(select(Account).order_by(Account.id))][1:]


def entries(app, act):
    with app.state.database.reading() as session:
        return session.exec(select(AuditEntry).where(AuditEntry.act == act)).all()


def test_a_partners_contact_is_invited_for_an_organisation_that_goes_on(app, admin, bodies):
    form = admin.open("/en/accounts/invite")
    assert [words(one) for one in every(form.field(ORGANISATION), "option")] == [
        "Choose an organisation",
        "Fire",
        "Health",
    ]
    page = invited(admin, bodies["Health"])
    assert "The invitation is on its way." in page.said
    assert "Partner contact for Health" in page.said
    assert "Partner contact for Health" in admin.open("/en/accounts").said
    assert "Health Cymraeg" in page.in_other_language().said
    assert NONE_THAT_GOES_ON not in page.said
    assert organisations_of(app) == [bodies["Health"]]
    assert entries(app, "account-invited")[0].after["organisation"] == f"organisation:{bodies['Health']}"


@pytest.mark.parametrize("name", ["", "Gone", "nowhere"])
def test_a_partners_contact_without_an_organisation_that_goes_on_is_not_invited(app, admin, bodies, name):
    page = admin.send(
        "/en/accounts/invite",
        {
            "name": "Bet",
            "email": "bet@example.org",
            "roles": ["partner"],
            "organisation": str(bodies.get(name, 99 if name else "")),
        },
    )
    assert page.problems() == [CHOOSE]
    assert page.value("Name") == "Bet"
    assert organisations_of(app) == []


def test_the_organisation_that_was_chosen_is_kept_while_something_else_is_wrong(admin, bodies):
    page = invited(admin, bodies["Fire"], name="")
    assert page.problems() == ["Write the person’s name"]
    assert page.value(ORGANISATION) == str(bodies["Fire"])


def test_who_is_no_partners_contact_acts_for_no_organisation(app, admin, bodies):
    page = invited(admin, bodies["Fire"], "Analyst")
    assert "The invitation is on its way." in page.said
    assert "Partner contact for" not in page.said
    assert organisations_of(app) == [None]


def test_many_are_invited_for_one_organisation(app, admin, bodies):
    lines = "Bet, bet@example.org\nCadi, cadi@example.org"
    page = admin.open("/en/accounts/invite-several").fill("Name and e-mail address, a line each", lines)
    page = page.tick("Partner contact").press("Send the invitations")
    assert page.problems() == [CHOOSE]
    assert page.value("Name and e-mail address, a line each") == lines
    page = page.fill(ORGANISATION, str(bodies["Fire"])).press("Send the invitations")
    assert "Bet, bet@example.org, Partner contact for Fire" in page.said
    assert "Cadi, cadi@example.org, Partner contact for Fire" in page.said
    assert organisations_of(app) == [bodies["Fire"]] * 2


@pytest.fixture
def contact(app, admin, bodies):
    """Who acts for Fire, and is signed in; the number of the account."""
    with app.state.database.unit_of_work() as session:
        made = account(session, "partner", name="Bet Example", email="bet@example.org")
        made.organisation_id = bodies["Fire"]
        signed_in(session, made)
        return made.key


def test_the_organisation_is_changed_on_the_account_and_the_record_says_from_which_to_which(
    app, admin, bodies, contact
):
    page = admin.open(f"/en/accounts/{contact}")
    assert page.value(ORGANISATION) == str(bodies["Fire"])
    page = page.fill(ORGANISATION, str(bodies["Health"])).press("Save the roles")
    assert "The roles are saved." in page.said
    assert "Partner contact for Health" in page.said
    (entry,) = entries(app, "account-organisation-changed")
    assert (entry.actor, entry.thing) == ("account:1", f"account:{contact}")
    assert (entry.before, entry.after) == (
        {"organisation": f"organisation:{bodies['Fire']}"},
        {"organisation": f"organisation:{bodies['Health']}"},
    )
    assert entries(app, "account-roles-changed") == []
    with app.state.database.reading() as session:
        assert session.exec(select(AccountSession).where(AccountSession.account_id == contact)).all() == []
        (letter,) = session.exec(select(OutboxMessage))
    assert "From now on these are your roles" in letter.body


def test_the_same_organisation_again_changes_nothing(app, admin, contact):
    admin.open(f"/en/accounts/{contact}").press("Save the roles")
    assert entries(app, "account-organisation-changed") == []
    with app.state.database.reading() as session:
        assert len(session.exec(select(AccountSession).where(AccountSession.account_id == contact)).all()) == 1


def test_who_loses_the_role_acts_for_no_organisation_any_more(app, admin, bodies, contact):
    page = admin.open(f"/en/accounts/{contact}").tick("Partner contact", on=False).tick("Analyst")
    assert "Partner contact for" not in page.press("Save the roles").said
    assert organisations_of(app) == [None]
    (entry,) = entries(app, "account-organisation-changed")
    assert (entry.before, entry.after) == ({"organisation": f"organisation:{bodies['Fire']}"}, {})


def test_who_becomes_a_partners_contact_needs_an_organisation(app, admin, bodies):
    with somebody(app, "analyst", email="cai@example.org"):
        page = admin.open("/en/accounts/2").tick("Partner contact").press("Save the roles")
        assert page.problems() == [CHOOSE]
        assert "checked" in page.field("Partner contact").attrib
        assert "Partner contact for Fire" in page.fill(ORGANISATION, str(bodies["Fire"])).press("Save the roles").said


def test_where_the_organisation_ended_the_list_and_the_account_say_so_and_another_is_asked_for(
    app, admin, bodies, contact
):
    ends(app, bodies["Fire"])
    for path in ("/en/accounts", f"/en/accounts/{contact}"):
        assert "Partner contact for Fire, which has ended" in admin.open(path).said
    page = admin.open(f"/en/accounts/{contact}")
    assert NONE_THAT_GOES_ON in page.said
    assert page.press("Save the roles").problems() == [CHOOSE]
    page = page.fill(ORGANISATION, str(bodies["Health"])).press("Save the roles")
    assert NONE_THAT_GOES_ON not in page.said


def test_who_asks_what_is_held_about_them_is_told_the_organisation(app, contact):
    with app.state.database.reading() as session:
        (theirs, _) = personal.held(session, "bet@example.org")
        assert theirs.fields["organisation"] == "Fire"


def test_a_partners_contact_for_whom_nothing_was_chosen_is_seen(app, admin):
    with somebody(app, "partner"):
        assert "Partner contact: no organisation chosen yet" in admin.open("/en/accounts").said
        assert NONE_THAT_GOES_ON in admin.open("/en/accounts/2").said
