"""The files say exactly what the page says, in the page's language."""

import csv
import io
import re

import pytest

from portal.crime.export import COLUMNS, _cell
from tests.checks import every, words

NEIGHBOURHOODS = {"en": "/en/crime/neighbourhoods/orchard-park", "cy": "/cy/troseddu/cymdogaethau/parc-y-berllan"}


@pytest.fixture(scope="module", params=["en", "cy"])
def lang(request):
    return request.param


@pytest.fixture(scope="module")
def files(demo, lang):
    """The page of a neighbourhood's latest month, and both of its files."""
    page = demo.open(NEIGHBOURHOODS[lang])
    places = [place for _, place in page.links() if re.search(r"\d\.(csv|json)\Z", place)]
    answers = {place.rpartition(".")[2]: demo.client.get(place) for place in places}
    return page, answers["csv"], answers["json"]


def rows(answer):
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_every_figure_of_the_page_is_in_the_file_and_in_its_order(files):
    page, answer, _ = files
    first_table, second_table = every(page.main, "table")[:2]
    on_page = [
        [words(cell) for cell in every(row, "td")]
        for table in (first_table, second_table)
        for row in every(table, "tr")
        if every(row, "td")
    ]
    in_file = [[f"{int(row[3]):,}", f"{int(row[4]):,}"] for row in rows(answer)[1:]]
    assert in_file == on_page


def test_both_files_hold_the_same_figures(files):
    _, answer, document = files
    said = document.json()["rows"]
    keys = [key for key, _ in COLUMNS]
    for row, record in zip(rows(answer)[1:], said, strict=True):
        assert row[keys.index("category")] == record["category"]
        assert row[keys.index("usual_low")] == str(record["usual_low"])


def test_headings_and_names_are_in_the_language_of_the_page(files, lang):
    _, answer, document = files
    heading = rows(answer)[0]
    assert ("Category" in heading) == (lang == "en")
    assert ("Categori" in heading) == (lang == "cy")
    assert document.json()["language"] == lang


def test_source_licence_and_day_of_fetching_go_with_every_row(files):
    _, answer, document = files
    for row in rows(answer)[1:]:
        assert row[-3] == "https://data.police.uk/"
        assert "open-government-licence" in row[-2]
        assert re.fullmatch(r"\d{4}-\d\d-\d\d", row[-1])
    assert document.json()["fetched_on"] == rows(answer)[1][-1]


def test_anti_social_behaviour_is_the_last_row_and_counted_in_incidents(files, lang):
    _, answer, _ = files
    assert rows(answer)[-1][0] == "anti-social-behaviour"
    assert rows(answer)[-1][2] == {"en": "incidents", "cy": "digwyddiadau"}[lang]


def test_a_spreadsheet_opens_it_with_its_letters_and_under_a_name_that_says_what_it_is(files, lang):
    _, answer, _ = files
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert re.search(
        rf'attachment; filename="[a-z-]+-\d{{4}}-\d\d\.{lang}\.csv"', answer.headers["content-disposition"]
    )


def test_a_month_that_was_not_supplied_has_empty_cells_and_no_nought(demo):
    page = demo.open(NEIGHBOURHOODS["en"])
    gap = next(one for one in every(page.root, "option") if "no data supplied" in words(one)).get("value")
    answer = demo.client.get(f"{NEIGHBOURHOODS['en']}/{gap}.csv")
    assert {row[3] for row in rows(answer)[1:]} == {""}


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\t=1"])
def test_no_cell_is_taken_for_a_formula(text):
    assert _cell(None, text) == f"'{text}"


def test_a_month_or_a_form_that_is_not_there_is_not_found(demo):
    for place in ("1999-01.csv", "2026-13.csv", "2026-05.xlsx"):
        assert demo.client.get(f"{NEIGHBOURHOODS['en']}/{place}").status_code == 404
