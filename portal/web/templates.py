"""Jinja, once a language; a page from a template and a frozen dataclass; a fragment as a named block of its page."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from babel.dates import format_date
from jinja2 import Environment, FileSystemLoader, PackageLoader, StrictUndefined
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.types import Scope

from portal.clock import LONDON, Month
from portal.resources import resource_dir
from portal.web.language import OWN_NAMES, other

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    from portal.settings import Settings
    from portal.web.assets import Assets
    from portal.web.catalogue import Catalogues
    from portal.web.routing import Urls

_MACROS = {
    "govukButton": "button",
    "govukErrorSummary": "error-summary",
    "govukInput": "input",
    "govukServiceNavigation": "service-navigation",
    "govukSkipLink": "skip-link",
    "govukTextarea": "textarea",
}
"""The design system's macros that templates may call, and the component each is of."""


@dataclass(frozen=True, slots=True)
class PageInfo:
    """What the frame of every page needs to know about the page."""

    path: str
    twin_path: str
    """The same page, in the same state, in the other language."""
    is_error: bool
    fragment: str = ""
    """The block that is sent by itself; empty for the whole page."""

    @property
    def is_fragment(self) -> bool:
        return bool(self.fragment)


class Templates:
    """One environment a language. Templates see the language's own `path`, `settings` and filters, and nothing of
    the request.
    """

    def __init__(self, settings: Settings, assets: Assets, urls: Urls, catalogues: Catalogues) -> None:
        self.urls = urls
        self.catalogues = catalogues
        macros = _macros()
        self.environments = {lang: _environment(lang, catalogue) for lang, catalogue in catalogues.items()}
        for lang, environment in self.environments.items():
            environment.globals |= macros | {
                "asset": assets.url,
                "authority": settings.authority,
                "integrity": assets.integrity,
                "lang": lang,
                "languages": settings.languages,
                "own_names": OWN_NAMES,
                "path": functools.partial(_path, urls, lang),
                "settings": settings,
            }


def render(  # noqa: PLR0913 - what is neither request, template nor context is rarely given
    request: Request,
    name: str,
    context: DataclassInstance,
    *,
    lang: str | None = None,
    status: int = 200,
    twin: Mapping[str, str] | None = None,
) -> Response:
    """A page, or the fragment of it that htmx asked for and the route allows. `twin`: parameters that differ in the
    other language.
    """
    templates: Templates = request.app.state.templates
    lang = lang or request.path_params["lang"]
    template = templates.environments[lang].get_template(name)
    info = PageInfo(
        path=request.url.path,
        twin_path=_twin_path(request, templates.urls, other(lang), twin or {}),
        is_error=status >= 400,  # noqa: PLR2004
        fragment=(wanted_fragment(request) or "") if status < 400 else "",  # noqa: PLR2004 - the first error
    )
    values: dict[str, Any] = {one.name: getattr(context, one.name) for one in fields(context)} | {"page": info}
    return HTMLResponse(template.render(values), status_code=status)


def render_text(request: Request, name: str, context: DataclassInstance, lang: str) -> str:
    """The plain text of a message, in its reader's language."""
    templates: Templates = request.app.state.templates
    values = {one.name: getattr(context, one.name) for one in fields(context)}
    return templates.environments[lang].get_template(name).render(values)


def translate(request: Request, message: str) -> str:
    """One message of the catalogue in the language of the path: for files, which have no template."""
    templates: Templates = request.app.state.templates
    return str(templates.catalogues[request.path_params["lang"]].gettext(message))


def asked_fragment(scope: Scope) -> str:
    """The element that htmx wants to fill, by its id; empty for a whole page. A page restored from history is whole."""
    headers = Headers(scope=scope)
    if "hx-request" not in headers or "hx-history-restore-request" in headers:
        return ""
    return headers.get("hx-target", "").rpartition("#")[2]


