"""How the headers of a letter stand on the lines of a mail, so that every reader finds in them what was meant."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from email.charset import Charset
from email.headerregistry import HeaderRegistry, UniqueAddressHeader, UniqueUnstructuredHeader
from email.policy import SMTP, Policy
from itertools import groupby

_LONGEST_LINE = 76
_LONGEST_CODED = 60
"""So that the name of a header stands before it on the same line. Source: RFC 2047, 2, has 76 and 75 characters."""
_UTF_8 = Charset("utf-8")
_SPECIAL = frozenset('()<>[]:;@\\,."')
"""What cannot stand by itself in the name of somebody. Source: RFC 5322, 3.2.3."""


class _OnOneLine:
    """A header that is never folded: Python would write a long address in it as an encoded word, which no reader of
    List-Unsubscribe takes for an address.
    """

    name: str
    max_count = 1

    @classmethod
    def parse(cls, value: str, kwds: dict[str, object]) -> None:
        kwds["decoded"] = value
        kwds["parse_tree"] = value
        kwds["defects"] = []

    def fold(self, *, policy: Policy) -> str:
        return f"{self.name}: {self}{policy.linesep}"


class _Subject(UniqueUnstructuredHeader):
    """Words alone."""

    name: str

    def fold(self, *, policy: Policy) -> str:
        return _folded(self.name, _pieces(str(self)), policy)


class _From(UniqueAddressHeader):
    """The name of one sender, and the address."""

    name: str

    def fold(self, *, policy: Policy) -> str:
        (one,) = self.addresses
        return _folded(self.name, (*_pieces(one.display_name, _SPECIAL), f"<{one.addr_spec}>"), policy)


class _ListId(UniqueUnstructuredHeader):
    """The name of a list, and what programs know it by."""

    name: str

    def fold(self, *, policy: Policy) -> str:
        words, _, known_by = str(self).rpartition(" <")
        return _folded(self.name, (*_pieces(words, _SPECIAL), f"<{known_by}"), policy)


def _folded(name: str, pieces: Iterable[str], policy: Policy) -> str:
    """The pieces with one space between any two, over as many lines as they take. Python's own folding leaves a second
    space where a line ends before an encoded word.
    """
    first, *others = tuple(pieces) or ("",)
    lines = [f"{name}: {first}"]
    for one in others:
        if len(lines[-1]) + 1 + len(one) <= _LONGEST_LINE:
            lines[-1] += f" {one}"
        else:
            lines.append(f" {one}")
    return "".join(line + policy.linesep for line in lines)


def _pieces(text: str, special: frozenset[str] = frozenset()) -> Iterator[str]:
    """Words as they are, and as encoded words those that cannot stand so. Several that stand together are encoded
    together: readers drop what is between two encoded words.
    """
    words = filter(None, text.split(" "))
    for is_coded, some in groupby(words, lambda word: not word.isascii() or not special.isdisjoint(word)):
        if is_coded:
            yield from _coded(" ".join(some))
        else:
            yield from some


def _coded(text: str) -> Iterator[str]:
    """As few encoded words as hold it."""
    chunk = ""
    for letter in text:
        if len(_UTF_8.header_encode(chunk + letter)) > _LONGEST_CODED:
            yield _UTF_8.header_encode(chunk)
            chunk = ""
        chunk += letter
    yield _UTF_8.header_encode(chunk)


_KINDS = {"list-unsubscribe": _OnOneLine, "subject": _Subject, "from": _From, "list-id": _ListId}
_REGISTRY = HeaderRegistry()
for _name, _kind in _KINDS.items():
    _REGISTRY.map_to_type(_name, _kind)  # type: ignore[arg-type] # each is joined with a BaseHeader
POLICY = SMTP.clone(header_factory=_REGISTRY)
"""For every letter that leaves."""
