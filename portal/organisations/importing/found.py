"""What files say: people and bodies, each with its place in the file; and what is wrong, all of it at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from portal.places.importing.files import FileRefused, FilesRefused, Source


@dataclass(frozen=True, slots=True)
class At:
    """A place in a file: a line, or the piece of a JSON file."""

    file: str
    where: str

    def __str__(self) -> str:
        return f"{self.file}, {self.where}"


@dataclass(frozen=True, slots=True)
class FoundCouncillor:
    """One entry of a list of councillors. `name` empty: a vacant seat. `fields` has what the format has, and no more:
    what a file cannot say stays as it is.
    """

    at: At
    ward: str
    """Code or name, as the file gives it."""
    name: str
    source_id: str = ""
    fields: Mapping[str, Any] = field(default_factory=dict)
    covered_by: str | None = None
    """Number or name of who stands in; None where the file has no such column."""
    seats: int | None = None


@dataclass(frozen=True, slots=True)
class FoundOrganisation:
    """One organisation, by its code."""

    at: At
    code: str
    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class FoundPost:
    """One post of an organisation, and who holds it; `name` empty: nobody does. None: the file does not say."""

    at: At
    organisation: str
    code: str
    fields: Mapping[str, Any]
    name: str | None = None
    holder: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Gathered:
    """Everything that was read, and everything that is wrong with it."""

    councillors: list[FoundCouncillor] = field(default_factory=list)
    organisations: list[FoundOrganisation] = field(default_factory=list)
    posts: list[FoundPost] = field(default_factory=list)
    files: list[tuple[str, str, int]] = field(default_factory=list)
    """Name, what it is, entries."""
    notes: list[str] = field(default_factory=list)
    """What was left out and does not stop the rest."""
    refusals: list[FileRefused] = field(default_factory=list)

    def fault(self, at: At, said: str) -> None:
        """Something for which nothing at all may be imported."""
        self.refusals.append(FileRefused(at.file, at.where, said))

    def note(self, at: At, said: str) -> None:
        self.notes.append(f"{at}: {said}")

    def read_file(self, source: Source, what: str, entries: int) -> None:
        self.files.append((source.name, what, entries))

    def refuse_if_faulty(self) -> None:
        """Raises FilesRefused with every fault found so far."""
        if self.refusals:
            raise FilesRefused(self.refusals)
