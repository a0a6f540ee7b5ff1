"""What staff do with organisations, posts, holders and councillors: see what is missing, edit, add, check, end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlmodel import Session
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from portal import clock
from portal.audit.service import rows_first
from portal.organisations import checking, forms, service
from portal.organisations.checking import ToCheck
from portal.organisations.figure import figure_beside, make_room
from portal.organisations.forms import Field, Typed
from portal.organisations.models import Organisation, Post
from portal.organisations.permissions import MANAGE_ORGANISATIONS
from portal.organisations.queries import OrganisationView, organisations_in_charge
from portal.organisations.routes import in_order
from portal.organisations.service import ChangedMeanwhile, Kind, Row, Taken
from portal.organisations.sitting import WardView, people_who_sit, wards_and_councillors
from portal.web import idempotency
from portal.web.forms import Problems, whole_number
from portal.web.handlers import action, page
from portal.web.identity import holding, person_of
from portal.web.manifest import PageRoute
from portal.web.templates import render

DONE = frozenset({"saved", "added", "checked", "ended"})
PARENTS = {Kind.post: "organisation_id", Kind.holder: "post_id", Kind.councillor: "seat_id"}
"""Of what each is a part; an organisation of nothing."""


@dataclass(frozen=True, slots=True)
class IndexContext:
    """Everything there is, and first what is missing."""

    missing: tuple[ToCheck, ...]
    organisations: tuple[OrganisationView, ...]
    wards: tuple[WardView, ...]
    done: str


@dataclass(frozen=True, slots=True)
class EditContext:
    """One form: `key` 0 for something new, of the thing `parent`."""

    kind: Kind
    key: int
    parent: int
    version: int
    fields: tuple[Field, ...]
    typed: Typed
    problems: Problems
    now: Typed | None
    """What stands now, where somebody else saved something else in the meantime."""
    view: OrganisationView | None
    covers: tuple[tuple[int, str], ...]
    figure: tuple[Post, Organisation] | None
    """Of a post: the other one that is the portfolio holder's."""
    form_key: str
    done: str


@dataclass(frozen=True, slots=True)
class EndContext:
    """The question before something ends."""

    kind: Kind
    key: int
    version: int
    row: Row
    form_key: str
    has_changed: bool
    """Whether somebody else saved it after the question was put."""


def index(request: Request, session: Session) -> Response:
    """What is missing, the organisations, the wards."""
    today = clock.today()
    organisations = organisations_in_charge(session, today, is_public=False)
    wards = in_order(wards_and_councillors(session, today), request.path_params["lang"])
    context = IndexContext(checking.listed(organisations, wards), organisations, wards, _done(request))
    return render(request, "organisations/index.html", context)


def edit(request: Request, session: Session, *, kind: Kind) -> Response:
    """The form of what stands."""
    row = service.get_row(session, kind, request.path_params["id"])
    return _form(request, session, kind, row, typed=forms.typed_of(kind, row))


def save(request: Request, session: Session, form: FormData, *, kind: Kind) -> Response:
    """Keep it; or the form again: with its problems, or with what somebody else has saved in the meantime."""
    key = request.path_params["id"]
    row = service.get_row(session, kind, key)
    typed, values, problems = _read(request, session, form, kind, key)
    if problems:
        return _form(request, session, kind, row, typed=typed, problems=problems, version=_version(form))

    def make() -> str:
        with _room(request, session, form, values, key):
            service.change(session, person_of(request).actor, kind, key, values, _version(form))
        return _to(request, kind, key, "saved")

    try:
        return RedirectResponse(idempotency.once(session, form, make), 303)
    except ChangedMeanwhile as changed:
        return _form(request, session, kind, changed.row, typed=typed, now=forms.typed_of(kind, changed.row))
    except Taken:
        problems = _taken(session, kind, key)
        return _form(request, session, kind, row, typed=typed, problems=problems, version=_version(form))


def ask_to_add(request: Request, session: Session, *, kind: Kind) -> Response:
    """The empty form."""
    return _form(request, session, kind, None, typed=forms.typed_of(kind, None))


def add(request: Request, session: Session, form: FormData, *, kind: Kind) -> Response:
    """Keep something new; or the form again, with everything that was typed."""
    parent = request.path_params.get("parent", 0)
    typed, values, problems = _read(request, session, form, kind, 0)
    if problems:
        return _form(request, session, kind, None, typed=typed, problems=problems)
    values |= {PARENTS[kind]: parent} if kind in PARENTS else {}

    def make() -> str:
        began = service.beginning(session, kind, values)
        with _room(request, session, form, values, 0):
            row = service.add(session, person_of(request).actor, kind, values | began)
        return _to(request, kind, row.key, "added")

    try:
        return RedirectResponse(idempotency.once(session, form, make), 303)
    except Taken:
        return _form(request, session, kind, None, typed=typed, problems=_taken(session, kind, 0))


def check(request: Request, session: Session, _form: FormData, *, kind: Kind) -> Response:
    """It was looked at today: an organisation with who holds its posts, as its page shows them."""
    key = request.path_params["id"]
    service.mark_checked(session, person_of(request).actor, kind, key)
    return RedirectResponse(_to(request, kind, key, "checked"), 303)


def ask_to_end(request: Request, session: Session, *, kind: Kind) -> Response:
    """What ending means, before it is done."""
    return _end_form(request, kind, service.get_row(session, kind, request.path_params["id"]))


