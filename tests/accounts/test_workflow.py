"""The life of an account, by every move, from every state, for everybody."""

import itertools
from dataclasses import dataclass

import pytest

from portal.accounts.workflow import ACCOUNTS
from portal.lifecycle import Actor, IllegalMove

LEADS = {
    ("accept", "invited"): "active",
    ("suspend", "active"): "suspended",
    ("resume", "suspended"): "active",
    ("remove", "invited"): "removed",
    ("remove", "active"): "removed",
    ("remove", "suspended"): "removed",
}
WHO = {"accept": "holder", "suspend": "manager", "resume": "manager", "remove": "manager"}
GUARDED = {"suspend", "remove"}


@dataclass(frozen=True)
class Standing:
    is_last_administrator: bool
    is_own: bool


@pytest.mark.parametrize(
    ("move", "state", "role", "is_last", "is_own"),
    list(itertools.product(WHO, ACCOUNTS.states, ("holder", "manager", "public"), (True, False), (True, False))),
)
def test_every_move_leads_where_it_should_or_says_why_not(move, state, role, is_last, is_own):
    codes = set()
    if (move, state) not in LEADS:
        codes.add(f"not_from_{state}")
    if WHO[move] != role:
        codes.add(f"not_for_{role}")
    if move in GUARDED and is_last:
        codes.add("last_administrator")
    if move in GUARDED and is_own:
        codes.add("own_account")
    if not codes:
        assert ACCOUNTS.check(move, state, Actor("account:1", role), Standing(is_last, is_own)) == LEADS[move, state]
        return
    with pytest.raises(IllegalMove) as refused:
        ACCOUNTS.check(move, state, Actor("account:1", role), Standing(is_last, is_own))
    assert set(refused.value.codes) == codes


def test_nobody_comes_back_once_they_are_removed():
    assert ACCOUNTS.final_states == {"removed"}
