"""The reader of street files: what it counts, what it sets aside, what it refuses, and that nothing else can happen."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.crime import reading as module
from portal.crime.gazetteer import KIND_BITS, Gazetteer
from portal.crime.reading import Fault, FileRefused, Reader
from portal.crime.rules import CATEGORIES, HEADER, KEPT_FAULTS
from tests.crime.streets import MONTH, Row, asb, crimes, text_of

GOOD = "f" * 64 + ",2024-10,Gwent Police,Gwent Police,-3.1,51.7,On or near High Street,W01000001,Torfaen 001A,Drugs,,"


def read(text: str | bytes, force: str = "gwent"):
    data = text if isinstance(text, bytes) else text.encode()
    return Reader(force, Gazetteer()).read(data, MONTH)


def refused(text: str | bytes, force: str = "gwent") -> FileRefused:
    with pytest.raises(FileRefused) as caught:
        read(text, force)
    return caught.value


def attempt(data: bytes, reader: Reader | None = None):
    """A reading or a refusal, whichever comes."""
    try:
        return (reader or Reader("gwent", Gazetteer())).read(data, MONTH)
    except FileRefused as refusal:
        return refusal


def file_of(*lines: str, end: str = "\n") -> str:
    return end.join([",".join(HEADER), *lines, ""])


def with_field(number: int, value: str) -> str:
    fields = GOOD.split(",")
    fields[number] = value
    return ",".join(fields)


def test_rows_are_counted_by_place_category_and_outcome():
    found = read(text_of([*crimes(3), *crimes(2, at="B"), asb(), asb()]))
    assert sorted(found.cells.values()) == [2, 2, 3]
    assert (found.rows, found.set_aside, found.repeated, found.faults) == (7, 0, 1, ())


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("start", ["", "\ufeff"])
def test_line_ends_and_a_byte_order_mark_make_no_difference(end, start):
    assert read(start + file_of(GOOD, GOOD, end=end)).rows == 2


def test_the_last_line_needs_no_end_and_blank_lines_are_no_rows():
    found = read(file_of(GOOD, "", GOOD, "", "").rstrip("\n"))
    assert (found.rows, found.set_aside) == (2, 0)


def test_quotation_marks_make_no_difference():
    quoted = with_field(6, '"On or near High Street"')
    plain, other = read(file_of(GOOD, GOOD, GOOD)), read(file_of(GOOD, quoted, GOOD))
    assert other == plain


def test_a_comma_inside_quotation_marks_is_part_of_the_place():
    gazetteer = Gazetteer()
    Reader("gwent", gazetteer).read(file_of(with_field(6, '"On or near Nantgarw, The"')).encode(), MONTH)
    assert gazetteer.places[0].location == "On or near Nantgarw, The"


def test_places_written_differently_are_one_place():
    gazetteer = Gazetteer()
    lines = file_of(GOOD, with_field(4, "-3.100000"), with_field(6, "On or near High Street "))
    assert len(Reader("gwent", gazetteer).read(lines.encode(), MONTH).cells) == 1
    assert len(gazetteer.places) == 1


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b"", "empty"),
        (b" \r\n\n", "empty"),
        (file_of(), "no-rows"),
        (file_of("", ""), "no-rows"),
        (GOOD, "header"),
        ("a,b\n1,2\n", "header"),
        ("\n" + file_of(GOOD), "header"),
        ("<!DOCTYPE html><title>Not found</title>", "header"),
        (file_of(GOOD).replace("Crime ID", "Crime Id"), "header"),
        (file_of(GOOD).replace(",Context", ""), "header"),
        (file_of(GOOD).encode() + b"\0", "nul"),
        (b"PK\3\4\0\0", "nul"),
        (file_of(GOOD).encode("utf-16"), "encoding"),
        (file_of(with_field(6, "Ffordd T\xf4n")).encode("latin-1"), "encoding"),
        (file_of(GOOD, '"' + GOOD), "not-csv"),
        (file_of(GOOD, '"a"b,' + GOOD), "not-csv"),
        (file_of(*[GOOD.replace("2024-10", "2024-09")] * 3, GOOD), "wrong-month"),
        (file_of(*[GOOD.replace("Gwent", "Kent")] * 3, GOOD), "wrong-force"),
        (file_of(*[GOOD] * 98, with_field(9, "Piracy")), "too-many-faults"),
    ],
)
def test_a_fault_of_the_file_refuses_it(text, code):
    refusal = refused(text)
    assert refusal.code == code
    assert refusal.detail


@pytest.mark.parametrize(
    ("line", "code", "detail"),
    [
        (with_field(9, "Piracy"), "category", "Piracy"),
        (with_field(9, ""), "category", ""),
        (with_field(4, "151.7"), "coordinates", "151.7, 51.7"),
        (with_field(4, ""), "coordinates", ", 51.7"),
        (GOOD + ",", "fields", "13 fields, not 12"),
        (GOOD[:-1], "fields", "11 fields, not 12"),
        ("x", "fields", "1 fields, not 12"),
        (" ", "fields", "1 fields, not 12"),
        ("extra," + GOOD, "fields", "13 fields, not 12"),
        (with_field(1, "2024-09"), "month", "2024-09"),
        (with_field(1, "2024-09").replace("Drugs,", "Drugs,2024-10"), "month", "2024-09"),
        (with_field(2, "Kent Police"), "force", "Kent Police"),
        (with_field(6, "x" * 201), "location", "x" * 80),
        (with_field(6, "a\tb"), "location", "a\N{REPLACEMENT CHARACTER}b"),
        (with_field(6, '"a\nb"'), "location", "a\N{REPLACEMENT CHARACTER}b"),
        (with_field(6, "a\x1fb"), "location", "a\N{REPLACEMENT CHARACTER}b"),
        (with_field(7, "w01-x"), "lsoa", "w01-x"),
    ],
)
def test_a_fault_of_a_row_sets_it_aside_and_names_its_line(line, code, detail):
    found = read(file_of(*[GOOD] * 60, line, *[GOOD] * 60))
    assert found.faults == (Fault(62, code, detail),)
    assert (found.rows, found.set_aside, sum(found.cells.values())) == (121, 1, 120)


def test_lines_are_those_of_the_file_though_fields_and_blanks_span_some():
    lines = [GOOD] * 100 + [with_field(6, '"a\nb"'), "", GOOD, with_field(9, "Piracy"), *[GOOD] * 100]
    found = read(file_of(*lines))
    assert [(fault.line, fault.code) for fault in found.faults] == [(102, "location"), (106, "category")]


def test_a_refusal_names_the_line_where_one_is_to_blame():
    assert refused(file_of(GOOD, GOOD).encode() + b"\xe9\n").faults == (Fault(4, "encoding"),)
    assert refused(file_of(GOOD, GOOD).encode() + b"x\0\n").faults == (Fault(4, "nul"),)
    assert refused(file_of(GOOD, '"a"b,' + GOOD)).faults[0].line == 3


def test_a_report_keeps_the_first_faults_and_counts_all():
    refusal = refused(file_of(*[with_field(9, "Piracy")] * 300, *[GOOD] * 300))
    assert (len(refusal.faults), refusal.set_aside, refusal.rows) == (KEPT_FAULTS, 300, 600)


def test_an_unknown_outcome_is_told_once_for_each_name_and_sets_nothing_aside():
    odd = with_field(10, "Sent to the moon")
    found = read(file_of(GOOD, odd, odd, with_field(10, "Knighted")))
    assert found.faults == (Fault(3, "unknown-outcome", "Sent to the moon"), Fault(5, "unknown-outcome", "Knighted"))
    assert (found.rows, found.set_aside) == (4, 0)


def test_the_next_file_is_not_blamed_for_the_outcomes_of_the_one_before():
    reader = Reader("gwent", Gazetteer())
    reader.read(file_of(with_field(10, "Knighted")).encode(), MONTH)
    assert reader.read(file_of(GOOD).encode(), MONTH).faults == ()


def test_repeats_are_rows_without_id_that_are_alike_and_ids_that_come_again():
    row = Row(crime_id="a" * 64)
    found = read(text_of([asb(), asb(), asb("B"), row, row, Row("Burglary", crime_id="a" * 64), *crimes(5)]))
    assert (found.rows, found.repeated, sum(found.cells.values())) == (11, 3, 11)


def test_one_reader_reads_many_months_and_knows_places_again():
    gazetteer = Gazetteer()
    reader = Reader("gwent", gazetteer)
    first = reader.read(text_of(crimes(2), MONTH).encode(), MONTH)
    second = reader.read(text_of(crimes(2), MONTH.plus(1)).encode(), MONTH.plus(1))
    assert first.cells == second.cells
    assert len(gazetteer.places) == 1


def test_the_key_of_a_cell_tells_the_place():
    gazetteer = Gazetteer()
    found = Reader("gwent", gazetteer).read(text_of([*crimes(1), *crimes(1, at="B")]).encode(), MONTH)
    assert {gazetteer.places[key >> KIND_BITS].lsoa_code for key in found.cells} == {"W01000001", "W01000002"}


ANYTHING = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)
FIELDS = (
    st.one_of(st.just(""), st.just("a" * 64), ANYTHING),
    st.sampled_from(["2024-10", "2024-10", "2024-10", "2024-09", ""]),
    st.one_of(st.sampled_from(["Gwent Police"] * 8 + ["Kent Police"]), ANYTHING),
    st.just("Gwent Police"),
    st.sampled_from(["-3.1", "", "0", "-3.25", "9"]),
    st.sampled_from(["51.7", "", "0", "51.75"]),
    st.one_of(st.sampled_from(["On or near ", "No Location", "A, B", 'The "Inn"']), ANYTHING),
    st.sampled_from(["W01000001", "", "bad code"]),
    st.one_of(st.just("Torfaen 001A"), ANYTHING),
    st.sampled_from([*(one.name for one in CATEGORIES), "Piracy"]),
    st.sampled_from(["", "Local resolution", "Knighted"]),
    st.just(""),
)
RECORDS = st.lists(st.one_of(st.tuples(*FIELDS), st.lists(ANYTHING, max_size=14)), max_size=30)


def written(records, quoting) -> str:
    held = io.StringIO(newline="")
    csv.writer(held, quoting=quoting, lineterminator="\n").writerows([HEADER, *records])
    return held.getvalue()


@settings(max_examples=300)
@given(RECORDS)
def test_without_quotation_marks_splitting_gives_what_the_csv_module_gives(records):
    """The quick way is taken only where it is right: then quoting every field gives the same reading."""
    clean = [[field.translate(dict.fromkeys(map(ord, ',"\r\n\x1f'))) for field in one] for one in records]
    clean = [one for one in clean if any(one)]
    plain, quoted = written(clean, csv.QUOTE_MINIMAL), written(clean, csv.QUOTE_ALL)
    quick = module._split(plain.replace('"', "").encode())
    slow = module._split_by_csv(quoted.encode())
    assert [text.split(quick.mark) for text in quick.texts if text] == [text.split(slow.mark) for text in slow.texts]
    assert result_of(plain) == result_of(quoted)


def result_of(text: str):
    gazetteer = Gazetteer()
    try:
        found = Reader("gwent", gazetteer).read(text.encode(), MONTH)
    except FileRefused as refusal:
        return refusal.code, refusal.faults, refusal.rows, refusal.set_aside
    return found, gazetteer.places


@settings(max_examples=300)
@given(RECORDS)
def test_the_quick_pass_counts_what_a_slow_one_counts(records):
    """Row by row with the csv module and the rules alone, and no cleverness. A blank line is no row, quoted or not."""
    text = written(records, csv.QUOTE_MINIMAL)
    reader = Reader("gwent", Gazetteer())
    sound = faulty = 0
    for fields in csv.reader(io.StringIO(text.replace("\x1f", "\x1e"), newline="")):
        if fields not in ([], [""], list(HEADER)):
            try:
                reader._check(fields, str(MONTH))
                sound += 1
            except module.RowFault:
                faulty += 1
    found = attempt(text.encode(), reader)
    if isinstance(found, FileRefused):
        assert found.code in {"no-rows", "wrong-month", "wrong-force", "too-many-faults", "not-csv"}
    else:
        assert (sum(found.cells.values()), found.set_aside) == (sound, faulty)


@settings(max_examples=500)
@given(st.one_of(st.binary(max_size=400), st.binary(max_size=200).map(lambda tail: file_of(GOOD).encode() + tail)))
def test_whatever_the_bytes_there_is_a_reading_or_a_refusal(data):
    found = attempt(data)
    if isinstance(found, FileRefused):
        assert found.code
        assert all(fault.line >= 1 for fault in found.faults)
    else:
        assert found.rows == sum(found.cells.values()) + found.set_aside


@settings(max_examples=300)
@given(st.data())
def test_a_file_with_any_stretch_cut_or_overwritten_is_read_or_refused(data):
    whole = bytearray(file_of(*[GOOD] * 5).encode())
    start = data.draw(st.integers(0, len(whole)))
    whole[start : start + data.draw(st.integers(0, 200))] = data.draw(st.binary(max_size=30))
    found = attempt(bytes(whole))
    assert isinstance(found, FileRefused) or found.rows == sum(found.cells.values()) + found.set_aside
