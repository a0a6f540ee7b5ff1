"""How a page is looked at: by axe, by the Tab key, by a ruler. Each answers with what is wrong, in words."""

from __future__ import annotations

from importlib.resources import files

from playwright.sync_api import Page

from tests.browser.scripts import (
    BEGIN_AT_THE_TOP,
    MARK_STOPS,
    SCROLLS_SIDEWAYS,
    SPACED_TEXT,
    STOPPED_AT,
    TARGETS_TOO_SMALL,
    TWICE_THE_TEXT,
)

_AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")
_RUN = "() => axe.run(document, { resultTypes: ['violations', 'incomplete'] })"
_LEAST_TARGET = 23.5
"""24 px, less what rounding may take."""

_PARTS_OF_A_DAY = 3
"""Tab goes on inside the box of a day: to its month, its year and its calendar."""


def axe(page: Page) -> list[str]:
    """All rules that are on by default, best practices too: violations, and what a person would have to review."""
    page.evaluate(_AXE)
    found = page.evaluate(_RUN)
    assert found["passes"], "axe looked at nothing"
    return [
        f"{kind} {one['impact']} {one['id']}: {one['help']} at {[node['target'] for node in one['nodes'][:3]]}"
        for kind in ("violations", "incomplete")
        for one in found[kind]
    ]


def misfits(page: Page) -> list[str]:
    """320 px wide, text spaced as a reader likes it, text twice as large, targets that a thumb hits."""
    open_details(page)
    wrong = []
    for width in (320, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        if (over := page.evaluate(SCROLLS_SIDEWAYS)) > 0:
            wrong.append(f"{over} px too wide at {width} px")
        spaced = page.evaluate(SPACED_TEXT)
        wrong += [f"spaced text is clipped at {width} px: {one}" for one in spaced["clipped"]]
        if spaced["over"] > 0:
            wrong.append(f"{spaced['over']} px too wide at {width} px with spaced text")
        wrong += [f"target too small at {width} px: {one}" for one in page.evaluate(TARGETS_TOO_SMALL)]
    if (over := page.evaluate(TWICE_THE_TEXT)) > 0:
        wrong.append(f"{over} px too wide with text of 200%")
    return wrong


def walk(page: Page) -> list[str]:
    """Press Tab until the end: everything is reached, in the order of the page, shows its focus, and is not covered."""
    begin_at_the_top(page)
    there, wrong, seen = page.evaluate(MARK_STOPS), [], []
    for _ in range(there + 3 + _PARTS_OF_A_DAY * page.locator("[type=date]").count()):
        page.keyboard.press("Tab")
        stop = page.evaluate(STOPPED_AT)
        if stop and stop["isDay"] and seen[-1:] == [stop["at"]]:
            continue
        if stop is None or stop["at"] in seen:
            break
        if seen and stop["at"] < seen[-1]:
            wrong.append(f"goes back to {stop['name']}")
        seen.append(stop["at"])
        if not stop["changed"]:
            wrong.append(f"focus does not show at {stop['name']}")
        if stop["covered"]:
            wrong.append(f"focus is covered at {stop['name']}")
        if not stop["inline"] and min(stop["width"], stop["height"]) < _LEAST_TARGET:
            wrong.append(f"smaller than 24 px: {stop['name']}")
    if len(seen) < there:
        wrong.append(f"only {len(seen)} of {there} stops are reached")
    return wrong


def begin_at_the_top(page: Page) -> None:
    """As if the page had just been opened: an error summary takes the focus when its page is shown."""
    page.evaluate(BEGIN_AT_THE_TOP)


def open_details(page: Page) -> None:
    page.evaluate("() => document.querySelectorAll('details').forEach((one) => { one.open = true; })")
