"""Open work of who is removed, suspended or loses a role goes to a colleague who may do it, or back to everybody."""

import threading
from contextlib import suppress

import pytest
from sqlmodel import select

from portal.accounts import service
from portal.accounts.handing import EVERYBODY, Handing, may_take
from portal.accounts.models import Account, AccountStatus
from portal.accounts.service import Rights
from portal.accounts.sessions import roles_of
from portal.audit.models import AuditEntry
from portal.contact import service as contact
from portal.contact.models import Inbox, Message
from portal.lifecycle import OPERATOR, Reference
from portal.moderation import holding
from portal.moderation import service as moderation
from portal.moderation.models import ModerationItem
from portal.web.identity import Person
from tests.checks import every, words
from tests.people import account, somebody

REFERENCE = "aaaa-aaaa"
LEAVING = "Who takes over the open work"
SUSPENDED = "Who takes over the open work while the account is suspended"
LOSING = "Who takes over the open work that these roles do not allow"
SURE = "Remove the account for good. Name and address are deleted; the record of acts keeps a number only."
CHOOSE = "Choose who takes over the open work"
NOBODY = "No colleague may do all of the open work. It is put back for whoever comes first."
FREE = ["Choose a colleague", "whoever comes first"]


@pytest.fixture
def office(app, admin):
    """Colleagues of every kind, and Cerys, who has said that she will answer a message. The numbers by name."""
    with app.state.database.unit_of_work() as session:
        made = {
            name: account(session, *roles, name=name)
            for name, roles in {
                "Cerys": ("case_officer",),
                "Bob": ("communications",),
                "Cai": ("case_officer", "moderator"),
                "Dot": ("councillor",),
                "Eve": ("analyst",),
                "Fay": ("communications",),
            }.items()
        }
        made["Fay"].status = AccountStatus.suspended
        contact.receive(
            session, Message(reference=REFERENCE, inbox=Inbox.general, about="", text="Dark here", language="en")
        )
        contact.claim(session, OPERATOR, REFERENCE, made["Cerys"].key)
        return {name: one.key for name, one in made.items()}


def holder(app):
    with app.state.database.reading() as session:
        return contact.get_message(session, REFERENCE).claimed_by


def held(app, number):
    with app.state.database.reading() as session:
        return session.get_one(Account, number).status, roles_of(session, number)


def entries(app, act):
    with app.state.database.reading() as session:
        return session.exec(select(AuditEntry).where(AuditEntry.act == act).order_by(AuditEntry.id)).all()


def offered(page, label):
    return [words(one) for one in every(page.field(label), "option")]


def moderated(app, number):
    """An item of the queue that this account holds."""
    with app.state.database.unit_of_work() as session:
        item = moderation.submit(session, moderation.Submission(Reference("issue", "1"), {"text": "x"}, "en", "/en"))
        person = Person(number, 0, "", "en", frozenset({"moderator"}), frozenset({"moderate"}))
        holding.claim(session, person, item.key)
        return item.key


def moderator_of(app, item):
    with app.state.database.reading() as session:
        return session.get_one(ModerationItem, item).claimed_by


def gone(app, *numbers):
    """These accounts are suspended meanwhile."""
    with app.state.database.unit_of_work() as session:
        for number in numbers:
            session.get_one(Account, number).status = AccountStatus.suspended


def test_only_who_may_do_the_work_is_offered_to_take_it_over(admin, office):
    page = admin.open(f"/en/accounts/{office['Cerys']}")
    assert offered(page, LEAVING) == offered(page, SUSPENDED) == [*FREE, "Bob", "Cai"]


@pytest.mark.parametrize("name", ["Dot", "Eve", "Fay", "Cerys", ""])
def test_work_is_left_to_nobody_who_cannot_open_it_and_nothing_is_changed(app, admin, office, name):
    leaving, heir = office["Cerys"], str(office.get(name, ""))
    page = admin.send(f"/en/accounts/{leaving}/remove", {"sure": "yes", "heir": heir})
    assert page.problems() == [CHOOSE]
    assert "checked" in page.field(SURE).attrib
    assert admin.send(f"/en/accounts/{leaving}/suspend", {"suspend_heir": heir}).problems() == [CHOOSE]
    chosen = {"roles": ["analyst"], "roles_heir": heir}
    assert admin.send(f"/en/accounts/{leaving}/roles", chosen).problems() == [CHOOSE]
    assert held(app, leaving) == (AccountStatus.active, {"case_officer"})
    assert holder(app) == leaving


