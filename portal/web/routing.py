"""One mount for both languages: each page declared once, found under its own language's words, and moved there for
good when asked for in the other's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse
from starlette.routing import Match, Mount, NoMatchFound, Route, Router
from starlette.types import Receive, Scope, Send

from portal.web.identity import Access
from portal.web.language import other, translated_path
from portal.web.manifest import PageRoute


class Urls:
    """Paths by route name, language and parameters."""

    def __init__(self, routers: Mapping[str, Router], access: Mapping[str, Access]) -> None:
        self._routers = routers
        self._by_name = {
            lang: {route.name: route for route in router.routes if isinstance(route, Route)}
            for lang, router in routers.items()
        }
        self.access = access
        """Who may use each page, by its name."""

    def path(self, name: str, lang: str, /, **params: object) -> str:
        """The path of a page. Raises starlette's NoMatchFound for a name or parameters that no route has."""
        route = self._by_name[lang].get(name)
        if route is None:
            raise NoMatchFound(name, params)
        return f"/{lang}{route.url_path_for(name, **params)}"

    def declared(self) -> list[tuple[str, str, dict[str, str]]]:
        """Every page: its name, its methods, and its path in each language."""
        columns = [
            [(lang, route) for route in router.routes if isinstance(route, Route)]
            for lang, router in self._routers.items()
        ]
        return [
            (
                row[0][1].name,
                " ".join(sorted(row[0][1].methods or ())),
                {lang: f"/{lang}{route.path}" for lang, route in row},
            )
            for row in zip(*columns, strict=True)
        ]


class _Language(Router):
    """The routes of one language. Only those are looked at that may begin with the first word of the path: of hundreds
    a few.
    """

    def __init__(self, declared: Iterable[Route]) -> None:
        routes = list(declared)
        super().__init__(routes, redirect_slashes=False)
        words = {_first_word(route.path) for route in routes}
        self._beginning = {
            word: [route for route in routes if _first_word(route.path) in {word, _ANY}] for word in {*words, _ANY}
        }

    def candidates(self, scope: Scope) -> list[Route]:
        """In the order in which they were declared."""
        below = str(scope["path"]).removeprefix(scope.get("root_path", ""))
        return self._beginning.get(_first_word(below), self._beginning[_ANY])


_ANY = "{}"


def _first_word(path: str) -> str:
    """Before the second slash; `_ANY` where a parameter stands there."""
    word = path.lstrip("/").partition("/")[0]
    return _ANY if "{" in word else word


class BilingualRoutes:
    """The application below `/{lang}`: one router a language, made from the same declarations."""

    def __init__(self, routes: Iterable[PageRoute], languages: tuple[str, ...]) -> None:
        declared = tuple(routes)
        self.routers = {lang: _Language(_route(one, lang) for one in declared) for lang in languages}
        self.urls = Urls(self.routers, {one.name: one.endpoint.access for one in declared})

    def mount(self) -> Mount:
        return Mount("/{lang:lang}", app=self)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        lang = scope["path_params"]["lang"]
        router = self.routers.get(lang)
        if router is None:
            raise HTTPException(404)
        match, route, child = _match(router, scope)
        if match is Match.FULL and route is not None:
            scope.update(child)
            scope["portal.route"] = route
            await route.handle(scope, receive, send)
        elif match is Match.PARTIAL and (shown := _page_above(router, scope)):
            await RedirectResponse(f"/{lang}{shown}", status_code=303)(scope, receive, send)
        elif match is Match.PARTIAL:
            raise HTTPException(405, headers={"Allow": ", ".join(sorted(_allowed(router, scope)))})
        else:
            await RedirectResponse(self._moved_to(scope, lang), status_code=301)(scope, receive, send)

    def _moved_to(self, scope: Scope, lang: str) -> str:
        """Where a path with a slash too many, or with the other language's words, lives. Raises 404 where it lives
        nowhere.
        """
        trimmed = dict(scope, path=scope["path"].rstrip("/"))
        for found_in in (lang, other(lang)):
            if found_in not in self.routers or scope["method"] not in {"GET", "HEAD"}:
                continue
            match, route, child = _match(self.routers[found_in], trimmed)
            if match is not Match.NONE and route is not None:
                params = {k: v for k, v in child["path_params"].items() if k != "lang"}
                query = scope["query_string"].decode("latin-1")
                return self.urls.path(route.name, lang, **params) + (f"?{query}" if query else "")
        raise HTTPException(404)


def _route(one: PageRoute, lang: str) -> Route:
    return Route(translated_path(one.path, lang), one.endpoint, name=one.name, methods=list(one.methods))


def _allowed(router: _Language, scope: Scope) -> set[str]:
    """Every method that some route has at this path."""
    here = (route for route in router.candidates(scope) if route.matches(scope)[0] is not Match.NONE)
    return {method for route in here for method in route.methods or ()}


def _page_above(router: _Language, scope: Scope) -> str:
    """For somebody who opens an address that only takes a form, by the other language's link or by going back: the
    page above it, where the form stands.
    """
    if scope["method"] not in {"GET", "HEAD"}:
        return ""
    root, path = scope.get("root_path", ""), scope["path"]
    while "/" in path.removeprefix(root).lstrip("/"):
        path = path.rpartition("/")[0]
        if _match(router, dict(scope, path=path))[0] is Match.FULL:
            return str(path.removeprefix(root))
    return ""


def _match(router: _Language, scope: Scope) -> tuple[Match, Route | None, Scope]:
    best: tuple[Match, Route | None, Scope] = (Match.NONE, None, {})
    for route in router.candidates(scope):
        match, child = route.matches(scope)
        if match is Match.FULL:
            return match, route, child
        if match is Match.PARTIAL and best[0] is Match.NONE:
            best = (match, route, child)
    return best


__all__ = ["BilingualRoutes", "NoMatchFound", "Urls"]
