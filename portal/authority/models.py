"""What was said on screen of the authority's settings; what was not said there is as in portal.toml."""

from __future__ import annotations

import datetime as dt

from sqlmodel import Field, SQLModel


class AuthoritySetting(SQLModel, table=True):
    """One setting of the table `[authority]`, in the place of what portal.toml says."""

    __tablename__ = "authority_setting"

    name: str = Field(primary_key=True, max_length=40)
    value: str = Field(max_length=300)
    changed_at: dt.datetime
