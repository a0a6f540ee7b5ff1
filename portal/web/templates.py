"""Jinja, once a language; a page from a template and a frozen dataclass; a fragment as a named block of its page."""

from __future__ import annotations

import datetime as dt
import functools
import html
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
    from portal.web.identity import Person
    from portal.web.routing import Urls

_MACROS = {
    "govukButton": "button",
    "govukCheckboxes": "checkboxes",
    "govukErrorSummary": "error-summary",
    "govukInput": "input",
    "govukNotificationBanner": "notification-banner",
    "govukRadios": "radios",
    "govukSelect": "select",
    "govukServiceNavigation": "service-navigation",
    "govukSkipLink": "skip-link",
    "govukSummaryList": "summary-list",
    "govukTag": "tag",
    "govukTextarea": "textarea",
    "govukWarningText": "warning-text",
}
"""The design system's macros that templates may call, and the component each is of."""


@dataclass(frozen=True, slots=True)
class PageInfo:
    """What the frame of every page needs to know about the page."""

    path: str
    person: Person | None
    """Who is signed in, on a page that is not for anybody: the frame then has their ways on."""
    twin_path: str
    """The same page, in the same state, in the other language."""
    is_error: bool
    is_refused: bool
    """Whether the form that was sent has problems: the title says so first, and the summary takes the focus."""
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
        self.public_url = settings.public_url
        self.catalogues = catalogues
        macros = _macros()
        self.environments = {lang: _environment(lang, catalogue) for lang, catalogue in catalogues.items()}
        for lang, environment in self.environments.items():
            environment.globals |= macros | {
                "asset": assets.url,
                "integrity": assets.integrity,
                "lang": lang,
                "languages": settings.languages,
                "own_names": OWN_NAMES,
                "path": functools.partial(_path, urls, lang),
                "url": functools.partial(_url, settings.public_url, urls, lang),
            }
        self.take(settings)

    def take(self, settings: Settings) -> None:
        """From now on every page and message is made with these settings. Their languages and address are as before."""
        for environment in self.environments.values():
            environment.globals |= {"authority": settings.authority, "settings": settings}


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
        person=request.scope.get("portal.person"),
        twin_path=_twin_path(request, templates.urls, other(lang), twin or {}),
        is_error=status >= 400,  # noqa: PLR2004
        is_refused=status == 422,  # noqa: PLR2004
        fragment=(wanted_fragment(request) or "") if status < 400 else "",  # noqa: PLR2004 - the first error
    )
    values: dict[str, Any] = {one.name: getattr(context, one.name) for one in fields(context)} | {"page": info}
    return HTMLResponse(template.render(values), status_code=status)


def plain_sentence(templates: Templates, lang: str, name: str, **values: object) -> str:
    """What a template says in one sentence, as plain text: for files, feeds and the terminal."""
    said = templates.environments[lang].get_template(name).render(values)
    return html.unescape(" ".join(said.split()))


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


def _url(public_url: str, urls: Urls, lang: str, name: str, /, **params: object) -> str:
    """The whole address of a page, for messages and feeds."""
    return public_url + urls.path(name, lang, **params)


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
        "moment": functools.partial(_moment, lang),
        "number": number,
        "name": functools.partial(_name, lang),
        "slug": functools.partial(_slug, lang),
    }
    environment.globals["problem_list"] = problem_list
    environment.globals["said"] = functools.partial(_said, catalogue)
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
def month_name(lang: str, month: Month | str) -> str:
    """May 2024, Mai 2024; also from a month as the record of acts keeps it, 2024-05."""
    known = Month.parse(month) if isinstance(month, str) else month
    return format_date(known.first_on, "LLLL y", locale=lang)


@functools.lru_cache(maxsize=2000)
def _day(lang: str, day: dt.date | dt.datetime) -> str:
    """1 March 2024, 1 Mawrth 2024: the London day of a moment."""
    date = day.astimezone(LONDON).date() if isinstance(day, dt.datetime) else day
    return format_date(date, "d MMMM y", locale=lang)


def _moment(lang: str, at: dt.datetime) -> str:
    """1 March 2024, 17:05; 1 Mawrth 2024, 17:05: a moment in London."""
    local = at.astimezone(LONDON)
    return f"{format_date(local.date(), 'd MMMM y', locale=lang)}, {local:%H:%M}"


def problem_list(problems: Mapping[str, str], sentences: Mapping[str, str]) -> list[dict[str, str]]:
    """The entries of an error summary: each links to the field whose problem it says. Fields have their name as id."""
    return [{"text": sentences[code], "href": f"#{name}"} for name, code in problems.items()]


def _said(
    catalogue: Any, problems: Mapping[str, str], sentences: Mapping[str, str], name: str
) -> dict[str, str] | None:
    """The error message of a field, for the design system's macros; None where nothing is wrong with it."""
    code = problems.get(name)
    return {"text": sentences[code], "visuallyHiddenText": catalogue.gettext("Error")} if code is not None else None


def _slug(lang: str, thing: Any) -> str:
    """The word for a thing in this language's paths."""
    return str(thing.slug_cy if lang == "cy" else thing.slug_en)


def _name(lang: str, thing: Any) -> str:
    """The name of anything that has `name_en` and `name_cy`, in the page's language."""
    return str(thing.name_cy if lang == "cy" else thing.name_en)
