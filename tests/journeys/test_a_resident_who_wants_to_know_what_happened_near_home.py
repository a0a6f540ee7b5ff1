"""From a name or a postcode to the month near home, in either language, and the figures to take away."""

from __future__ import annotations

import csv
import io
import json

import pytest

from tests.checks import every, has_class, words

BOX = {"en": "Postcode, village, estate or neighbourhood", "cy": "Cod post, pentref, ystad neu gymdogaeth"}
FIND = {"en": "Find", "cy": "Chwilio"}


def look_for(resident, lang, typed):
    return resident.open(f"/{lang}/").fill(BOX[lang], typed).press(FIND[lang])


def sentences(page):
    (summary,) = [one for one in every(page.main, "ul") if has_class(one, "portal-summary")]
    return [words(one) for one in every(summary, "li")]


def table(page):
    """Name of a category to this month and the last twelve."""
    rows = [row for row in every(page.main, "tr") if len(every(row, "td")) == 2]
    return {words(every(row, "th")[0]).split("\n")[0]: [words(cell) for cell in every(row, "td")] for row in rows}


@pytest.mark.parametrize("typed", ["Wren Wood", "wren wood", "Coed y Dryw", "Coed y dryw, Blackthorn", "Wren Woood"])
def test_an_estate_is_found_by_either_name_and_however_it_is_typed(resident, typed):
    page = look_for(resident, "cy", typed)
    if page.path == "/cy/canfod":
        page = page.follow("Coed y Dryw")
    assert page.heading.startswith("Troseddu: Y Ddraenen Ddu, ")
    assert 2 <= len(sentences(page)) <= 3


def test_a_postcode_leads_straight_home_and_stays_out_of_every_address(resident):
    page = look_for(resident, "en", "zz1 1aa")
    assert page.path == "/en/crime/neighbourhoods/aberelwern-town"
    assert not [path for path in resident.answers if "zz1" in path.lower()]


def test_part_of_a_postcode_gives_a_choice(resident):
    page = look_for(resident, "en", "ZZ1")
    assert "Aberelwern Town" in page.said
    assert page.follow("Aberelwern Town").heading.startswith("Crime in Aberelwern Town, ")


def test_whoever_lives_across_the_border_is_told_so(resident):
    page = look_for(resident, "cy", "ZZ8 1AA")
    assert page.status == 200
    assert "dros y ffin" in page.said


@pytest.mark.parametrize(("typed", "lang"), [("", "en"), ("", "cy"), ("ZZ99 9ZZ", "en"), ("Xyzzy", "cy")])
def test_whoever_types_what_nobody_knows_keeps_it_and_is_helped_on(resident, typed, lang):
    page = look_for(resident, lang, typed)
    assert page.status == 422
    assert len(page.problems()) == 1
    assert page.value(BOX[lang]) == typed
    on = page.follow({"en": "Neighbourhoods A to Z", "cy": "Cymdogaethau o A i Y"}[lang])
    assert on.status == 200


def test_the_alphabet_leads_there_too_in_the_order_of_the_language(resident):
    page = resident.open("/cy/cymdogaethau")
    names = [text for text, href in page.links(page.main) if "/troseddu/" in href]
    assert names.index("Cwm Crychydd a Thre-wennol") < names.index("Chwarel-goch"), "ch comes after c in Welsh"
    assert page.follow("Chwarel-goch").heading.startswith("Troseddu: Chwarel-goch, ")


def test_another_month_is_one_step_away_and_a_gap_is_never_nought(resident):
    page = look_for(resident, "en", "Blackthorn")
    months = every(page.field("Month"), "option")
    gap = next(one for one in months if words(one).endswith("no data supplied"))
    page.typed["month"] = gap.get("value", "")
    there = page.press("Show this month")
    assert there.path.endswith("/" + gap.get("value", ""))
    assert "No data" in there.said
    assert {cells[0] for cells in table(there).values()} == {"no data"}
    assert there.in_other_language().path.endswith("/" + gap.get("value", ""))


def test_the_figures_that_are_taken_away_are_those_of_the_page(resident):
    page = look_for(resident, "cy", "Parc y Berllan")
    shown = {cells[0] for cells in table(page).values()}
    links = [href for _, href in page.links(page.main) if href.endswith((".csv", ".json"))]
    as_csv, as_json = sorted((resident.client.get(href) for href in links), key=lambda one: one.url.path)
    rows = list(csv.DictReader(io.StringIO(as_csv.content.decode("utf-8-sig"))))
    records = json.loads(as_json.text)["rows"]
    assert len(rows) == len(records) == 15
    assert {row["Y mis hwn"] for row in rows} == {cell.replace(",", "") for cell in shown}
    assert [row["count"] for row in records] == [int(row["Y mis hwn"]) for row in rows]
    assert all("data.police.uk" in row["Ffynhonnell"] for row in rows)
