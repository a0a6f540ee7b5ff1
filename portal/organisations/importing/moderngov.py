"""Councillors from ModernGov's `GetCouncillorsByWard`. The parser is expat itself: it tells lines, and it is told to
refuse a DOCTYPE, so that no entity is ever declared, let alone expanded or fetched.

What stands under `homeaddress` is not looked at.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from xml.parsers import expat

from portal.organisations.importing import values
from portal.organisations.importing.found import At, FoundCouncillor, Gathered
from portal.places.importing.files import FileRefused, RowFault, Source

NAME = "councillors by ward, from ModernGov"
_DEEPEST, _MOST_ELEMENTS, _LONGEST_TEXT = 16, 200_000, 20_000
_ROOT = "councillorsbyward"
_HOME = "homeaddress"


@dataclass(slots=True)
class _Entry:
    """One councillor while they are being read: texts by the name of their element, or of the part and the element."""

    line: int
    texts: dict[str, str] = field(default_factory=dict)
    terms: list[dict[str, str]] = field(default_factory=list)


class _Reader:
    """Follows the elements and keeps what is wanted of them."""

    def __init__(self, source: Source, gathered: Gathered) -> None:
        self.source, self.gathered = source, gathered
        self.path: list[str] = []
        self.text: list[str] = []
        self.ward = ""
        self.entry: _Entry | None = None
        self.elements = self.entries = self.homes = 0
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters

    def read(self, content: bytes) -> None:
        try:
            self.parser.Parse(content, True)  # noqa: FBT003 - expat has it so: this is all of it
        except expat.ExpatError as error:
            said = f"it is cut off or damaged ({expat.errors.messages[error.code]})"
            raise FileRefused(self.source.name, f"line {error.lineno}", said) from error
        except LookupError as error:
            raise FileRefused(self.source.name, "line 1", "it names an encoding that nobody knows") from error

    def _refused(self, said: str) -> FileRefused:
        return FileRefused(self.source.name, f"line {self.parser.CurrentLineNumber}", said)

    def _doctype(self, *_: object) -> None:
        raise self._refused("it has a DOCTYPE, which a list of councillors needs not; nothing was read")

    def _start(self, name: str, _attributes: dict[str, str]) -> None:
        name = name.rpartition(":")[2].lower()
        self.elements += 1
        if not self.path and name != _ROOT:
            raise self._refused(f"its first element is {name[:40]!r}; {_ROOT!r} was expected")
        if len(self.path) >= _DEEPEST or self.elements > _MOST_ELEMENTS:
            raise self._refused("it is nested too deeply, or holds too much for a list of councillors")
        self.path.append(name)
        self.text = []
        if name == "councillor":
            self.entry = _Entry(self.parser.CurrentLineNumber)
        elif name == "termofoffice" and self.entry is not None:
            self.entry.terms.append({})
        elif name == _HOME:
            self.homes += 1

    def _characters(self, data: str) -> None:
        self.text.append(data)
        if sum(map(len, self.text)) > _LONGEST_TEXT:
            raise self._refused("one of its elements holds too much text")

    def _end(self, _name: str) -> None:
        name, text = self.path.pop(), values.one_line("".join(self.text))
        self.text = []
        if name == "councillor" and self.entry is not None:
            self._finish(self.entry)
            self.entry = None
        elif name == "wardtitle":
            self.ward = text
        elif self.entry is not None and _HOME not in self.path and text:
            self._keep(self.entry, name, text)

    def _keep(self, entry: _Entry, name: str, text: str) -> None:
        part = self.path[-1]
        if part == "termofoffice" and entry.terms:
            entry.terms[-1][name] = text
        elif part == "surgerydetails":
            entry.texts["surgery"] = f"{entry.texts.get('surgery', '')} {text}".strip()
        elif part == "workaddress":
            entry.texts[f"work {name}"] = text
        elif part == "councillor":
            entry.texts[name] = text

    def _finish(self, entry: _Entry) -> None:
        at = At(self.source.name, f"line {entry.line}")
        self.entries += 1
        try:
            self.gathered.councillors.append(self._found(at, entry))
        except RowFault as fault:
            self.gathered.fault(at, f"{fault.code}: {fault.detail}")

    def _found(self, at: At, entry: _Entry) -> FoundCouncillor:
        texts = entry.texts
        name = values.person(texts.get("fullusername", ""))
        telephone = texts.get("work phone") or texts.get("work mobile") or ""
        fields: dict[str, object] = {
            "party_en": values.paragraph(texts.get("politicalpartytitle", ""), 120),
            "email": values.email(texts.get("work email", ""), at, self.gathered),
            "telephone": values.telephone(telephone, at, self.gathered),
            "surgery_en": values.paragraph(texts.get("surgery", ""), 1000),
        }
        return FoundCouncillor(
            at, values.named(self.ward, "ward"), name, texts.get("councillorid", "")[:60], fields | _term(entry.terms)
        )


def read_moderngov(source: Source, content: bytes, gathered: Gathered) -> None:
    """Read one file. Raises FileRefused."""
    reader = _Reader(source, gathered)
    reader.read(content)
    if reader.homes:
        said = f"home addresses and home telephones of {reader.homes} people were not read"
        gathered.note(At(source.name, "homeaddress"), said)
    gathered.read_file(source, NAME, reader.entries)


def _term(terms: list[dict[str, str]]) -> dict[str, object]:
    """The newest term that the file has; nothing where it has none, so that what is known stays."""
    days = [(values.day(one.get("startdate", "")), values.day(one.get("enddate", ""))) for one in terms]
    known = [(start, end) for start, end in days if start is not None]
    if not known:
        return {}
    start, end = max(known, key=lambda pair: pair[0])
    return {"starts_on": start, "term_ends_on": end}
