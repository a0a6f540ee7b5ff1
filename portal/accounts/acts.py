"""The acts of accounts in words, for who reads the record, and by what name it knows an account."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum

from sqlmodel import Session, col, select

from portal.accounts.models import Account, AccountStatus
from portal.web.identity import ACCOUNT
from portal.web.language import N_
from portal.web.manifest import Found, FoundThing, ThingKind, numbers


class SignedIn(StrEnum):
    """How somebody signed in: one act for each whole sign-in, and none for a try. Which browser it was their own page
    says, for as long as they are signed in there; the record does not.
    """

    password = "account-signed-in"  # noqa: S105 - the code of an act
    authenticator = "account-signed-in-authenticator"
    recovery_code = "account-signed-in-recovery-code"


ACTS = {
    "account-invited": N_("Invitation to an account sent"),
    "account-invited-again": N_("Invitation to an account sent again"),
    "account-accepted": N_("Invitation accepted"),
    "account-let-in": N_("Account opened at the command line, with a new password and without an authenticator"),
    "account-changed": N_("Name or language of an account changed"),
    "account-roles-changed": N_("Roles of an account changed"),
    "account-organisation-changed": N_("Organisation of a partner’s contact changed"),
    "account-password-refused": N_("Suspended person told that no password can be set"),
    "account-password-asked-for": N_("Link to a new password sent"),
    "account-password-changed": N_("Password set or changed"),
    "account-recovery-codes-renewed": N_("New recovery codes made"),
    "account-second-factor-removed": N_("Authenticator taken off an account"),
    SignedIn.password: N_("Signed in with a password alone"),
    SignedIn.authenticator: N_("Signed in with a password and an authenticator"),
    SignedIn.recovery_code: N_("Signed in with a password and a recovery code, which is used up"),
    "account-second-factor-set-up": N_("Authenticator set up"),
    "account-browsers-signed-out": N_("Browsers signed out by the holder of an account"),
    "account-suspended": N_("Account suspended"),
    "account-resumed": N_("Suspended account made active again"),
    "account-removed": N_("Account removed for good"),
    "account-links-erased": N_("Links sent to the holder of an account erased at a person’s request"),
}


def _holders(session: Session, keys: Collection[str]) -> Found:
    """Accounts that were not removed, by the name of their holder."""
    wanted = select(Account.id, Account.name).where(col(Account.id).in_(numbers(keys)))
    rows = session.exec(wanted.where(Account.status != AccountStatus.removed))
    return {str(key): FoundThing("accounts:show", {"id": key}, name, name) for key, name in rows}


THINGS = (ThingKind(ACCOUNT, N_("Account"), _holders, gone=N_("An account that was removed")),)