def wanted_fragment(request: Request) -> str | None:
    """The block that htmx's target names, where the route declared it."""
    declared: frozenset[str] = request.scope.get("portal.fragments", frozenset())
    wanted = asked_fragment(request.scope)
    return wanted if wanted in declared else None


def _twin_path(request: Request, urls: Urls, lang: str, twin: Mapping[str, str]) -> str:
    route = request.scope.get("portal.route")
    if route is None or lang not in request.app.state.settings.languages:
        return f"/{lang}/"
    params = {name: value for name, value in request.path_params.items() if name != "lang"} | dict(twin)
    query = request.url.query if request.method in {"GET", "HEAD"} else ""
    return urls.path(route.name, lang, **params) + (f"?{query}" if query else "")


def _path(urls: Urls, lang: str, name: str, /, *, in_language: str | None = None, **params: object) -> str:
    return urls.path(name, in_language or lang, **params)


def _is_html(name: str | None) -> bool:
    """Everything is escaped but the plain text of mail."""
    return name is None or not name.endswith(".txt")


def _environment(lang: str, catalogue: Any) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(resource_dir("templates")),
        autoescape=_is_html,  # noqa: S701 - everything but .txt
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.policies["ext.i18n.trimmed"] = True
    environment.install_gettext_translations(catalogue, newstyle=True)  # type: ignore[attr-defined]
    environment.filters |= {
        "day": functools.partial(_day, lang),
        "month": functools.partial(month_name, lang),
        "number": number,
        "name": functools.partial(_name, lang),
        "slug": functools.partial(_slug, lang),
    }
    environment.globals["problem_list"] = problem_list
    return environment


@functools.cache
def _macros() -> dict[str, Any]:
    """The design system's macros, from an environment of their own: they lean on lenient undefined values, our
    templates must not.
    """
    lenient = Environment(loader=PackageLoader("govuk_frontend_jinja", "templates"), autoescape=True)
    lenient.loader = _Prefixed(lenient.loader)  # type: ignore[arg-type]
    return {
        macro: getattr(lenient.get_template(f"components/{folder}/macro.html").module, macro)
        for macro, folder in _MACROS.items()
    }


class _Prefixed(PackageLoader):
    """Lets the macros import each other as `govuk_frontend_jinja/...`, as they do."""

    def __init__(self, inner: PackageLoader) -> None:
        self._inner = inner

    def get_source(self, environment: Environment, template: str) -> Any:
        return self._inner.get_source(environment, template.removeprefix("govuk_frontend_jinja/"))


def number(value: float) -> str:
    """A number as both languages write it: 12,345 and 7.4."""
    return f"{value:,}" if isinstance(value, int) else f"{value:,.1f}"


@functools.lru_cache(maxsize=2000)
def month_name(lang: str, month: Month) -> str:
    """May 2024, Mai 2024."""
    return format_date(month.first_on, "LLLL y", locale=lang)


@functools.lru_cache(maxsize=2000)
def _day(lang: str, day: dt.date | dt.datetime) -> str:
    """1 March 2024, 1 Mawrth 2024: the London day of a moment."""
    date = day.astimezone(LONDON).date() if isinstance(day, dt.datetime) else day
    return format_date(date, "d MMMM y", locale=lang)


def problem_list(problems: Mapping[str, str], sentences: Mapping[str, str]) -> list[dict[str, str]]:
    """The entries of an error summary: each links to the field whose problem it says. Fields have their name as id."""
    return [{"text": sentences[code], "href": f"#{name}"} for name, code in problems.items()]


def _slug(lang: str, thing: Any) -> str:
    """The word for a thing in this language's paths."""
    return str(thing.slug_cy if lang == "cy" else thing.slug_en)


def _name(lang: str, thing: Any) -> str:
    """The name of anything that has `name_en` and `name_cy`, in the page's language."""
    return str(thing.name_cy if lang == "cy" else thing.name_en)
