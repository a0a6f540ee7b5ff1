"""The roles that there are, from content/roles.toml: data, read once at the start. What a role may do is a list of
permissions, and code asks for permissions alone.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from portal.accounts.permissions import ADMINISTRATOR, MANAGE_ACCOUNTS, needs_second_factor
from portal.resources import resource_dir
from portal.web.manifest import Permission

_FILE = "roles.toml"


class BadRoles(Exception):
    """The file of roles cannot be used; the text says why."""


@dataclass(frozen=True, slots=True)
class Role:
    """One role: its code, its names, what it does in a sentence, and what it may do."""

    code: str
    name_en: str
    name_cy: str
    does_en: str
    does_cy: str
    permissions: frozenset[str]
    needs_second_factor: bool

    def does(self, lang: str) -> str:
        return self.does_cy if lang == "cy" else self.does_en


Roles = Mapping[str, Role]


def load(permissions: Iterable[Permission]) -> Roles:
    """Every role by its code, in the order of the file. Raises BadRoles for a permission that no noun has, and where
    nobody could manage accounts.
    """
    known = {one.code: one.needs_second_factor for one in permissions}
    path = resource_dir("content") / _FILE
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        roles = {code: _role(code, entry, known) for code, entry in table.items()}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, TypeError) as error:
        raise BadRoles(f"content/{_FILE} cannot be read: {error}") from error
    if ADMINISTRATOR not in roles or MANAGE_ACCOUNTS not in roles[ADMINISTRATOR].permissions:
        raise BadRoles(f"content/{_FILE}: the role {ADMINISTRATOR} must have the permission {MANAGE_ACCOUNTS}")
    return roles


def _role(code: str, entry: Mapping[str, object], known: Mapping[str, bool]) -> Role:
    texts = {name: str(entry.get(name, "")).strip() for name in ("name_en", "name_cy", "does_en", "does_cy")}
    if missing := [name for name, text in texts.items() if not text]:
        raise BadRoles(f"content/{_FILE}: {code} has no {', '.join(missing)}")
    listed = entry.get("permissions")
    permissions = frozenset(map(str, listed)) if isinstance(listed, list) else frozenset()
    if unknown := sorted(permissions - set(known)):
        raise BadRoles(
            f"content/{_FILE}: {code} has permissions that no part of the portal knows: {', '.join(unknown)}"
        )
    return Role(code, **texts, permissions=permissions, needs_second_factor=needs_second_factor(known, permissions))


def permissions_of(roles: Roles, held: Iterable[str]) -> frozenset[str]:
    """What somebody with these roles may do. A role that is no longer in the file allows nothing."""
    return frozenset(permission for code in held if code in roles for permission in roles[code].permissions)
