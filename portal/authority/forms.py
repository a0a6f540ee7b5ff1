"""What was typed into the settings, and what of it cannot be used: by the very rule that portal.toml goes by."""

from __future__ import annotations

from dataclasses import replace

from starlette.datastructures import FormData

from portal import clock
from portal.authority.service import EDITABLE
from portal.publisher import DAYS, LONGEST, Authority, authority_problems
from portal.web.forms import Problems, line


def offered(languages: tuple[str, ...]) -> tuple[str, ...]:
    """The settings that the form has: of a language that is not published none."""
    return tuple(name for name in EDITABLE if name[-3:] not in {"_en", "_cy"} or name[-2:] in languages)


def read(form: FormData, standing: Authority, languages: tuple[str, ...]) -> tuple[Authority, Problems]:
    """The authority as it would be, and the problems of what was typed: those of `publisher.authority_problems`, and
    `in_future` for a day on which nobody can have looked yet. What the form has not is as it stands.
    """
    names = offered(languages)
    typed = {name: line(form, name, LONGEST[name]) for name in names if name in form}
    authority = replace(standing, **typed)  # type: ignore[arg-type] # the nation is not among them
    found = authority_problems(authority)
    days = {name for name in DAYS if name not in found and typed.get(name, "") > clock.today().isoformat()}
    found |= {name: "in_future" for name in days if typed[name] != getattr(standing, name)}
    return authority, {name: found[name] for name in names if name in found}


def seen(form: FormData) -> int:
    """The number that the person saw; one that was never given for anything else."""
    text = line(form, "seen", 12)
    return int(text) if text.isdecimal() and text.isascii() else -1
