"""What accounts hold about a person. The account itself is taken away by an administrator, who sees to its open work;
what was only asked for or sent goes at once.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlmodel import Session, col, delete, func, select

from portal.accounts.models import Account, AccountLink, AccountSession, PasswordRequest
from portal.accounts.service import reference_of
from portal.accounts.sessions import roles_of
from portal.audit.service import record
from portal.lifecycle import Actor
from portal.notifications.rules import mailbox
from portal.organisations.queries import organisations_by_number
from portal.web.manifest import Held, PersonalData

KEPT_BECAUSE = "account_in_use"


def held(session: Session, email: str) -> Iterable[Held]:
    """The account of an address, where its holder is signed in, and whether a new password was asked for."""
    account = _find(session, email)
    if account is not None:
        yield Held("account", _fields(session, account))
        theirs = select(AccountSession).where(AccountSession.account_id == account.key).order_by(col(AccountSession.id))
        for one in session.exec(theirs):
            yield Held(
                "session",
                {"device": one.device, "began_at": one.began_at.isoformat(), "seen_at": one.seen_at.isoformat()},
            )
        for link in session.exec(select(AccountLink).where(AccountLink.account_id == account.key)):
            yield Held("link", {"purpose": str(link.purpose), "made_at": link.made_at.isoformat()})
    for asked in session.exec(select(PasswordRequest).where(PasswordRequest.email_key == mailbox(email))):
        yield Held("password_request", {"asked_at": asked.asked_at.isoformat()})


def erase(session: Session, actor: Actor, email: str) -> int:
    """Delete requests for a password and links; the account stays."""
    asked = delete(PasswordRequest).where(col(PasswordRequest.email_key) == mailbox(email))
    gone = int(session.exec(asked).rowcount)
    account = _find(session, email)
    if account is None:
        return gone
    links = int(session.exec(delete(AccountLink).where(col(AccountLink.account_id) == account.key)).rowcount)
    if links:
        record(session, actor, "account-links-erased", reference_of(account.key), after={"links": links})
    return gone + links


def _find(session: Session, email: str) -> Account | None:
    by_mailbox, as_typed = col(Account.email_key) == mailbox(email), func.lower(col(Account.email)) == email
    return session.exec(select(Account).where(by_mailbox | as_typed)).first()


def _fields(session: Session, account: Account) -> dict[str, str]:
    acts_for = organisations_by_number(session, [account.organisation_id])
    fields = {
        "name": account.name,
        "email": account.email or "",
        "language": account.language,
        "status": str(account.status),
        "roles": ", ".join(sorted(roles_of(session, account.key))),
        "organisation": ", ".join(one.name(account.language) for one in acts_for.values()),
        "invited_at": account.invited_at.isoformat(),
        "signed_in_at": account.signed_in_at.isoformat() if account.signed_in_at else "",
    }
    return {name: value for name, value in fields.items() if value}


personal = PersonalData(held, erase, KEPT_BECAUSE)
