"""Passwords as argon2id hashes. A check takes a tenth of a second and 64 MiB, so it runs in the heavy lane."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError


@dataclass(frozen=True, slots=True)
class Checked:
    """Whether a password was right for the hash that was kept when it was checked. A check takes so long that another
    may be kept by now: then it says nothing.
    """

    is_right: bool
    kept: str | None = None
    renewed: str | None = None
    """What is to be kept from now on: of a new password, or of the same by today's parameters."""


class Passwords:
    """Hashes and checks. The parameters are the library's own defaults (RFC 9106, low memory) unless tests ask for
    quicker ones.
    """

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()

    def hash(self, password: str) -> str:
        """What is kept of a password."""
        return self._hasher.hash(password)

    def check(self, kept: str | None, typed: str) -> Checked:
        """Whether the password is the one of the hash. Without a hash it is never right, and takes as long."""
        try:
            self._hasher.verify(kept or self._nobodys(), typed)
        except (VerificationError, InvalidHashError):
            return Checked(is_right=False)
        if kept is None:
            return Checked(is_right=False)
        renewed = self.hash(typed) if self._hasher.check_needs_rehash(kept) else None
        return Checked(is_right=True, kept=kept, renewed=renewed)

    def change(self, kept: str | None, typed: str, new: str) -> Checked:
        """The same for who types the present password and a new one, which is hashed where the present one is right."""
        checked = self.check(kept, typed)
        return replace(checked, renewed=self.hash(new)) if checked.is_right else checked

    def _nobodys(self) -> str:
        return _nobodys_hash(self._hasher)


@cache
def _nobodys_hash(hasher: PasswordHasher) -> str:
    """The hash of a password that nobody has, by the same parameters as everybody's."""
    return hasher.hash("nobody's")
