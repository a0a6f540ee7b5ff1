"""Invite, let in, change, suspend, remove: what happens to the account, to its sessions and to the record."""

import datetime as dt

import pytest
from sqlmodel import select

from portal.accounts import factors, links, renewing, service, sessions
from portal.accounts.handing import Handing
from portal.accounts.models import (
    Account,
    AccountLink,
    AccountRole,
    AccountSession,
    AccountStatus,
    LinkPurpose,
    RecoveryCode,
)
from portal.accounts.service import AlreadyKnown, Invited, NobodyLeft, Rights
from portal.audit.models import AuditEntry, AuditSalt
from portal.audit.queries import verify_chain
from portal.lifecycle import OPERATOR, IllegalMove
from portal.settings import Settings
from portal.trouble import Conflict, NotFound, SignedOut
from portal.vault import Vault
from portal.web.identity import Person
from tests.people import account, authenticator, signed_in
from tests.racing import KEY

NOON = dt.datetime(2024, 6, 3, 12, 0, tzinfo=dt.UTC)
MANY = frozenset({"administrator", "analyst"})
NO_WORK = Handing()


def person(made: Account, *roles: str) -> Person:
    return Person(made.key, 0, made.name, "en", frozenset(roles), frozenset())


@pytest.fixture
def two(database):
    """Two administrators: their accounts, and each as who acts."""
    with database.unit_of_work() as session:
        one, other = account(session, "administrator"), account(session, "administrator")
        for made in (one, other):
            signed_in(session, made)
    return [(made, person(made, "administrator")) for made in (one, other)]


def acts(session):
    return [entry.act for entry in session.exec(select(AuditEntry).order_by(AuditEntry.id))]


def everything(session):
    """All that the database says of people, as one text."""
    tables = (Account, AccountRole, AccountLink, AccountSession, RecoveryCode, AuditEntry)
    return " ".join(str(row.model_dump()) for table in tables for row in session.exec(select(table)))


def test_somebody_is_invited_and_accepts_once(database):
    with database.unit_of_work() as session:
        made, token = service.invite(session, OPERATOR, Invited("Ann Example", "Ann@example.org", "cy", MANY))
        assert (made.status, made.email, made.language) == (AccountStatus.invited, "Ann@example.org", "cy")
        assert sessions.roles_of(session, made.key) == MANY
    with database.unit_of_work() as session:
        link, found = links.find(session, LinkPurpose.invitation, token)
        assert service.accept(session, link, found, "hash one")
        assert not service.accept(session, link, found, "hash two")
    with database.reading() as session:
        kept = session.get(Account, made.key)
        assert (kept.status, kept.password_hash) == (AccountStatus.active, "hash one")
        assert acts(session) == ["account-invited", "account-accepted"]
        assert "Ann" not in str([one.model_dump() for one in session.exec(select(AuditEntry))])
        assert verify_chain(session).whole


@pytest.mark.parametrize("again", ["ann@example.org", "ANN@EXAMPLE.ORG", "ann+desk@example.org"])
def test_a_mailbox_has_one_account_however_it_is_written(database, again):
    with database.unit_of_work() as session:
        service.invite(session, OPERATOR, Invited("Ann", "Ann@example.org", "en", MANY))
        with pytest.raises(AlreadyKnown):
            service.invite(session, OPERATOR, Invited("Another", again, "en", MANY))
        service.invite(session, OPERATOR, Invited("Bet", "bet@example.org", "en", MANY))
    with database.reading() as session:
        assert [one.name for one in session.exec(select(Account).order_by(Account.id))] == ["Ann", "Bet"]


def test_a_new_link_takes_the_place_of_the_old_one(database):
    with database.unit_of_work() as session:
        made, first = service.invite(session, OPERATOR, Invited("Ann", "ann@example.org", "en", MANY))
        second = service.invite_again(session, OPERATOR, made)
        assert links.find(session, LinkPurpose.invitation, first) is None
        assert links.find(session, LinkPurpose.password, second) is None
        link, found = links.find(session, LinkPurpose.invitation, second)
        service.accept(session, link, found, "hash")
        with pytest.raises(Conflict):
            service.invite_again(session, OPERATOR, made)


