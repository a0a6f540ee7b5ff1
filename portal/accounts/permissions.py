"""What an account may do that is the accounts' own, as named predicates. Pure: they ask of people what people know of
themselves.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

MANAGE_ACCOUNTS = "manage_accounts"
SEE_CASES = "see_cases"
"""To see a case that a resident raised: of councillors, committee and case officers and partners."""

ADMINISTRATOR = "administrator"
"""The one role that must always be held by somebody who can sign in."""

COUNCILLOR = "councillor"
"""The one role that somebody has for the wards whose seats they hold: their e-mail address says which."""

PARTNER = "partner"
"""The one role that somebody has for an organisation: their account says which."""


class Holder(Protocol):
    """Somebody whose permissions are asked for."""

    @property
    def account_id(self) -> int:
        """The number of their account."""

    def may(self, permission: str) -> bool:
        """Whether one of their roles has this permission."""


def may_manage_accounts(person: Holder) -> bool:
    """Invite, change, suspend and remove accounts."""
    return person.may(MANAGE_ACCOUNTS)


def may_see_account(person: Holder, account_id: int) -> bool:
    """Their own, or anybody's for who manages accounts."""
    return person.account_id == account_id or may_manage_accounts(person)


def needs_second_factor(permissions: Mapping[str, bool], held: frozenset[str]) -> bool:
    """Whether one of the held permissions is one that nobody has with a password alone: to publish, to see a case, or
    to say who may. `permissions` are all that there are, each with whether it is such a one.
    """
    return any(permissions[one] for one in held)
