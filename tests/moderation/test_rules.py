"""Marks, pieces, reasons and the clock of the queue: tables, and texts made up by hypothesis."""

import datetime as dt
import itertools

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from portal.clock import LONDON, Nation
from portal.moderation.rules import (
    MARKS,
    REMOVED,
    BadMarks,
    due_on,
    end_of,
    is_overdue,
    marks_for,
    pieces,
    redact,
    redact_all,
    speed,
)

UTC = dt.UTC
TYPED = st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n\t[]{}<>()⟦⟧&;"), max_size=80)
"""What a form lets through: any character but control characters, and many brackets."""


def marked_copy(original, cuts):
    """The original with marks around every second stretch between the cuts; and the stretches."""
    places = sorted({min(one, len(original)) for one in cuts})
    places = places[: len(places) // 2 * 2]
    opening, closing = marks_for(original)
    copy, removed, last = "", [], 0
    for start, end in zip(places[::2], places[1::2], strict=True):
        copy += original[last:start] + opening + original[start:end] + closing
        removed.append(original[start:end])
        last = end
    return copy + original[last:], removed


@given(TYPED, st.lists(st.integers(0, 80), max_size=8))
def test_what_is_outside_the_marks_stays_to_the_letter_and_what_is_inside_goes(original, cuts):
    assume(marks_for(original) is not None)
    copy, removed = marked_copy(original, cuts)
    assume(all(one.strip() for one in removed))
    done = redact(original, copy)
    assert done.removed == tuple(removed)
    whole = done.public
    for one in removed:
        whole = whole.replace(REMOVED, one, 1)
    assert whole == original
    assert done.public.count(REMOVED) == len(removed)
    assert len(done.public) == len(original) - sum(map(len, removed)) + len(removed)


@given(TYPED, TYPED)
def test_whatever_else_is_sent_is_refused_with_a_code_and_never_shown(original, copy):
    """A copy is either the original with marks, or it is refused: nothing in between."""
    done = followed(original, copy)
    if isinstance(done, str):
        assert done in {"stray", "nested", "not_opened", "not_closed", "empty", "changed"}
        return
    whole = done.public
    for one in done.removed:
        whole = whole.replace(REMOVED, one, 1)
    assert whole == original


def followed(original, copy):
    """What is left of a text, or the code that says why the marks cannot be followed."""
    try:
        return redact(original, copy)
    except BadMarks as why:
        return why.code


SECRETS = st.text(st.characters(categories=["Lu", "Ll", "Nd"]), min_size=3, max_size=12)


@given(TYPED, SECRETS, TYPED, st.booleans())
def test_nothing_that_is_marked_can_be_read_in_any_field(before, secret, after, stands_twice):
    original = f"{before} {secret} {after}" + (f" {secret.lower()}" if stands_twice else "")
    assume(marks_for(original) is not None)
    opening, closing = marks_for(original)
    copy = original.replace(f" {secret} ", f" {opening}{secret}{closing} ", 1)
    done, problems = redact_all({"text": original, "title": "A title"}, {"text": copy, "title": "A title"})
    if not problems:
        words = done["text"].public.casefold().split()
        assert secret.casefold() not in words
    else:
        assert problems == {"text": "still_there"}
    assert problems or not stands_twice


BAD = {
    "[[": "not_closed",
    "]]": "not_opened",
    "[[a": "not_closed",
    "a]]": "not_opened",
    "[[a]] [[": "not_closed",
    "[[a [[b]]": "nested",
    "[[[[a]]]]": "stray",
    "[[[a]]": "stray",
    "[a]": "stray",
    "[[a]": "stray",
    "[[a]]]": "stray",
    "[[]]a b": "empty",
    "[[ \n ]]a b": "empty",
    "[[a]] c": "changed",
    "[[A]] b": "changed",
    "[[a]]  b": "changed",
    "": "changed",
    "a b\x1a": "changed",
}


@pytest.mark.parametrize("copy", BAD)
def test_marks_that_cannot_be_followed_say_why(copy):
    with pytest.raises(BadMarks) as why:
        redact("a b", copy)
    assert why.value.code == BAD[copy]


GOOD = {
    "a b": "a b",
    "[[a]] b": f"{REMOVED} b",
    "[[a b]]": REMOVED,
    "[[a]] [[b]]": f"{REMOVED} {REMOVED}",
    "[[a ]]b": f"{REMOVED}b",
    "[[a]][[ b]]": f"{REMOVED}{REMOVED}",
}


@pytest.mark.parametrize("copy", GOOD)
def test_marks_that_can_be_followed_are(copy):
    assert redact("a b", copy).public == GOOD[copy]


@pytest.mark.parametrize("number", range(len(MARKS) + 1))
def test_a_text_with_brackets_of_its_own_gets_other_marks(number):
    original = "x" + "".join(pair[0][0] for pair in MARKS[:number])
    wanted = MARKS[number] if number < len(MARKS) else None
    assert marks_for(original) == wanted
    if wanted:
        assert redact(original, f"{wanted[0]}x{wanted[1]}{original[1:]}").public == REMOVED + original[1:]
    else:
        assert redact(original, original).public == original
        with pytest.raises(BadMarks):
            redact(original, f"[[x]]{original[1:]}")


@pytest.mark.parametrize("closing", [pair[1][0] for pair in MARKS])
def test_half_of_a_pair_in_the_text_is_enough_for_other_marks(closing):
    pair = marks_for(f"a {closing}")
    assert pair is not None
    assert closing not in pair[1]


PIECES = {
    "": (),
    "a": ("a",),
    REMOVED: (None,),
    f"a{REMOVED}": ("a", None),
    f"{REMOVED}a": (None, "a"),
    f"a{REMOVED}{REMOVED}b": ("a", None, None, "b"),
}


@pytest.mark.parametrize("public", PIECES)
def test_a_public_text_comes_in_pieces(public):
    assert pieces(public) == PIECES[public]


STILL = {
    "the same word": ("Ann and Ann", "[[Ann]] and Ann", True),
    "in small letters": ("Ann and ann", "[[Ann]] and ann", True),
    "with other spaces": ("Ann Other, Ann\nOther", "[[Ann Other]], Ann\nOther", True),
    "part of a longer word": ("man and woman", "[[man]] and woman", False),
    "too short to be looked for": ("7 High Street at 7", "[[7]] High Street at 7", False),
    "a character with a meaning of its own": ("a+b a+b", "[[a+b]] a+b", True),
}


@pytest.mark.parametrize("name", STILL)
def test_what_was_removed_is_looked_for_everywhere(name):
    original, copy, is_there = STILL[name]
    _, problems = redact_all({"text": original}, {"text": copy})
    assert problems == ({"text": "still_there"} if is_there else {})


def test_without_any_mark_nothing_is_shown_as_if_there_were_some():
    _, problems = redact_all({"title": "a", "text": "b"}, {"title": "a", "text": "b"})
    assert problems == {"title": "no_marks"}


DUE = {
    "a Monday morning": ("2026-03-02T09:00", "2026-03-03"),
    "late on a Monday": ("2026-03-02T23:59", "2026-03-03"),
    "a Friday": ("2026-03-06T09:00", "2026-03-09"),
    "a Saturday": ("2026-03-07T09:00", "2026-03-09"),
    "before Good Friday": ("2026-04-02T09:00", "2026-04-07"),
    "Christmas Eve": ("2026-12-24T09:00", "2026-12-29"),
    "when the clocks go on": ("2026-03-29T01:30", "2026-03-30"),
    "when the clocks go back": ("2026-10-25T01:30", "2026-10-26"),
}


@pytest.mark.parametrize("nation", Nation)
@pytest.mark.parametrize("name", DUE)
def test_an_item_is_due_at_the_end_of_the_next_working_day(name, nation):
    came, day = DUE[name]
    moment = dt.datetime.fromisoformat(came).replace(tzinfo=LONDON).astimezone(UTC)
    assert due_on(moment, 1, nation) == dt.date.fromisoformat(day)
    end = end_of(dt.date.fromisoformat(day))
    assert not is_overdue(moment, end - dt.timedelta(microseconds=1), 1, nation)
    assert is_overdue(moment, end, 1, nation)


@pytest.mark.parametrize("day", ["2026-03-28", "2026-03-29", "2026-10-24", "2026-10-25", "2024-02-29"])
def test_a_day_ends_at_midnight_in_london_when_the_clocks_change_too(day):
    end = end_of(dt.date.fromisoformat(day)).astimezone(LONDON)
    assert (end.hour, end.minute, end.date()) == (0, 0, dt.date.fromisoformat(day) + dt.timedelta(days=1))


def test_what_came_first_is_due_first_whatever_the_day():
    start = dt.datetime(2026, 1, 1, tzinfo=UTC)
    moments = [start + dt.timedelta(hours=5 * number) for number in range(1500)]
    days = [due_on(one, 1, Nation.wales) for one in moments]
    assert all(a <= b for a, b in itertools.pairwise(days))


def test_the_speed_of_a_language_is_counted_from_what_was_decided():
    start = dt.datetime(2026, 3, 2, 9, tzinfo=UTC)
    hours = [1, 2, 60]
    taken = [(start, start + dt.timedelta(hours=one)) for one in hours]
    row = speed("cy", [start, start + dt.timedelta(days=1)], taken, start + dt.timedelta(days=2), 1, Nation.wales)
    assert (row.waiting, row.overdue, row.decided, row.in_time, row.median_hours) == (2, 1, 3, 2, 2.0)
    assert speed("en", [], [], start, 1, Nation.wales).median_hours is None
