"""The pages that every portal must have, each at its own address."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from portal.publishing.content import PAGES, ContentPage
from portal.web.handlers import page
from portal.web.manifest import PageRoute
from portal.web.templates import render


@dataclass(frozen=True, slots=True)
class PageContext:
    """One content page."""

    content: ContentPage


def show(request: Request, _session: Session, *, slug: str) -> Response:
    """The page in the language of the path."""
    content = request.app.state.pages[slug, request.path_params["lang"]]
    return render(request, "publishing/show.html", PageContext(content))


routes = tuple(
    PageRoute(f"/{slug}", page(partial(show, slug=slug), shows=("publishing",)), f"publishing:{slug}") for slug in PAGES
)
