"""Areas and how they nest, small statistical areas, postcodes and the names people use. What can change is dated."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

from sqlalchemy import CheckConstraint, LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel


class AreaKind(StrEnum):
    """What an area is.

    A neighbourhood is what residents call theirs: one per ward until the partnership draws others.
    """

    ward = "ward"
    neighbourhood = "neighbourhood"
    authority = "authority"
    partnership = "partnership"
    force = "force"


class Area(SQLModel, table=True):
    """An area with a name in each language, in being from `starts_on` until the day before `ends_on`."""

    __table_args__ = (
        UniqueConstraint("kind", "code", "starts_on"),
        UniqueConstraint("kind", "slug_en"),
        UniqueConstraint("kind", "slug_cy"),
        CheckConstraint("ends_on IS NULL OR ends_on > starts_on", name="area_dates"),
    )

    id: int | None = Field(default=None, primary_key=True)
    kind: AreaKind
    code: str = Field(max_length=20, index=True)
    """The official code (W05001361); a drawn neighbourhood takes the code of its ward, or one of its own."""
    name_en: str = Field(max_length=120)
    name_cy: str = Field(max_length=120)
    slug_en: str = Field(max_length=140)
    slug_cy: str = Field(max_length=140)
    sort_key_cy: str | None = Field(default=None, max_length=140)
    """Set by hand where the Welsh alphabet cannot be read off the spelling (Bangor has n and g, not ng)."""
    starts_on: dt.date
    ends_on: dt.date | None = None
    closed_at: dt.datetime | None = None
    """When the portal learned of its end: what came in later was never added up for it."""
    longitude: float | None = None
    latitude: float | None = None
    served: bool = True
    """False for a neighbour that is known by name only, so that "across the border" can be said."""
    boundary: bytes | None = Field(default=None, sa_type=LargeBinary)
    """WGS84 polygon or multipolygon as well-known binary, where a boundary is loaded."""

    def name(self, lang: str) -> str:
        return self.name_cy if lang == "cy" else self.name_en

    def slug(self, lang: str) -> str:
        return self.slug_cy if lang == "cy" else self.slug_en

    @property
    def key(self) -> int:
        """The `id` of an area that is stored. Raises ValueError for one that is not yet."""
        if self.id is None:
            raise ValueError(f"{self.code} is not stored yet")
        return self.id


class AreaMember(SQLModel, table=True):
    """`child_id` lies in `parent_id`: ward in neighbourhood and authority, authority in partnership and force.

    Many to many, dated.
    """

    parent_id: int = Field(foreign_key="area.id", primary_key=True)
    child_id: int = Field(foreign_key="area.id", primary_key=True, index=True)
    starts_on: dt.date = Field(primary_key=True)
    ends_on: dt.date | None = None


class AreaSuccessor(SQLModel, table=True):
    """What took the place of an area that ended: where its old address leads."""

    area_id: int = Field(foreign_key="area.id", primary_key=True)
    successor_id: int = Field(foreign_key="area.id", primary_key=True, index=True)


class Lsoa(SQLModel, table=True):
    """A lower layer super output area of one census vintage (2011 or 2021)."""

    code: str = Field(primary_key=True, max_length=12)
    vintage: int = Field(primary_key=True)
    name: str = Field(max_length=120)
    residents: int | None = None
    households: int | None = None
    population_year: int | None = None
    boundary: bytes | None = Field(default=None, sa_type=LargeBinary)


class LsoaWard(SQLModel, table=True):
    """The ward into which an LSOA of either vintage falls by the published best fit: one ward each, served or not."""

    lsoa_code: str = Field(primary_key=True, max_length=12)
    ward_code: str = Field(primary_key=True, max_length=12, index=True)


class LsoaBridge(SQLModel, table=True):
    """How a 2011 LSOA became 2021 ones: U unchanged, S split, M merged, X irregular."""

    lsoa11_code: str = Field(primary_key=True, max_length=12)
    lsoa21_code: str = Field(primary_key=True, max_length=12, index=True)
    change: str = Field(max_length=1)


class Postcode(SQLModel, table=True):
    """A live postcode without its space, and the point that stands for it."""

    code: str = Field(primary_key=True, max_length=8)
    longitude: float
    latitude: float
    lsoa_code: str | None = Field(default=None, max_length=12)
    ward_code: str | None = Field(default=None, max_length=12)
    """Worked out by the portal's one ward rule when the postcode was loaded; None means outside the areas served."""
    authority_code: str | None = Field(default=None, max_length=12)
    """As the file gave it: names the neighbour when the postcode lies across the border."""


class PlaceName(SQLModel, table=True):
    """A name that people use for where they live: a village, an estate, a street."""

    id: int | None = Field(default=None, primary_key=True)
    name_en: str = Field(max_length=120)
    name_cy: str = Field(max_length=120)
    key_en: str = Field(max_length=120, index=True)
    """The name folded for searching: lower case, no accents, no punctuation."""
    key_cy: str = Field(max_length=120, index=True)
    kind: str = Field(max_length=20)
    longitude: float
    latitude: float
    ward_code: str | None = Field(default=None, max_length=12)
