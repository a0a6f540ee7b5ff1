"""Where street files come from: files, folders, archives whole and damaged."""

from __future__ import annotations

import io
import random
import zipfile

import pytest

from portal.crime import sources as module
from portal.crime.reading import FileRefused
from portal.crime.sources import opened
from tests.crime.streets import FORCES, MONTH, crimes, text_of, write

NAME = "2024-10-gwent-street.csv"
INSIDE = f"2024-10/{NAME}"


def archive(path, *members, how=zipfile.ZIP_DEFLATED):
    with zipfile.ZipFile(path, "w", how) as made:
        for name, data in members:
            made.writestr(name, data)
    return path


def found_in(*paths, forces=FORCES):
    with opened(paths, forces) as sources:
        return [one.name for one in sources.files], [one.refusal.code for one in sources.refused], sources.skipped


def read_all(path):
    """What each file of an archive gives: bytes, or the code of a refusal."""
    results = []
    with opened([path], FORCES) as sources:
        for one in sources.files:
            try:
                results.append(one.read())
            except FileRefused as refusal:
                results.append(refusal.code)
        return results, [one.refusal.code for one in sources.refused]


def test_a_folder_is_searched_to_the_bottom_in_one_order(tmp_path):
    for month in (MONTH, MONTH.plus(-1), MONTH.plus(1)):
        write(tmp_path / "deep" / "er", crimes(1), month)
    write(tmp_path, crimes(1), force="btp")
    write(tmp_path, crimes(1), force="south-wales")
    (tmp_path / "readme.txt").write_text("x")
    names, refused, skipped = found_in(tmp_path)
    assert names == [
        f"{name}-street.csv" for name in ("2024-09-gwent", "2024-10-btp", "2024-10-gwent", "2024-11-gwent")
    ]
    assert (refused, skipped) == ([], 2)


@pytest.mark.parametrize("month", ["0000-05", "1999-12", "2024-13", "9999-01"])
def test_a_street_file_of_no_month_is_refused_wherever_it_lies(tmp_path, month):
    name = f"{month}-gwent-street.csv"
    (tmp_path / name).write_text(text_of(crimes(1)), encoding="utf-8")
    assert found_in(tmp_path) == found_in(tmp_path / name) == ([], ["month"], 0)
    assert found_in(archive(tmp_path / "latest.zip", (name, b"x"))) == ([], ["month"], 0)


def test_of_the_published_archive_only_street_files_of_the_forces_wanted_are_opened(tmp_path):
    data = text_of(crimes(2)).encode()
    made = archive(
        tmp_path / "latest.zip",
        ("2024-10/", b""),
        (INSIDE, data),
        ("2024-10/2024-10-gwent-outcomes.csv", b"x"),
        ("2024-10/2024-10-gwent-stop-and-search.csv", b"x"),
        ("2024-10/2024-10-kent-street.csv", b"x"),
        ("2024-10/2024-10-btp-street.csv", data),
    )
    names, refused, skipped = found_in(made)
    assert (names, refused, skipped) == (["2024-10-btp-street.csv", NAME], [], 3)
    assert read_all(made) == ([data, data], [])
    with opened([made], FORCES) as sources:
        assert sources.size == 2 * len(data)


def test_a_file_named_by_itself_may_be_any_that_a_shell_lists(tmp_path):
    street = write(tmp_path, crimes(1))
    outcomes = street.with_name("2024-10-gwent-outcomes.csv")
    outcomes.write_text("x")
    other = write(tmp_path, crimes(1), force="south-wales")
    assert found_in(street, outcomes, other) == ([NAME], [], 2)


def test_a_file_with_another_name_is_refused_for_its_name(tmp_path):
    (tmp_path / "crimes.csv").write_text(text_of(crimes(1)))
    assert found_in(tmp_path / "crimes.csv") == ([], ["name"], 0)


def test_an_archive_is_known_by_what_it_is(tmp_path):
    made = archive(tmp_path / "download", (INSIDE, b"x"))
    assert found_in(made)[0] == [NAME]


def test_names_in_an_archive_are_never_paths(tmp_path):
    names = ("../../etc/" + NAME, "/etc/2024-11-gwent-street.csv", "C:\\x\\2024-12-gwent-street.csv", "a/../b.csv")
    made = archive(tmp_path / "a.zip", *((name, b"x") for name in names))
    assert found_in(made) == ([f"2024-{month}-gwent-street.csv" for month in (10, 11, 12)], [], 1)
    assert read_all(made) == ([b"x"] * 3, [])
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["a.zip"]


