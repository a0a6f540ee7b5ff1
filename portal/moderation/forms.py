"""What a moderator typed, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from starlette.datastructures import FormData

from portal.moderation.models import ModerationText
from portal.moderation.rules import REASONS, redact_all
from portal.moderation.service import Decision
from portal.moderation.workflow import DECISIONS
from portal.web.forms import Problems, line, words

_MOST = 20_000
MOST_SAID = 500


@dataclass(frozen=True, slots=True)
class Typed:
    """The form of a decision as it was typed; `marked` and `translations` by the names of their boxes."""

    move: str = ""
    marked: dict[str, str] = field(default_factory=dict)
    translations: dict[str, str] = field(default_factory=dict)
    reasons: tuple[str, ...] = ()
    other_reason: str = ""
    note: str = ""


def box(text: ModerationText) -> str:
    """The name of the box in which a field's copy is marked: the noun's own names may be anything."""
    return f"marked_{text.position}"


def translation_box(text: ModerationText) -> str:
    """The name of the box for its translation."""
    return f"translation_{text.position}"


def decision(form: FormData, texts: Iterable[ModerationText]) -> tuple[Typed, Decision | None, Problems]:
    """What is decided, or the problems. Codes: no_move, no_reason, no_other, too_long, those of `rules.redact_all`."""
    texts = tuple(texts)
    typed = Typed(
        move=move if (move := line(form, "move", 40)) in DECISIONS else "",
        marked={box(one): words(form, box(one), _MOST) for one in texts},
        reasons=tuple(one for one in REASONS if one in form.getlist("reasons")),
        other_reason=words(form, "other_reason", MOST_SAID),
        note=words(form, "note", MOST_SAID),
    )
    problems: dict[str, str] = {} if typed.move else {"move": "no_move"}
    marked = {one.field: typed.marked[box(one)] for one in texts} if typed.move == "show_redacted" else {}
    done, wrong = redact_all({one.field: one.original or "" for one in texts}, marked) if marked else ({}, {})
    problems |= {box(one): wrong[one.field] for one in texts if one.field in wrong}
    if typed.move == "refuse":
        problems |= _reasons(typed)
    if len(typed.note) > MOST_SAID:
        problems["note"] = "too_long"
    if problems:
        return typed, None, problems
    return typed, Decision(typed.move, done, marked, typed.reasons, typed.other_reason, typed.note), {}


def _reasons(typed: Typed) -> dict[str, str]:
    if not typed.reasons:
        return {"reasons": "no_reason"}
    if "other" in typed.reasons and not typed.other_reason:
        return {"other_reason": "no_other"}
    return {"other_reason": "too_long"} if len(typed.other_reason) > MOST_SAID else {}


def translations(form: FormData, texts: Iterable[ModerationText]) -> dict[str, str]:
    """A person's translation of each field, by the field's own name."""
    return {one.field: words(form, translation_box(one), _MOST) for one in texts}