def test_a_new_password_signs_every_other_browser_out(database, two):
    (made, _), (other, _) = two
    with database.unit_of_work() as session:
        signed_in(session, made)
        session.flush()
        kept = session.exec(select(AccountSession.id).where(AccountSession.account_id == made.key)).first()
        service.set_password(session, session.get(Account, made.key), "new", session_id=kept)
    with database.reading() as session:
        left = session.exec(select(AccountSession.account_id)).all()
        assert sorted(left) == sorted([made.key, other.key])


def test_a_link_for_a_password_is_good_once_and_only_while_the_account_is_active(database, two):
    (made, _), (_, boss) = two
    with database.unit_of_work() as session:
        ours = session.get(Account, made.key)
        renewing.ask_for_password(session, ours.email.upper())
        renewing.ask_for_password(session, "nobody@example.org")
        ((found, token),) = renewing.requested_passwords(session)
        assert renewing.requested_passwords(session) == []
        link, _ = links.find(session, LinkPurpose.password, token)
        assert service.set_password(session, found, "one", link=link)
        assert not service.set_password(session, found, "two", link=link)
        renewing.ask_for_password(session, ours.email)
        ((_, token),) = renewing.requested_passwords(session)
        service.suspend(session, boss, ours, NO_WORK)
        link, found = links.find(session, LinkPurpose.password, token)
        assert not service.set_password(session, found, "three", link=link)
        assert found.password_hash == "one"


def test_whoever_asks_for_somebodys_password_sends_one_letter_and_ends_no_link(database, two, time_machine):
    ((made, _), _) = two
    time_machine.move_to(NOON, tick=False)
    tokens = []
    for minutes in (0, 1, 14, 16, 31):
        time_machine.move_to(NOON + dt.timedelta(minutes=minutes), tick=False)
        with database.unit_of_work() as session:
            renewing.ask_for_password(session, made.email)
            tokens.append([token for _, token in renewing.requested_passwords(session)])
    assert [len(one) for one in tokens] == [1, 0, 0, 1, 1]
    with database.unit_of_work() as session:
        link, found = links.find(session, LinkPurpose.password, tokens[0][0])
        assert service.set_password(session, found, "one", link=link)
        assert links.find(session, LinkPurpose.password, tokens[0][0]) is not None
        assert links.find(session, LinkPurpose.password, tokens[-1][0]) is None


def test_who_lost_the_permission_since_the_page_was_read_does_nothing_more_with_it(database, two):
    (made, _), (other, _) = two
    with database.unit_of_work() as session:
        session.add(AccountRole(account_id=other.key, role="communications"))
        session.flush()
        session.delete(session.get(AccountRole, (other.key, "administrator")))
    late = person(other, "administrator", "communications")
    with pytest.raises(SignedOut), database.unit_of_work() as session:
        service.remove(session, late, service.get_account(session, made.key), NO_WORK)


def test_of_a_removed_account_no_name_or_address_can_be_tried_on_the_record(database, two):
    ((_, boss), _) = two
    with database.unit_of_work() as session:
        made, _ = service.invite(session, OPERATOR, Invited("Ann", "ann@example.org", "en", MANY))
        service.rename(session, OPERATOR, made, "Ann Example", "cy")
        service.invite(session, OPERATOR, Invited("Bet", "bet@example.org", "en", MANY))
    with database.unit_of_work() as session:
        service.remove(session, boss, service.get_account(session, made.key), NO_WORK)
    with database.reading() as session:
        about = select(AuditEntry.thing).join(AuditSalt, AuditSalt.entry_id == AuditEntry.id)
        assert set(session.exec(about)) == {f"account:{made.key + 1}"}
        assert verify_chain(session).whole


