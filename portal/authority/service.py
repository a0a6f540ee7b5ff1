"""Change the authority's settings, and say which are in force. What is in force is looked up nowhere else."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace

from sqlmodel import Session, col, select

from portal import clock, revisions
from portal.audit.service import record
from portal.authority.models import AuthoritySetting
from portal.lifecycle import Actor, Reference
from portal.publisher import Authority, authority_problems
from portal.settings import Settings
from portal.trouble import Conflict
from portal.web.effective import AUTHORITY

_LOG = logging.getLogger("portal.authority")
EDITABLE = tuple(one.name for one in fields(Authority) if one.name != "nation")
"""The settings that a person may change, in the order of portal.toml. Law and bank holidays go by the nation: an
operator alone says it.
"""
THING = Reference("authority", "settings")


class ChangedMeanwhile(Conflict):
    """Somebody else saved settings after this person began."""


def changed(session: Session) -> Sequence[AuthoritySetting]:
    """What was said on screen, by name."""
    return session.exec(select(AuthoritySetting).order_by(col(AuthoritySetting.name))).all()


def in_force(session: Session, base: Settings) -> Settings:
    """The settings with what was said on screen. What cannot be used (a rule was tightened since) is left out and
    logged: a portal with the name of portal.toml is better than none.
    """
    said = {one.name: one.value for one in changed(session) if one.name in EDITABLE}
    authority = replace(base.authority, **said)  # type: ignore[arg-type] # every setting but the nation is a text
    if bad := authority_problems(authority).keys() & said.keys():
        _LOG.error("settings that were said on screen cannot be used: %s", ", ".join(sorted(bad)))
        kept = {name: value for name, value in said.items() if name not in bad}
        authority = replace(base.authority, **kept)  # type: ignore[arg-type]
    return replace(base, authority=authority)


def seen_number(session: Session) -> int:
    """How often the settings have been saved: who saves says by it what they saw."""
    return revisions.current(session).get(AUTHORITY, 0)


def differences(authority: Authority, values: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """What would change: name to what it is and what it would be."""
    pairs = {name: (str(getattr(authority, name)), values[name]) for name in EDITABLE if name in values}
    return {name: (was, now) for name, (was, now) in pairs.items() if was != now}


def change(session: Session, actor: Actor, base: Settings, values: Mapping[str, str], seen: int) -> int:
    """Put settings in force for every process. Returns how many changed. The values were found good (`forms.read`).

    Raises ChangedMeanwhile, with nothing done, when the settings are not those that the person saw.
    """
    with session.begin_nested():
        revisions.touch(session, AUTHORITY)  # whoever else saves now waits here until this is done
        if seen_number(session) != seen + 1:
            raise ChangedMeanwhile
    found = differences(in_force(session, base).authority, values)
    for name, (_, value) in found.items():
        _keep(session, base, name, value)
    before, after = ({name: pair[at] for name, pair in found.items()} for at in (0, 1))
    if found:
        record(session, actor, "authority-settings-changed", THING, before=before, after=after)
    return len(found)


def _keep(session: Session, base: Settings, name: str, value: str) -> None:
    """What is as portal.toml says is not kept twice: a later change of the file is then seen."""
    row = session.get(AuthoritySetting, name)
    if value == getattr(base.authority, name):
        if row is not None:
            session.delete(row)
    elif row is None:
        session.add(AuthoritySetting(name=name, value=value, changed_at=clock.now()))
    else:
        row.value, row.changed_at = value, clock.now()
