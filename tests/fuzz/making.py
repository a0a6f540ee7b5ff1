"""Input that nobody would send in good faith: whole documents cut, doubled, spiked and mixed, and noise."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests.telling import tell

LONGEST_SECONDS = 1.0
SOAK_SECONDS = float(os.environ.get("FUZZ_SECONDS", "600"))
SAMPLE_SECONDS = 1.0
_EXAMPLES = 200
_SPIKES = (
    *(
        b"\x00",
        b"\xff\xfe",
        b"\xef\xbb\xbf",
        b"\xed\xa0\x80",
        b"\xf4\x90\x80\x80",
        b"\r",
        b"\n",
        b"\r\n",
        b"\x1f",
        b"\x85",
        b"\xe2\x80\xa8",
    ),
    *(
        b'"',
        b'""',
        b"'",
        b",",
        b",,,,",
        b";",
        b"\t",
        b"\\",
        b"<",
        b">",
        b"&",
        b"%00",
        b"../",
        b"\x1b[2J",
        b"\x7f",
        b"\xf0\x9f\x98\x80",
    ),
    *(
        b"nan",
        b"inf",
        b"-1e309",
        b"1e400",
        b"9" * 400,
        b"-0.0",
        b"0x10",
        b"1_000",
        b"\xd9\xa3",
        b"[" * 2000,
        b"{" * 50,
        b"(" * 900,
        b"a" * 70_000,
    ),
    *(
        b"<script>",
        b"javascript:alert(1)",
        b"data:text/html,x",
        b"](",
        b"![",
        b"```",
        b"*" * 500,
        b"> " * 400,
        b"[a](<",
        b"|--" * 200,
        b"&#0;",
    ),
)


@st.composite
def spoiled(draw: st.DrawFn, *whole: bytes) -> bytes:
    """One of the documents, edited a few times; sometimes no document at all."""
    data = draw(st.sampled_from(whole) | st.binary(max_size=300))
    for _ in range(draw(st.integers(0, 6))):
        at = draw(st.integers(0, len(data)))
        to = min(len(data), at + draw(st.integers(0, 60)))
        put = draw(st.sampled_from(_SPIKES) | st.binary(max_size=8) | st.just(data[at:to] * 3) | st.just(b""))
        data = data[:at] + put + data[draw(st.sampled_from((at, to))) :]
    return data


@st.composite
def spoiled_text(draw: st.DrawFn, *whole: str) -> str:
    """The same as text."""
    if draw(st.booleans()):
        return draw(st.text(max_size=300))
    return draw(spoiled(*(one.encode() for one in whole))).decode("utf-8", "replace")


def fuzz(name: str, strategy: st.SearchStrategy[Any], check: Callable[[Any], None], seconds: float) -> None:
    """Give `check` one made-up input after another: none may raise, and none may take longer than a second."""
    began, count, longest = time.monotonic(), 0, 0.0

    def seconds_for(made: Any) -> float:
        started = time.thread_time()
        check(made)
        return time.thread_time() - started

    def once(made: Any) -> None:
        nonlocal count, longest
        took = seconds_for(made)
        if took > LONGEST_SECONDS:  # the machine may have been taken away, which the clock of a virtual one counts too
            took = min(took, seconds_for(made))
        count, longest = count + 1, max(longest, took)
        assert took <= LONGEST_SECONDS, f"{took:.2f} s for one input"

    number = time.time_ns() // 1000
    while time.monotonic() - began < seconds:
        number += 1
        batch = settings(
            max_examples=_EXAMPLES,
            database=None,
            deadline=None,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
            print_blob=True,
        )(given(strategy)(once))
        seed(number)(batch)()
    assert count >= _EXAMPLES
    seconds = time.monotonic() - began
    tell(f"C5 fuzz, {name}: {count:,} inputs in {seconds:.0f} s, the longest took {1000 * longest:.0f} ms, no crash")
