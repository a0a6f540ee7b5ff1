"""The settings screen: change, look at what changes, save."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import Session
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from portal.authority import forms, service
from portal.authority.models import AuthoritySetting
from portal.authority.permissions import MANAGE_SETTINGS
from portal.publisher import LEAST_CONTRAST, Authority, contrast_with_white, is_colour
from portal.settings import Settings
from portal.web.forms import Problems
from portal.web.handlers import action, asking, page
from portal.web.identity import holding, person_of
from portal.web.manifest import PageRoute
from portal.web.templates import render

DONE = frozenset({"saved", "nothing"})


@dataclass(frozen=True, slots=True)
class SettingsContext:
    """The form, as things stand or as it was typed."""

    typed: Authority
    seen: int
    problems: Problems
    changed: tuple[AuthoritySetting, ...]
    least_contrast: float
    contrast: float | None
    done: str


@dataclass(frozen=True, slots=True)
class CheckContext:
    """What would change, before it is saved; `is_late` when somebody else saved first."""

    typed: Authority
    seen: int
    differences: Mapping[str, tuple[str, str]]
    names: tuple[str, ...]
    contrast: float
    is_late: bool


def show(request: Request, session: Session) -> Response:
    """The settings as they are."""
    done = request.query_params.get("done", "")
    typed, seen = _standing(request, session).authority, service.seen_number(session)
    return _form(request, session, typed, seen, done=done if done in DONE else "")


def check(request: Request, session: Session, form: FormData) -> Response:
    """What would change; or the form again: with its problems, or to change something else."""
    standing = _standing(request, session)
    typed, problems = forms.read(form, standing.authority, standing.languages)
    if problems or form.get("change") == "yes":
        return _form(request, session, typed, forms.seen(form), problems)
    if not service.differences(standing.authority, _values(typed)):
        return _back(request, "nothing")
    return _check(request, session, typed, is_late=forms.seen(form) != service.seen_number(session))


def save(request: Request, session: Session, form: FormData) -> Response:
    """Put them in force, where nobody else did so since they were looked at."""
    standing = _standing(request, session)
    typed, problems = forms.read(form, standing.authority, standing.languages)
    if problems:
        return _form(request, session, typed, forms.seen(form), problems)
    base, actor = request.app.state.effective.base, person_of(request).actor
    try:
        count = service.change(session, actor, base, _values(typed), forms.seen(form))
    except service.ChangedMeanwhile:
        if not service.differences(standing.authority, _values(typed)):
            return _back(request, "saved")
        return _check(request, session, typed, is_late=True)
    return _back(request, "saved" if count else "nothing")


def _standing(request: Request, session: Session) -> Settings:
    """The settings in force as this very session sees them."""
    return service.in_force(session, request.app.state.effective.base)


def _values(authority: Authority) -> dict[str, str]:
    return {name: str(getattr(authority, name)) for name in service.EDITABLE}


def _form(  # noqa: PLR0913 - what the form shows
    request: Request, session: Session, typed: Authority, seen: int, problems: Problems | None = None, *, done: str = ""
) -> Response:
    """`seen` is the number that the person began with: it stays theirs until they are told of a newer one."""
    context = SettingsContext(
        typed=typed,
        seen=seen,
        problems=problems or {},
        changed=tuple(service.changed(session)),
        least_contrast=LEAST_CONTRAST,
        contrast=_contrast(typed.brand_colour) if is_colour(typed.brand_colour) else None,
        done=done,
    )
    return render(request, "authority/settings.html", context, status=422 if problems else 200)


def _check(request: Request, session: Session, typed: Authority, *, is_late: bool) -> Response:
    standing = _standing(request, session)
    context = CheckContext(
        typed=typed,
        seen=service.seen_number(session),
        differences=service.differences(standing.authority, _values(typed)),
        names=forms.offered(standing.languages),
        contrast=_contrast(typed.brand_colour),
        is_late=is_late,
    )
    return render(request, "authority/check.html", context, status=409 if is_late else 200)


def _contrast(colour: str) -> float:
    """To be read: rounded down, so that 4.48 does not pass for 4.5."""
    return math.floor(contrast_with_white(colour) * 10) / 10


def _back(request: Request, done: str) -> Response:
    path = request.app.state.urls.path("authority:show", request.path_params["lang"])
    return RedirectResponse(f"{path}?done={done}", 303)


_MAY = holding(MANAGE_SETTINGS)

routes = (
    PageRoute("/settings", page(show, may=_MAY), "authority:show"),
    PageRoute("/settings", asking(check, may=_MAY), "authority:check", ("POST",)),
    PageRoute("/settings/save", action(save, may=_MAY), "authority:save", ("POST",)),
)
