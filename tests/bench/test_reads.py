"""How quickly a neighbourhood's month is read: kept, and made anew."""

from __future__ import annotations

import asyncio
import dataclasses
import statistics
import time

from portal.crime.pages import area_month
from portal.crime.routes import MonthContext
from portal.places.models import AreaKind
from portal.web.templates import PageInfo
from tests.bench import load
from tests.telling import tell

ROUNDS = 3
KEPT_OF_HELLO, MADE_OF_PARTS = 0.55, 0.5


def test_a_kept_page_leaves_at_more_than_half_the_pace_of_a_bare_hello(running, hello, asker):
    path = asker.path("crime:neighbourhood", "cy", slug=asker.areas(AreaKind.neighbourhood)[0].slug_cy)
    load.read(running.port, path)
    load.read(hello, "/")
    pairs = [(load.read(running.port, path), load.read(hello, "/")) for _ in range(ROUNDS)]
    ratio = statistics.median(page.rate / bare.rate for page, bare in pairs)
    page, bare = (sorted(column, key=lambda one: one.rate)[ROUNDS // 2] for column in zip(*pairs, strict=True))
    tell(
        f"B3 kept: {page.rate:,.0f}/s, p99 {page.p99:.1f} ms; "
        f"hello: {bare.rate:,.0f}/s, p99 {bare.p99:.1f} ms; ratio {ratio:.2f}"
    )
    assert not any(one.bad for pair in pairs for one in pair)
    assert ratio >= KEPT_OF_HELLO


def test_a_page_made_anew_costs_at_most_twice_its_query_and_template(asker):
    area = asker.areas(AreaKind.neighbourhood)[0]
    path = asker.path("crime:neighbourhood", slug=area.slug_en)
    template = asker.application.state.templates.environments["en"].get_template("crime/show.html")
    info = PageInfo(path, None, "/cy/", is_error=False, is_refused=False)

    def parts() -> str:
        with asker.database.reading() as session:
            view = area_month(session, area, None)
            assert view is not None
            context = MonthContext(
                view, asker.application.state.categories, "crime:neighbourhood", is_latest_address=True
            )
            values = {one.name: getattr(context, one.name) for one in dataclasses.fields(context)}
            return template.render(values | {"page": info})

    async def whole(times: int, **headers: str) -> None:
        for number in range(times):  # an address with a parameter that the page does not know is never kept
            status, body = await asker.answer(f"{path}?{number}", **headers)
            assert status == 200
            assert body

    def timed(work) -> float:
        began = time.perf_counter()
        work()
        return (time.perf_counter() - began) / TIMES

    asyncio.run(whole(5))
    rounds = [
        (
            timed(lambda: [parts() for _ in range(TIMES)]),
            timed(lambda: asyncio.run(whole(TIMES))),
            timed(lambda: asyncio.run(whole(TIMES, accept_encoding="br"))),
        )
        for _ in range(ROUNDS)
    ]
    ratio = statistics.median(alone / made for alone, made, _ in rounds)
    packed = statistics.median(alone / made for alone, _, made in rounds)
    alone, made, compressed = (1000 * statistics.median(column) for column in zip(*rounds, strict=True))
    tell(
        f"B3 made anew: {made:.2f} ms, with brotli {compressed:.2f} ms; query and template {alone:.2f} ms; "
        f"ratio {ratio:.2f}, with brotli {packed:.2f}"
    )
    assert ratio >= MADE_OF_PARTS
    assert packed >= MADE_OF_PARTS


TIMES = 40