def test_who_is_removed_leaves_the_work_to_who_may_do_it(app, admin, office):
    page = admin.open(f"/en/accounts/{office['Cerys']}").fill(LEAVING, str(office["Bob"]))
    page = page.press("Remove the account")
    assert page.value(LEAVING) == str(office["Bob"])
    assert "The account is removed." in page.tick(SURE).press("Remove the account").said
    assert holder(app) == office["Bob"]


def test_where_nobody_may_do_the_work_the_page_says_so_and_it_is_put_back(app, admin, office):
    gone(app, office["Bob"], office["Cai"])
    page = admin.open(f"/en/accounts/{office['Cerys']}")
    assert page.said.count(NOBODY) == 2
    assert "The account is removed." in page.tick(SURE).press("Remove the account").said
    assert holder(app) is None
    assert entries(app, "message-handed-over")[-1].after == {}


@pytest.mark.both_databases
def test_who_loses_the_role_of_their_work_is_asked_for_an_heir_and_keeps_what_was_ticked(app, admin, office):
    page = admin.open(f"/en/accounts/{office['Cerys']}").tick("Community safety officer", on=False)
    page = page.tick("Analyst").press("Save the roles")
    assert page.problems() == [CHOOSE]
    assert held(app, office["Cerys"])[1] == {"case_officer"}
    assert "checked" in page.field("Analyst").attrib
    assert "checked" not in page.field("Community safety officer").attrib
    assert offered(page, LOSING) == [*FREE, "Bob", "Cai"]
    assert "The roles are saved." in page.fill(LOSING, str(office["Cai"])).press("Save the roles").said
    assert held(app, office["Cerys"])[1] == {"analyst"}
    assert holder(app) == office["Cai"]
    handed, changed = entries(app, "message-handed-over")[-1], entries(app, "account-roles-changed")[-1]
    assert (handed.actor, handed.after) == ("account:1", {"claimed_by": f"account:{office['Cai']}"})
    assert (changed.before, changed.after) == ({"roles": ["case_officer"]}, {"roles": ["analyst"]})


def test_work_of_a_lost_role_is_put_back_where_that_is_chosen_or_nobody_else_may_do_it(app, admin, office):
    gone(app, office["Bob"], office["Cai"])
    page = admin.open(f"/en/accounts/{office['Cerys']}").tick("Community safety officer", on=False)
    page = page.tick("Analyst").press("Save the roles")
    assert [one.startswith("There is open work, and no colleague may do all of it.") for one in page.problems()] == [1]
    assert (holder(app), page.said.count(NOBODY)) == (office["Cerys"], 3)
    assert "The roles are saved." in page.press("Save the roles").said
    assert holder(app) is None


def test_who_may_still_do_the_work_with_other_roles_keeps_it_and_nothing_is_asked(app, admin, office):
    page = admin.open(f"/en/accounts/{office['Cerys']}").tick("Community safety officer", on=False)
    assert "The roles are saved." in page.tick("Communications officer").press("Save the roles").said
    assert holder(app) == office["Cerys"]


@pytest.mark.parametrize("name", ["Bob", ""])
def test_who_is_suspended_holds_no_work(app, admin, office, name):
    heir = str(office.get(name, EVERYBODY))
    page = admin.open(f"/en/accounts/{office['Cerys']}").press("Suspend the account")
    assert page.problems() == [CHOOSE]
    page = page.fill(SUSPENDED, heir).press("Suspend the account")
    assert "The account is suspended." in page.said
    assert holder(app) == (int(heir) or None)
    assert entries(app, "account-suspended")[-1].after == {"handed_over": 1}
    assert "active again" in page.press("Make the account active again").said
    assert holder(app) == (int(heir) or None)


