"""Accounts and what belongs to one: roles, sessions, links, codes. No password, code or link is kept, only what it can
be checked against.
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

from sqlmodel import Field, SQLModel


class AccountStatus(StrEnum):
    """Where an account stands; see `portal.accounts.workflow`."""

    invited = "invited"
    active = "active"
    suspended = "suspended"
    removed = "removed"


WITH_PASSWORD = (AccountStatus.active, AccountStatus.suspended)
"""Where the password of an account is looked at: who is suspended is told so, and no more."""


class Account(SQLModel, table=True):
    """Somebody who works with the portal."""

    id: int | None = Field(default=None, primary_key=True)
    email: str | None = Field(default=None, max_length=254)
    """As it was typed: where mail goes. None once the account is removed."""
    email_key: str = Field(max_length=254, unique=True)
    """The mailbox (`portal.notifications.rules`): no two accounts share one. Of a removed account a random word."""
    name: str = Field(max_length=120)
    language: str = Field(max_length=2)
    """In which mail is written and where signing in leads."""
    status: AccountStatus
    organisation_id: int | None = Field(default=None, index=True)
    """The organisation for which a partner's contact acts."""
    password_hash: str | None = Field(default=None, max_length=200)
    factor_sealed: str | None = Field(default=None, max_length=300)
    """The secret of the authenticator, sealed by `portal.vault`. None until its first code was right."""
    factor_confirmed_at: dt.datetime | None = None
    """When that was."""
    codes_sealed: str | None = Field(default=None, max_length=600)
    """The recovery codes, sealed as well, from when they are made until their owner says that they are kept."""
    factor_step: int = 0
    """The last time step whose code was used: no code is good twice."""
    invited_at: dt.datetime
    signed_in_at: dt.datetime | None = None

    @property
    def key(self) -> int:
        """The `id` of an account that is stored. Raises ValueError for one that is not yet."""
        if self.id is None:
            raise ValueError("the account is not stored yet")
        return self.id


class AccountRole(SQLModel, table=True):
    """A role that an account has, by its code in content/roles.toml."""

    __tablename__ = "account_role"

    account_id: int = Field(foreign_key="account.id", primary_key=True)
    role: str = Field(primary_key=True, max_length=40, index=True)


class SessionStage(StrEnum):
    """How far somebody has come in signing in."""

    password = "password"  # noqa: S105 - the name of a stage
    whole = "whole"


class AccountSession(SQLModel, table=True):
    """One browser in which somebody is signed in, or has given the password and still owes the code."""

    __tablename__ = "account_session"

    id: int | None = Field(default=None, primary_key=True)
    account_id: int = Field(foreign_key="account.id", index=True)
    token_hash: str = Field(max_length=64, unique=True)
    stage: SessionStage
    began_at: dt.datetime
    seen_at: dt.datetime
    ends_at: dt.datetime
    device: str = Field(max_length=60)
    """Browser and system in a word each, so that its owner knows it again; nothing else of the browser is kept."""
    factor_sealed: str | None = Field(default=None, max_length=300)
    """The secret that was offered for an authenticator in this browser, sealed: no other browser is shown it."""


class LinkPurpose(StrEnum):
    """What a link by mail is good for."""

    invitation = "invitation"
    password = "password"  # noqa: S105 - the name of a purpose


class AccountLink(SQLModel, table=True):
    """A link that was sent to the address of an account. Opening it does nothing; the form behind it does."""

    __tablename__ = "account_link"

    id: int | None = Field(default=None, primary_key=True)
    account_id: int = Field(foreign_key="account.id", index=True)
    purpose: LinkPurpose
    token_hash: str = Field(max_length=64, unique=True)
    made_at: dt.datetime
    ends_at: dt.datetime
    used_at: dt.datetime | None = None


class RecoveryCode(SQLModel, table=True):
    """A code for who has lost the authenticator; gone once it is used."""

    __tablename__ = "account_recovery_code"

    account_id: int = Field(foreign_key="account.id", primary_key=True)
    code_hash: str = Field(primary_key=True, max_length=64)


class PasswordRequest(SQLModel, table=True):
    """That somebody asked for a new password for an address, known or not: the worker looks it up, so that the answer
    takes as long for every address.
    """

    __tablename__ = "account_password_request"

    id: int | None = Field(default=None, primary_key=True)
    email_key: str = Field(max_length=254)
    asked_at: dt.datetime