def end(request: Request, session: Session, form: FormData, *, kind: Kind) -> Response:
    """End it today; or the question again, where somebody else has saved it in the meantime."""

    def make() -> str:
        service.end(session, person_of(request).actor, kind, request.path_params["id"], _version(form))
        return f"{request.app.state.urls.path('organisations:index', request.path_params['lang'])}?done=ended"

    try:
        return RedirectResponse(idempotency.once(session, form, make), 303)
    except ChangedMeanwhile as changed:
        return _end_form(request, kind, changed.row, has_changed=True)


def _end_form(request: Request, kind: Kind, row: Row, *, has_changed: bool = False) -> Response:
    context = EndContext(kind, row.key, row.version, row, idempotency.new_key(), has_changed)
    return render(request, "organisations/end.html", context, status=409 if has_changed else 200)


def _read(
    request: Request, session: Session, form: FormData, kind: Kind, key: int
) -> tuple[Typed, dict[str, Any], Problems]:
    others = [one for one, _ in _covers(session, kind, key)]
    return forms.read(form, kind, request.app.state.settings.languages, others)


@contextmanager
def _room(request: Request, session: Session, form: FormData, values: dict[str, Any], key: int) -> Iterator[None]:
    """For a change that may take the portfolio holder's place, where that was asked for: both happen, or neither."""
    with rows_first(session), session.begin_nested():
        if values.get("is_portfolio_holder") and form.get("takes_over") == "yes":
            make_room(session, person_of(request).actor, key)
        yield


def _form(  # noqa: PLR0913 - what a form shows beside what stands
    request: Request,
    session: Session,
    kind: Kind,
    row: Row | None,
    *,
    typed: Typed,
    problems: Problems | None = None,
    now: Typed | None = None,
    version: int | None = None,
) -> Response:
    key = row.key if row else 0
    context = EditContext(
        kind=kind,
        key=key,
        parent=request.path_params.get("parent", 0),
        version=version if version is not None else row.version if row else 0,
        fields=forms.fields_of(kind, request.app.state.settings.languages),
        typed=typed,
        problems=problems or {},
        now=now,
        view=_view(session, key) if kind is Kind.organisation and key else None,
        covers=_covers(session, kind, key),
        figure=figure_beside(session, key) if kind is Kind.post else None,
        form_key=idempotency.new_key(),
        done=_done(request),
    )
    status = 422 if problems else 409 if now is not None else 200
    return render(request, "organisations/edit.html", context, status=status)


def _covers(session: Session, kind: Kind, key: int) -> tuple[tuple[int, str], ...]:
    """Who may stand in for a councillor: everybody else who sits."""
    if kind is not Kind.councillor:
        return ()
    return tuple((one.key, one.name) for one in people_who_sit(session) if one.key != key)


def _view(session: Session, key: int) -> OrganisationView | None:
    views = organisations_in_charge(session, clock.today(), is_public=False)
    return next((one for one in views if one.organisation.key == key), None)


def _taken(session: Session, kind: Kind, key: int) -> Problems:
    """Who has the place. Two who make something of one name at one instant meet in the code made from it."""
    if kind is Kind.post and figure_beside(session, key):
        return {"is_portfolio_holder": "another_figure"}
    by_name = {Kind.organisation: "name_en", Kind.post: "title_en"}
    return {by_name[kind]: "same_moment"} if kind in by_name else {"name": "somebody_else"}


def _version(form: FormData) -> int:
    return whole_number(form, "version") or 0


def _done(request: Request) -> str:
    done = request.query_params.get("done", "")
    return done if done in DONE else ""


def _to(request: Request, kind: Kind, key: int, done: str) -> str:
    return f"{request.app.state.urls.path(f'organisations:{kind}', request.path_params['lang'], id=key)}?done={done}"


_MAY = holding(MANAGE_ORGANISATIONS)
_BASE = "/organisations"
_ADDED_TO = {
    Kind.organisation: f"{_BASE}/add",
    Kind.post: f"{_BASE}/{{parent:number}}/add",
    Kind.holder: f"{_BASE}/posts/{{parent:number}}/add",
    Kind.councillor: f"{_BASE}/seats/{{parent:number}}/add",
}
_ONE = {
    Kind.organisation: f"{_BASE}/{{id:number}}",
    Kind.post: f"{_BASE}/posts/{{id:number}}",
    Kind.holder: f"{_BASE}/holders/{{id:number}}",
    Kind.councillor: f"{_BASE}/councillors/{{id:number}}",
}


def _routes(kind: Kind) -> tuple[PageRoute, ...]:
    one, name = _ONE[kind], f"organisations:{kind}"

    def reads(handler: Any) -> Any:
        return page(partial(handler, kind=kind), may=_MAY)

    def writes(handler: Any) -> Any:
        return action(partial(handler, kind=kind), may=_MAY)

    checked = PageRoute(f"{one}/checked", writes(check), f"organisations:check_{kind}", ("POST",))
    return (
        PageRoute(_ADDED_TO[kind], reads(ask_to_add), f"organisations:ask_to_add_{kind}"),
        PageRoute(_ADDED_TO[kind], writes(add), f"organisations:add_{kind}", ("POST",)),
        PageRoute(one, reads(edit), name),
        PageRoute(one, writes(save), f"organisations:save_{kind}", ("POST",)),
        *(() if kind is Kind.post else (checked,)),
        PageRoute(f"{one}/end", reads(ask_to_end), f"organisations:ask_to_end_{kind}"),
        PageRoute(f"{one}/end", writes(end), f"organisations:end_{kind}", ("POST",)),
    )


routes = (
    PageRoute(_BASE, page(index, may=_MAY), "organisations:index"),
    *(route for kind in Kind for route in _routes(kind)),
)
