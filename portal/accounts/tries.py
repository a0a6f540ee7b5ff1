"""How often passwords and codes may be tried. Whoever guesses is stopped, from one place or from many, and one stranger
alone keeps no owner out.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Protocol

from sqlmodel import Session
from starlette.requests import Request

from portal import clock
from portal.accounts import factors, known, mailing
from portal.accounts.models import WITH_PASSWORD, Account
from portal.accounts.passwords import Checked
from portal.notifications.rules import mailbox
from portal.trouble import TooOften
from portal.vault import Vault
from portal.web import limits
from portal.web.letters import Office
from portal.web.limits import Limit

OWN_PASSWORD = Limit("own-password", times=7, seconds=900)
CODES = Limit("second-factor", times=5, seconds=900)
_FROM_HERE = Limit("sign-in", times=20, seconds=900)
"""Wrong passwords from one network, whose they may be: a whole council can have a single address, so what is right is
given back. While they are checked at most so many are on their way.
"""
_ACCOUNT_FROM_HERE = Limit("sign-in-account", times=7, seconds=900)
_ACCOUNT_FROM_ANYWHERE = Limit("sign-in-account-anywhere", times=50, seconds=900)
"""Eight networks have to join to reach it, and then they keep the owner out of browsers that are not known, and of no
other. It is 4,800 guesses a day: a list of ten million leaked passwords lasts for more than five years. What is right
is counted here as well: whoever knows a password keeps the processor busy with it no more than whoever does not.
"""
_RECOVERY_CODES = Limit("recovery-code", times=5, seconds=900)
"""Counted apart, so that they are good while codes of the authenticator must wait."""
_WRONG_CODES = Limit("second-factor-wrong", times=20, seconds=86_400)
"""Three codes of a million are good at a time: at 20 guesses a day one is met in some 45 years."""
_UNTOLD = Limit("second-factor-untold", times=4, seconds=86_400)
"""So many wrong codes a day are anybody's mistakes. The owner is told of the next."""
_LETTERS = Limit("second-factor-letter", times=1, seconds=86_400)


class Desk(Office, Protocol):
    """Where codes are looked at, and letters made: the application's state."""

    @property
    def vault(self) -> Vault:
        """What opens the secret of an authenticator."""


@dataclass(frozen=True, slots=True)
class Try:
    """A try of a password that was counted: when, and where it is given back once it turns out to be right."""

    at: dt.datetime
    counts: tuple[tuple[Limit, str], ...]


def count_password(session: Session, request: Request, email: str, account: Account | None) -> Try | TooOften:
    """Count one try of a password, before it is checked. What is refused is not counted: what one place has spent it
    does not take from others as well.

    The browsers that signed in to this account before are a place of their own, out of reach of what is spent by
    strangers, and by colleagues behind the same address.
    """
    whose, here, at = mailbox(email), limits.caller(request), clock.now()
    if known.is_known(request, account):
        whose = here = f"{whose} known"
        counts = [(_ACCOUNT_FROM_HERE, whose)]
    else:
        counts = [(_FROM_HERE, here), (_ACCOUNT_FROM_HERE, f"{whose} {here}")]
    counted: list[tuple[Limit, str]] = []
    for limit, who in (*counts, (_ACCOUNT_FROM_ANYWHERE, whose)):
        counted.append((limit, who))
        if wait := limits.spend(session, limit, who):
            give_back(session, Try(at, tuple(counted)))
            return TooOften(wait)
    return Try(at, tuple(counts))


def give_back(session: Session, tried: Try) -> None:
    """Count a try no more, for its password was right. Whoever guesses learns nothing by it that the answer does not
    say, and has no try more: what was wrong stays counted, and who is at the limit is refused before it is looked.
    """
    for limit, who in tried.counts:
        limits.give_back(session, limit, who, tried.at)


def is_still_right(session: Session, account: Account, checked: Checked) -> bool:
    """Whether a password that was right is still the account's. The account is held from here on, and is as it is now:
    whoever sets another password or suspends it at this instant did so before, or does so after all that follows.
    """
    if not checked.is_right:
        return False
    session.refresh(account, with_for_update=True)
    return account.status in WITH_PASSWORD and account.password_hash == checked.kept


def use_code(session: Session, desk: Desk, account: Account, typed: str) -> str | TooOften:
    """Use a code of the authenticator up. Returns nothing where it was right, else why not: wrong, over (for today)."""
    session.refresh(account, with_for_update=True)
    whose = str(account.key)
    if wait := limits.spend(session, CODES, whose):
        return TooOften(wait)
    if limits.until_next(session, _WRONG_CODES, whose):
        return "over"
    if factors.use_code(session, desk.vault, account, typed):
        return ""
    limits.spend(session, _WRONG_CODES, whose)
    if limits.spend(session, _UNTOLD, whose) and not limits.spend(session, _LETTERS, whose):
        mailing.send_warning(session, desk, account, _UNTOLD.times + 1)
    return "wrong"


def use_recovery_code(session: Session, account: Account, typed: str) -> str | TooOften:
    """Use a recovery code up. Returns nothing where it was right, else why not: not_recovery."""
    if wait := limits.spend(session, _RECOVERY_CODES, str(account.key)):
        return TooOften(wait)
    return "" if factors.use_recovery_code(session, account, typed) else "not_recovery"