def test_a_suspended_moderator_keeps_nobody_from_what_they_held(app, admin, office):
    cai = office["Cai"]
    item = moderated(app, cai)
    page = admin.open(f"/en/accounts/{cai}")
    assert page.said.count(NOBODY) == 2
    assert "The account is suspended." in page.press("Suspend the account").said
    assert moderator_of(app, item) is None
    (entry,) = entries(app, "moderation-put-back")
    assert (entry.actor, entry.before) == ("account:1", {"from": cai})


@pytest.mark.both_databases
def test_work_of_two_kinds_goes_to_who_may_do_both_and_a_lost_role_takes_only_its_own(app, admin, office):
    cai = office["Cai"]
    item = moderated(app, cai)
    with app.state.database.unit_of_work() as session:
        contact.hand_over(session, OPERATOR, REFERENCE, cai)
        both = account(session, "communications", "moderator", name="Gwen").key
        account(session, "moderator", name="Huw")
    page = admin.open(f"/en/accounts/{cai}")
    assert offered(page, LEAVING) == [*FREE, "Gwen"]
    page = page.tick("Moderator", on=False).press("Save the roles")
    assert offered(page, LOSING) == [*FREE, "Gwen", "Huw"]
    page.fill(LOSING, str(both)).press("Save the roles")
    assert (holder(app), moderator_of(app, item)) == (cai, both)


def test_work_that_was_taken_up_since_the_page_was_opened_is_asked_for(app, admin, office):
    page = admin.open(f"/en/accounts/{office['Bob']}")
    with app.state.database.unit_of_work() as session:
        contact.hand_over(session, OPERATOR, REFERENCE, office["Bob"])
    page = page.press("Suspend the account")
    assert page.problems() == [CHOOSE]
    assert offered(page, SUSPENDED) == [*FREE, "Cai", "Cerys"]
    assert held(app, office["Bob"])[0] is AccountStatus.active


def test_an_heir_who_lost_the_right_since_the_page_was_opened_gets_nothing(app, admin, office):
    page = admin.open(f"/en/accounts/{office['Cerys']}").fill(SUSPENDED, str(office["Bob"]))
    gone(app, office["Bob"])
    page = page.press("Suspend the account")
    assert page.problems() == [CHOOSE]
    assert offered(page, SUSPENDED) == [*FREE, "Cai"]
    assert holder(app) == office["Cerys"]


@pytest.mark.both_databases
def test_who_may_no_longer_do_it_takes_up_nothing(app, office):
    with somebody(app, "communications", name="Ina") as ina, app.state.database.unit_of_work() as session:
        number = session.exec(select(Account.id).where(Account.name == "Ina")).one()
        assert may_take(session, {"communications"}, number)
        assert not may_take(session, {"moderator"}, number)
        assert not may_take(session, {"communications"}, office["Fay"])
        assert not may_take(session, {"communications"}, 999)
        del ina


def boss(app):
    return Person(1, 0, "", "en", frozenset({"administrator"}), frozenset())


def suspending(app, session, number):
    given = Handing(tuple(app.state.open_work), app.state.roles, EVERYBODY)
    service.suspend(session, boss(app), service.get_account(session, number), given)


def losing(app, session, number):
    given = Handing(tuple(app.state.open_work), app.state.roles, EVERYBODY)
    service.change_roles(
        session, boss(app), service.get_account(session, number), Rights(frozenset({"analyst"})), given
    )


def taking(app, session, number):
    if may_take(session, {"communications", "case_officer"}, number):
        contact.claim(session, OPERATOR, REFERENCE, number)


@pytest.mark.both_databases
@pytest.mark.parametrize("ending", [suspending, losing])
@pytest.mark.parametrize("is_taken_first", [True, False])
def test_what_is_taken_up_at_that_instant_stays_with_nobody_who_lost_the_right(app, office, ending, is_taken_first):
    bob, database = office["Bob"], app.state.database
    with database.unit_of_work() as session:
        contact.hand_over(session, OPERATOR, REFERENCE, None)
    first, second = (taking, ending) if is_taken_first else (ending, taking)

    def follow():
        with suppress(contact.TakenByAnother), database.unit_of_work() as session:
            second(app, session, bob)

    late = threading.Thread(target=follow)
    with database.unit_of_work() as session:
        first(app, session, bob)
        session.flush()
        late.start()
        late.join(0.3)
        assert late.is_alive()
    late.join()
    assert holder(app) is None
