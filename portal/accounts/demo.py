"""The people of the demonstration. All have one password, which the portal tells whoever starts it; the second factor
is set up at the first signing in, as anywhere.
"""

from __future__ import annotations

import csv

from sqlmodel import Session, select

from portal.accounts import service
from portal.accounts.models import AccountStatus
from portal.accounts.passwords import Passwords
from portal.accounts.service import Invited
from portal.lifecycle import OPERATOR
from portal.organisations.models import Organisation
from portal.resources import resource_dir

PASSWORD = "afon bell tegan"  # noqa: S105 - of made-up people on this machine
FIRST = "administrator@elwern.example.org"


def write_accounts(session: Session) -> int:
    """Make them all; the organisations are there already. Returns how many people there are."""
    hashed = Passwords().hash(PASSWORD)
    path = resource_dir("content") / "demo" / "accounts.csv"
    with path.open(encoding="utf-8", newline="") as lines:
        people = list(csv.DictReader(lines))
    organisations = dict(session.exec(select(Organisation.code, Organisation.id)).all())
    for one in people:
        roles, acts_for = frozenset(one["roles"].split()), organisations.get(one["organisation"])
        invited = Invited(one["name"], one["email"], one["language"], roles, acts_for)
        account, _ = service.invite(session, OPERATOR, invited)
        account.status, account.password_hash = AccountStatus.active, hashed
    return len(people)