def test_a_truncated_archive_is_refused_in_clear_words(tmp_path):
    made = archive(tmp_path / "a.zip", (INSIDE, text_of(crimes(500)).encode()))
    made.write_bytes(made.read_bytes()[:-40])
    with opened([made], FORCES) as sources:
        assert sources.files == []
        assert [(one.name, one.refusal.code) for one in sources.refused] == [("a.zip", "archive")]
        assert "cut short" in sources.refused[0].refusal.detail


@pytest.mark.parametrize("data", [b"", b"PK", b"PK\3\4", b"not a zip", b"\0" * 100])
def test_what_calls_itself_an_archive_and_is_none_is_refused(tmp_path, data):
    (tmp_path / "a.zip").write_bytes(data)
    assert found_in(tmp_path / "a.zip") == ([], ["archive"], 0)


def test_a_damaged_member_is_refused_and_the_others_are_read(tmp_path):
    random_bytes = random.Random(1).randbytes(5000)
    made = archive(
        tmp_path / "a.zip", (INSIDE, random_bytes), ("x/2024-11-gwent-street.csv", b"fine"), how=zipfile.ZIP_STORED
    )
    data = bytearray(made.read_bytes())
    data[2000] ^= 0xFF
    made.write_bytes(data)
    assert read_all(made) == (["archive", b"fine"], [])


def test_an_encrypted_member_is_refused(tmp_path):
    made = archive(tmp_path / "a.zip", (INSIDE, b"secret"))
    data = bytearray(made.read_bytes())
    for sign, flags in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        data[data.index(sign) + flags] |= 1
    made.write_bytes(data)
    assert read_all(made) == (["encrypted"], [])


def test_a_member_that_shrank_beyond_belief_is_not_opened(tmp_path):
    made = archive(tmp_path / "a.zip", (INSIDE, b"0" * 10_000_000))
    assert read_all(made) == (["ratio"], [])


def test_a_member_that_lies_about_its_size_gives_no_more_than_it_says(tmp_path):
    made = archive(tmp_path / "a.zip", (INSIDE, random.Random(2).randbytes(50_000)))
    data = bytearray(made.read_bytes())
    at = data.index(b"PK\1\2") + 24
    data[at : at + 4] = (100).to_bytes(4, "little")
    made.write_bytes(data)
    assert read_all(made) == (["archive"], [])


def test_what_is_too_large_is_refused_before_and_while_it_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "LARGEST_FILE", 1000)
    assert read_all(archive(tmp_path / "a.zip", (INSIDE, random.Random(3).randbytes(1001)))) == (["too-large"], [])
    plain = write(tmp_path / "plain", crimes(20))
    assert read_all(plain) == (["too-large"], [])


def test_an_archive_with_more_files_than_the_police_have_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "_MOST_MEMBERS", 2)
    made = archive(tmp_path / "a.zip", *((f"{n}.csv", b"") for n in range(3)))
    assert found_in(made) == ([], ["archive"], 0)


def test_a_file_that_is_gone_when_its_turn_comes_is_refused(tmp_path):
    path = write(tmp_path, crimes(1))
    with opened([tmp_path], FORCES) as sources:
        path.unlink()
        with pytest.raises(FileRefused) as caught:
            sources.files[0].read()
    assert caught.value.code == "unreadable"


def test_a_path_that_is_not_there_is_refused(tmp_path):
    assert found_in(tmp_path / "nothing.zip") == ([], ["unreadable"], 0)


def test_whatever_is_wrong_with_an_archive_it_is_read_or_refused(tmp_path):
    """2,000 archives with a few bytes overwritten, a stretch cut out, or the end missing."""
    held = io.BytesIO()
    archive(held, (INSIDE, text_of(crimes(30)).encode()), ("2024-11/2024-11-btp-street.csv", b"x" * 50))
    whole, chance, path = held.getvalue(), random.Random(4), tmp_path / "a.zip"
    for _ in range(2000):
        data = bytearray(whole)
        for _ in range(chance.randint(1, 4)):
            at = chance.randrange(len(data))
            if chance.random() < 0.8:
                data[at] = chance.randrange(256)
            else:
                del data[at : at + chance.randint(1, 60)]
        path.write_bytes(data)
        results, refused = read_all(path)
        assert all(isinstance(one, bytes | str) for one in results)
        assert len(refused) <= 1
