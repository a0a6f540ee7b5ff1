"""From the police's file to the page: imported, looked at, explained, released; and corrected when they correct it."""

from __future__ import annotations

import datetime as dt

import pytest

from portal import clock
from tests.checks import every, words

EARLIER, TODAY = str(clock.today() - dt.timedelta(days=3)), str(clock.today())
PAGE = "/en/crime/neighbourhoods/blackthorn"
NOTE_EN, NOTE_CY = "The fair was in town.", "Roedd y ffair yn y dref."


def named(month):
    return f"{month.first_on:%B %Y}"


def counted(page, name):
    """What the short table says of a category this month."""
    rows = [row for row in every(page.main, "tr") if len(every(row, "td")) == 2 and words(row).startswith(name)]
    return words(every(rows[0], "td")[0])


@pytest.fixture
def waiting(operator, police):
    """The next month, imported and not yet shown."""
    said = operator.types("import-crime", str(police.publish(Burglary=4, Drugs=2)), "--fetched-on", EARLIER)
    assert "6" in said
    return police.next_month


def test_nobody_sees_a_month_before_it_is_released(resident, operator, waiting):
    assert str(waiting) not in resident.open(PAGE).text
    resident.open(f"{PAGE}/{waiting}", status=404)
    assert f"Crime in Blackthorn, {named(waiting)}" in operator.types(
        "preview-crime", "neighbourhood", "blackthorn", str(waiting)
    )


def test_released_with_a_note_it_is_the_latest_month_in_both_languages(resident, operator, waiting):
    resident.open(PAGE)
    operator.types("note-crime", "neighbourhood", "blackthorn", str(waiting), "--en", NOTE_EN, "--cy", NOTE_CY)
    assert str(waiting) in operator.types("release-crime", str(waiting))
    resident.app.state.database.changes += 1  # another process is seen within half a second; this test does not wait
    page = resident.open(PAGE)
    assert page.heading == f"Crime in Blackthorn, {named(waiting)}"
    assert (counted(page, "Burglary"), counted(page, "Drugs"), counted(page, "Robbery")) == ("4", "2", "0")
    assert NOTE_EN in page.said
    twin = page.in_other_language()
    assert NOTE_CY in twin.said
    assert NOTE_EN not in twin.said


def test_what_the_police_correct_is_told_and_no_figure_vanishes(resident, operator, police, waiting):
    operator.types("release-crime", str(waiting))
    operator.types("import-crime", str(police.publish(Burglary=5, Drugs=2)), "--fetched-on", TODAY)
    resident.app.state.database.changes += 1
    page = resident.open(f"{PAGE}/{waiting}")
    assert counted(page, "Burglary") == "5"
    assert f"Burglary, {named(waiting)}: published as 4, now 5" in page.said
    assert counted(page.in_other_language(), "Byrgleriaeth") == "5"


def test_the_same_file_again_changes_nothing(operator, police, waiting):
    again = operator.types("import-crime", str(police.publish(Burglary=4, Drugs=2)), "--fetched-on", EARLIER)
    assert "unchanged" in again


def test_a_month_that_was_not_supplied_is_declared_with_a_reason(resident, operator, police):
    month = police.next_month
    reasons = ("--reason-en", "A new system was brought in.", "--reason-cy", "Daeth system newydd i rym.")
    operator.types("declare-gap", "glasfor", str(month), *reasons)
    resident.app.state.database.changes += 1
    page = resident.open(f"{PAGE}/{month}")
    assert "A new system was brought in." in page.said
    assert "Daeth system newydd i rym." in page.in_other_language().said
    assert "Recorded most" in resident.open(PAGE).said, "the latest month is still the last that was supplied"
