"""No input crashes a parser, and none keeps it busy for longer than a second. The soak does for ten minutes what a run
does for moments.
"""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import strategies as st

from tests.bench.asked import Asker
from tests.fuzz.making import SAMPLE_SECONDS, SOAK_SECONDS, fuzz, spoiled_text
from tests.fuzz.parsers import PARSERS
from tests.serving import copy_of, demonstration

ADDRESSES = (
    "/en/crime/neighbourhoods/aberelwern-town/2024-05",
    "/cy/troseddu/cymdogaethau/x/2024-05.csv",
    "/en/find",
    "/robots.txt",
    "/assets/x",
)


@pytest.fixture(scope="module")
def asker(tmp_path_factory):
    with Asker.of(copy_of(demonstration(), tmp_path_factory.mktemp("fuzz"))) as made:
        yield made


def ask(asker: Asker, asked: tuple[str, str, str]) -> None:
    path, month, header = asked
    status, _ = asyncio.run(
        asker.answer(f"/{path.lstrip('/')}", accept_language=header, accept_encoding=header, hx_target=header)
    )
    assert status < 500
    status, _ = asyncio.run(asker.answer(f"{ADDRESSES[0][:-8]}?month={month}", hx_request="true", if_none_match=header))
    assert status < 500


def asked() -> st.SearchStrategy:
    plain = st.text(st.characters(max_codepoint=255), max_size=40)
    return st.tuples(spoiled_text(*ADDRESSES), st.text(max_size=12), plain)


@pytest.mark.parametrize("parser", PARSERS, ids=lambda parser: parser.name)
def test_a_parser_survives_what_it_is_given(parser):
    fuzz(parser.name, parser.made, parser.check, SAMPLE_SECONDS)


def test_addresses_survive_what_is_asked(asker):
    fuzz("addresses", asked(), lambda made: ask(asker, made), SAMPLE_SECONDS)


@pytest.mark.soak
@pytest.mark.parametrize("parser", PARSERS, ids=lambda parser: parser.name)
def test_a_parser_survives_for_long(parser):
    fuzz(parser.name, parser.made, parser.check, SOAK_SECONDS)


@pytest.mark.soak
def test_addresses_survive_for_long(asker):
    fuzz("addresses", asked(), lambda made: ask(asker, made), SOAK_SECONDS)