def test_whoever_gains_or_loses_a_role_signs_in_anew(database, two):
    (_, boss), (other, _) = two
    with database.unit_of_work() as session:
        service.change_roles(session, boss, session.get(Account, other.key), Rights(frozenset({"analyst"})), NO_WORK)
        assert sessions.roles_of(session, other.key) == {"analyst"}
        assert session.exec(select(AccountSession).where(AccountSession.account_id == other.key)).all() == []
        before = acts(session)
        service.change_roles(session, boss, session.get(Account, other.key), Rights(frozenset({"analyst"})), NO_WORK)
        assert acts(session) == before


def test_there_is_always_an_administrator_who_can_sign_in(database, two):
    (one, boss), (other, _) = two
    with database.unit_of_work() as session:
        service.suspend(session, boss, session.get(Account, other.key), NO_WORK)
        with pytest.raises(NobodyLeft):
            service.change_roles(session, boss, session.get(Account, one.key), Rights(frozenset({"analyst"})), NO_WORK)
        service.resume(session, boss, session.get(Account, other.key))
        service.change_roles(session, boss, session.get(Account, one.key), Rights(frozenset({"analyst"})), NO_WORK)


def test_nobody_suspends_or_removes_their_own_account(database, two):
    (one, boss), _ = two
    with database.unit_of_work() as session:
        mine = session.get(Account, one.key)
        with pytest.raises(IllegalMove, match="own_account"):
            service.suspend(session, boss, mine, NO_WORK)
        with pytest.raises(IllegalMove, match="own_account"):
            service.remove(session, boss, mine, NO_WORK)


def test_the_second_of_two_who_remove_each_other_is_not_there_any_more(database, two):
    (one, first), (other, second) = two
    with database.unit_of_work() as session:
        service.remove(session, first, session.get(Account, other.key), NO_WORK)
    with database.unit_of_work() as session, pytest.raises(SignedOut):
        service.remove(session, second, session.get(Account, one.key), NO_WORK)


def test_what_is_removed_leaves_nothing_but_a_number(database, two):
    (_, boss), _ = two
    with database.unit_of_work() as session:
        made, _ = service.invite(session, boss.actor, Invited("Cadi Example", "cadi@example.org", "cy", MANY))
        signed_in(session, made)
        session.add(RecoveryCode(account_id=made.key, code_hash="x"))
        session.flush()
        assert "Cadi" in everything(session)
        service.remove(session, boss, made, NO_WORK)
    with database.reading() as session:
        said = everything(session)
        assert "Cadi" not in said
        assert "cadi" not in said
        assert session.exec(select(AccountSession).where(AccountSession.account_id == made.key)).all() == []
        with pytest.raises(NotFound):
            service.get_account(session, made.key)
        assert acts(session)[-1] == "account-removed"
    with database.unit_of_work() as session:
        again, _ = service.invite(session, boss.actor, Invited("Cadi Example", "cadi@example.org", "cy", MANY))
        assert again.key != made.key


def test_the_same_roles_again_change_nothing(database, two):
    (_, boss), (other, _) = two
    with database.unit_of_work() as session:
        assert not service.change_roles(
            session, boss, session.get(Account, other.key), Rights(frozenset({"administrator"})), NO_WORK
        )
        assert acts(session) == []
        assert service.change_roles(
            session, boss, session.get(Account, other.key), Rights(frozenset({"analyst"})), NO_WORK
        )


def test_who_lost_the_authenticator_sets_up_anew(database, two):
    (_, boss), (other, _) = two
    with database.unit_of_work() as session:
        theirs = session.get(Account, other.key)
        authenticator(session, Vault(Settings(secret_keys=KEY)), theirs)
        service.take_factor_away(session, boss, theirs)
        assert not factors.is_set_up(theirs)
        assert session.exec(select(AccountSession).where(AccountSession.account_id == other.key)).all() == []
        assert acts(session)[-1] == "account-second-factor-removed"
