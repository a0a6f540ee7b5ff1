"""Who is asking, and who may use a route. Every route says it: `ANYBODY`, or what a signed-in person must be allowed.

Accounts are known further up: the application gives `app.state.identify` and `app.state.keep_alive` from there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlmodel import Session
from starlette.requests import Request

from portal.lifecycle import Actor, Reference
from portal.trouble import NotFound, SignedOut

ACCOUNT = "account"
"""The kind of an account among references: the record of acts knows who acts by it."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is signed in, as handlers and templates know them."""

    account_id: int
    session_id: int
    name: str
    language: str
    roles: frozenset[str]
    permissions: frozenset[str]
    organisation_id: int | None = None
    """The organisation for which a partner's contact acts."""
    is_stale: bool = False
    """Whether the session was last marked as used so long ago that it must be marked anew."""

    def may(self, permission: str) -> bool:
        """Whether one of their roles has this permission."""
        return permission in self.permissions

    @property
    def actor(self) -> Actor:
        """Who acts, for the record: never a name. With several roles the record has them all."""
        return Actor(str(Reference(ACCOUNT, str(self.account_id))), "+".join(sorted(self.roles)) or "none")


@dataclass(frozen=True, slots=True)
class Access:
    """Who may use a route. `permission` None with `is_signed_in` False: anybody at all."""

    is_signed_in: bool
    permission: str | None = None

    def allows(self, person: Person | None) -> bool:
        """Whether the route is open to this person; None is somebody who is not signed in."""
        if not self.is_signed_in:
            return True
        return person is not None and (self.permission is None or person.may(self.permission))

    def __str__(self) -> str:
        return (self.permission or "signed_in") if self.is_signed_in else "anybody"


ANYBODY = Access(is_signed_in=False)
SIGNED_IN = Access(is_signed_in=True)


def holding(permission: str) -> Access:
    """Open to those of whom one role has this permission."""
    return Access(is_signed_in=True, permission=permission)


Identify = Callable[[Session, Request], Person | None]


def admit(request: Request, session: Session, access: Access) -> None:
    """Let the request in, and tell the handler who asks. Raises SignedOut where somebody must sign in first, NotFound
    where it is not theirs: what is not yours is not there.
    """
    if not access.is_signed_in:
        return
    identify: Identify = request.app.state.identify
    person = identify(session, request)
    if person is None:
        raise SignedOut
    request.scope["portal.person"] = person
    if not access.allows(person):
        raise NotFound


def person_of(request: Request) -> Person:
    """Who asks, on a route that is not open to anybody. Raises LookupError elsewhere: that is a fault of the route."""
    person: Person | None = request.scope.get("portal.person")
    if person is None:
        raise LookupError("this route admits anybody, so nobody is known")
    return person
