"""What the public reads: who is in charge, the councillors of every ward, and those of one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from portal import clock
from portal.organisations.models import OrganisationKind
from portal.organisations.queries import OrganisationView, PostView, organisations_in_charge
from portal.organisations.service import NOUN
from portal.organisations.sitting import (
    WardView,
    WhoAnswers,
    ward_and_councillors,
    wards_and_councillors,
    who_answers,
)
from portal.places.models import Area, AreaKind
from portal.places.queries import area_by_any_slug, area_by_slug, successors
from portal.trouble import NotFound
from portal.web.alphabet import sort_key
from portal.web.handlers import page
from portal.web.language import other
from portal.web.manifest import PageRoute
from portal.web.templates import render

SHOWS = (NOUN, "places")


@dataclass(frozen=True, slots=True)
class InChargeContext:
    """The portfolio holder first, with the organisation; then every organisation by its kind."""

    figure: tuple[OrganisationView, PostView] | None
    by_kind: Mapping[OrganisationKind, tuple[OrganisationView, ...]]
    has_councillors: bool


@dataclass(frozen=True, slots=True)
class CouncillorsContext:
    """Every ward in the order of the page's language."""

    wards: tuple[WardView, ...]


@dataclass(frozen=True, slots=True)
class WardContext:
    """One ward, who answers for it, and what took its place where it ended."""

    view: WardView
    answering: WhoAnswers
    successors: tuple[Area, ...]


def in_charge(request: Request, session: Session) -> Response:
    """Who answers for community safety here."""
    today = clock.today()
    lang = request.path_params["lang"]
    views = sorted(organisations_in_charge(session, today), key=lambda one: sort_key(one.organisation.name(lang), lang))
    figure = next(((view, post) for view in views for post in view.posts if post.post.is_portfolio_holder), None)
    kinds = {kind: tuple(view for view in views if view.organisation.kind is kind) for kind in OrganisationKind}
    has_councillors = any(one.seats for one in wards_and_councillors(session, today))
    context = InChargeContext(figure, {kind: some for kind, some in kinds.items() if some}, has_councillors)
    return render(request, "organisations/in_charge.html", context)


def councillors(request: Request, session: Session) -> Response:
    """Every ward and who sits for it."""
    lang = request.path_params["lang"]
    views = in_order(wards_and_councillors(session, clock.today()), lang)
    return render(request, "organisations/councillors.html", CouncillorsContext(views))


def ward(request: Request, session: Session) -> Response:
    """The councillors of one ward."""
    lang, slug = request.path_params["lang"], request.path_params["slug"]
    area = area_by_slug(session, AreaKind.ward, lang, slug) or area_by_any_slug(session, AreaKind.ward, slug)
    if area is None:
        raise NotFound(slug)
    if area.slug(lang) != slug:
        path = request.app.state.urls.path("organisations:ward", lang, slug=area.slug(lang))
        return RedirectResponse(path, status_code=301)
    heirs = successors(session, area) if area.ends_on else ()
    today = clock.today()
    context = WardContext(ward_and_councillors(session, area, today), who_answers(session, area, today), heirs)
    return render(request, "organisations/ward.html", context, twin={"slug": area.slug(other(lang))})


def in_order(views: tuple[WardView, ...], lang: str) -> tuple[WardView, ...]:
    """Wards by the alphabet of a language."""

    def spelling(one: WardView) -> str:
        return (one.ward.sort_key_cy or one.ward.name_cy) if lang == "cy" else one.ward.name_en

    return tuple(sorted(views, key=lambda one: sort_key(spelling(one), lang)))


routes = (
    PageRoute("/who-is-in-charge", page(in_charge, shows=SHOWS), "organisations:in_charge"),
    PageRoute("/councillors", page(councillors, shows=SHOWS), "organisations:councillors"),
    PageRoute("/councillors/{slug:slug}", page(ward, shows=SHOWS), "organisations:ward"),
)
