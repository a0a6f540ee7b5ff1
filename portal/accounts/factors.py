"""The second factor: codes of an authenticator (TOTP, RFC 6238) and recovery codes. Each is good once, even when two
browsers send it at one instant.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass

import pyotp
import segno
from sqlmodel import Session, col, delete, func, insert, select, update

from portal import clock
from portal.accounts.models import Account, AccountSession, RecoveryCode
from portal.accounts.rules import RECOVERY_CODES, digits, new_recovery_code, recovery_digest, steps_now
from portal.vault import Vault


@dataclass(frozen=True, slots=True)
class Setup:
    """What an authenticator needs: the key in groups of four, and the same as a picture, as the path of an SVG."""

    key: str
    picture: str
    size: int
    link: str
    """What the picture says: opened on the phone that has the app, it needs no camera."""


def is_set_up(account: Account) -> bool:
    """Whether signing in asks for a code."""
    return account.factor_confirmed_at is not None


def offer(vault: Vault, half_way: AccountSession, account: Account, issuer: str) -> Setup:
    """The key that is to be put into the authenticator: the same for as long as somebody is half way, and another in
    every browser, so that nobody who opened the page first knows the key that the owner confirms.
    """
    if half_way.factor_sealed is None:
        half_way.factor_sealed = vault.seal(pyotp.random_base32())
    secret = vault.open(half_way.factor_sealed)
    link = pyotp.TOTP(secret, name=account.email, issuer=issuer).provisioning_uri()
    rows = list(segno.make(link, micro=False, error="m").matrix_iter(border=4))
    picture = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark)
    return Setup(" ".join(secret[at : at + 4] for at in range(0, len(secret), 4)), picture, len(rows), link)


def use_code(session: Session, vault: Vault, account: Account, typed: str) -> bool:
    """Whether the typed code of the authenticator is right and was never used: then it is used up."""
    step = _step_of(vault, account.factor_sealed, digits(typed))
    if step is None:
        return False
    unused = update(Account).where(col(Account.id) == account.key, col(Account.factor_step) < step)
    is_first = session.exec(unused.values(factor_step=step)).rowcount == 1
    session.refresh(account)
    return is_first


def use_recovery_code(session: Session, account: Account, typed: str) -> bool:
    """Whether it is one of the account's recovery codes: then it is gone."""
    this = delete(RecoveryCode).where(
        col(RecoveryCode.account_id) == account.key, col(RecoveryCode.code_hash) == recovery_digest(typed)
    )
    return int(session.exec(this).rowcount) == 1


def confirm(session: Session, vault: Vault, half_way: AccountSession, account: Account, typed: str) -> bool:
    """Whether the typed code is one of the key that was offered in this browser: from now on signing in asks for a code
    of it. Of several browsers the first has it.
    """
    step = _step_of(vault, half_way.factor_sealed, digits(typed))
    if step is None:
        return False
    without = update(Account).where(col(Account.id) == account.key, col(Account.factor_confirmed_at).is_(None))
    these = {"factor_sealed": half_way.factor_sealed, "factor_confirmed_at": clock.now(), "factor_step": step}
    is_first = session.exec(without.values(these)).rowcount == 1
    session.refresh(account)
    return is_first


def take_away(session: Session, account: Account) -> None:
    """Forget authenticator and recovery codes: the next time they sign in they set up anew."""
    account.factor_sealed, account.factor_confirmed_at, account.codes_sealed = None, None, None
    session.add(account)
    session.exec(delete(RecoveryCode).where(col(RecoveryCode.account_id) == account.key))


def new_recovery_codes(session: Session, vault: Vault, account: Account) -> None:
    """Ten codes in the place of those there were. They are shown until their owner has kept them: then only digests are
    left.
    """
    session.exec(delete(RecoveryCode).where(col(RecoveryCode.account_id) == account.key))
    codes = tuple(new_recovery_code() for _ in range(RECOVERY_CODES))
    rows = [{"account_id": account.key, "code_hash": recovery_digest(code)} for code in codes]
    session.connection().execute(insert(RecoveryCode), rows)
    account.codes_sealed = vault.seal(" ".join(codes))
    session.add(account)


def codes_to_keep(vault: Vault, account: Account) -> tuple[str, ...]:
    """The recovery codes that their owner has not kept yet; none once that is done."""
    return tuple(vault.open(account.codes_sealed).split()) if account.codes_sealed else ()


def recovery_codes_left(session: Session, account_id: int) -> int:
    """How many recovery codes are unused."""
    return session.exec(select(func.count()).where(RecoveryCode.account_id == account_id)).one()


def _step_of(vault: Vault, sealed: str | None, typed: str) -> int | None:
    """The time step whose code was typed, of those that are good now."""
    if sealed is None:
        return None
    codes = pyotp.HOTP(vault.open(sealed))
    right = [step for step in steps_now(clock.now()) if hmac.compare_digest(codes.at(step).encode(), typed.encode())]
    return right[-1] if right else None
