"""What was typed into the forms of signing in and of accounts, and what is wrong with it. Passwords and codes are read
as they are, and never shown again.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from starlette.datastructures import FormData

from portal.accounts.permissions import PARTNER
from portal.accounts.rules import password_problem
from portal.accounts.service import Rights
from portal.web.forms import LONGEST_EMAIL, Problems, line, looks_like_email, whole_number, words

MOST_AT_ONCE = 50
_BETWEEN = " ,;\t"
_NEXT = re.compile(r"/(?:en|cy)(?:/[A-Za-z0-9_~-][A-Za-z0-9._~-]*){1,12}/?\Z", re.ASCII)
_QUOTED = re.compile(r"""(?:"(.*)"|'(.*)'|“(.*)”|‘(.*)’)\Z""")
_SIGNING_IN = re.compile(r"/(?:en/sign|cy/mewngofnodi|cy/allgofnodi)")


@dataclass(frozen=True, slots=True)
class SigningIn:
    """An address and where to go afterwards. The password is asked of the form when it is needed."""

    email: str
    next: str


@dataclass(frozen=True, slots=True)
class Invitee:
    """The form for one invitation, as it was typed."""

    name: str
    email: str
    language: str
    rights: Rights


@dataclass(frozen=True, slots=True)
class Several:
    """The form for many invitations: a line each, all with the same roles."""

    lines: str
    language: str
    rights: Rights


def next_path(text: str) -> str:
    """A page of ours to go on to; nothing for anything else, and none of the pages of signing in."""
    return text if _NEXT.match(text) and not _SIGNING_IN.match(text) else ""


def secret(form: FormData, name: str) -> str:
    """A password as it was typed, to the last space."""
    value = form.get(name)
    return value[:1000] if isinstance(value, str) else ""


def signing_in(form: FormData) -> SigningIn:
    """The address, and where to go."""
    return SigningIn(line(form, "email", LONGEST_EMAIL), next_path(line(form, "next", 310)))


def forgotten(form: FormData) -> tuple[str, Problems]:
    """The address for which a new password is asked. Code: not_email."""
    email = line(form, "email", LONGEST_EMAIL)
    return email, ({} if looks_like_email(email) else {"email": "not_email"})


def new_password(form: FormData, *known: str) -> tuple[str, Problems]:
    """The new password and why it cannot be used: short, long, simple, known."""
    typed = secret(form, "new_password")
    code = password_problem(typed, *known)
    return typed, {"new_password": code} if code else {}


def invitee(form: FormData, roles: Iterable[str], organisations: Collection[int]) -> tuple[Invitee, Problems]:
    """One invitation. Codes: no_name, not_email, no_role, no_organisation."""
    rights, missing = chosen_rights(form, roles, organisations)
    typed = Invitee(line(form, "name", 120)[:120], line(form, "email", LONGEST_EMAIL), _language(form), rights)
    return typed, {**_address_problems("name", "email", typed.name, typed.email), **missing}


def is_sure_of(form: FormData, email: str) -> bool:
    """Whether the box was ticked for this very address: with another in its place it is asked for anew."""
    return bool(email) and line(form, "sure", LONGEST_EMAIL) == email


def several(
    form: FormData, roles: Iterable[str], organisations: Collection[int]
) -> tuple[Several, tuple[tuple[str, str], ...], Problems, tuple[int, ...]]:
    """Many invitations: name and address of each line, the problems, and the numbers of the lines that are wrong.

    Codes: empty, too_many, bad_line, no_role, no_organisation. A line is a name and an address, with a comma, a
    semicolon or a tab between them, or as mail programs write them: Name <address>.
    """
    rights, missing = chosen_rights(form, roles, organisations)
    typed = Several(words(form, "lines", 20_000), _language(form), rights)
    rows = [(number, text) for number, text in enumerate(typed.lines.split("\n"), 1) if text.strip()]
    people = [_person(text) for _, text in rows]
    wrong = tuple(number for (number, _), one in zip(rows, people, strict=True) if one is None)
    problems: dict[str, str] = {}
    if not rows:
        problems["lines"] = "empty"
    elif len(rows) > MOST_AT_ONCE:
        problems["lines"] = "too_many"
    elif wrong:
        problems["lines"] = "bad_line"
    return typed, tuple(one for one in people if one is not None), {**problems, **missing}, wrong


def _person(text: str) -> tuple[str, str] | None:
    if (pasted := text.strip(_BETWEEN)).endswith(">"):  # from the line of addresses of a mail
        parts = [part.strip(_BETWEEN) for part in pasted[:-1].rpartition("<")[::2]]
    else:
        parts = [part.strip() for part in re.split(r"[,;\t]", text)]
    parts[0] = _unquoted(parts[0])
    if len(parts) != 2 or not parts[0] or not looks_like_email(parts[1]):  # noqa: PLR2004 - a name and an address
        return None
    return " ".join(parts[0].split())[:120], parts[1]


def _unquoted(name: str) -> str:
    """A name without the quotation marks around it, which mail programs write, some of them two kinds."""
    while quoted := _QUOTED.match(name):
        name = re.sub(r"\\(.)", r"\1", quoted[quoted.lastindex or 0]).strip()
    return name


def named(form: FormData) -> tuple[str, str, Problems]:
    """A name and a language. Code: no_name."""
    name = line(form, "name", 120)[:120]
    return name, _language(form), ({} if name else {"name": "no_name"})


def chosen_rights(form: FormData, roles: Iterable[str], organisations: Collection[int]) -> tuple[Rights, Problems]:
    """The roles that were ticked; with that of a partner's contact the organisation, one of these. Without the role
    none is wanted, and what is chosen counts for nothing. Codes: no_role, no_organisation.
    """
    chosen = frozenset(map(str, form.getlist("roles"))) & frozenset(roles)
    if PARTNER not in chosen:
        return Rights(chosen), ({} if chosen else {"roles": "no_role"})
    organisation_id = whole_number(form, "organisation")
    if organisation_id not in organisations:
        return Rights(chosen), {"organisation": "no_organisation"}
    return Rights(chosen, organisation_id), {}


def _language(form: FormData) -> str:
    return "cy" if form.get("language") == "cy" else "en"


def _address_problems(name_field: str, email_field: str, name: str, email: str) -> dict[str, str]:
    problems: dict[str, str] = {}
    if not name:
        problems[name_field] = "no_name"
    if not looks_like_email(email):
        problems[email_field] = "not_email"
    return problems
