"""Settings: frozen, read once at the start from the environment, from `portal.toml` in the data folder, and from
secret files. Nothing else reads the environment.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields
from pathlib import Path
from typing import Any

from portal.clock import Nation
from portal.publisher import LONGEST, Authority, authority_problems, contrast_with_white, is_address, said

__all__ = [
    "CONFIG_NAME",
    "Authority",
    "BadSettings",
    "Settings",
    "described",
    "explained",
    "hand_on",
    "load",
    "origins",
]

CONFIG_NAME = "portal.toml"


class BadSettings(Exception):
    """The settings cannot be used; the text says which, why, and what would be right."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that differs between one installation and another."""

    data_dir: Path = said("folder of the database and of portal.toml", default=Path("portal-data"))
    database_url: str = said("database address; empty means SQLite in the data folder", default="")
    public_url: str = said("address that people type, without a slash at the end", default="http://127.0.0.1:8000")
    welsh: bool = said("publish in Welsh as well as in English", default=True)
    demo: bool = said("say 'demonstration data' on every page", default=False)
    trusted_proxies: int = said("how many proxies in front may be believed about the caller's address", default=0)
    ward_rule: str = said("point: by boundary where one is loaded; lsoa: always by best-fit lookup", default="point")
    smtp_host: str = said("mail server; empty means files in the folder mail/ of the data folder", default="")
    smtp_port: int = said("port of the mail server: 587 for starttls, 465 for tls", default=587)
    smtp_security: str = said("starttls: encrypted or not at all; tls: from the first byte; none", default="starttls")
    smtp_user: str = said("user at the mail server", default="")
    smtp_password: str = said("password at the mail server: a secret, best given as a file", default="", repr=False)
    mail_from: str = said("address that mail comes from", default="portal@example.org")
    feedback_months: int = said("months for which an answered message is kept", default=6)
    former_contact_months: int = said(
        "months for which it is kept how to reach somebody who has left a post or a seat", default=6
    )
    moderation_days: int = said("working days within which what somebody wrote is shown or refused", default=1)
    moderation_months: int = said(
        "months for which words that are not shown are kept, as they were written, after the decision", default=6
    )
    notice_months: int = said(
        "months for which a notice of complaint is kept after its end: as long as a claim may be brought, which nobody"
        " has confirmed, so ask a lawyer",
        default=18,
    )
    invited_months: int = said(
        "months for which an account is kept whose invitation nobody accepts, after the last invitation", default=3
    )
    complaint_days: int = said("days within which a complaint about data protection is acknowledged", default=30)
    session_hours: int = said("hours after which everybody must sign in again", default=12)
    session_idle_minutes: int = said("minutes without a page after which somebody is signed out", default=120)
    secret_keys: str = said(
        "keys that seal secrets in the database, newest first: a secret, best given as a file; empty means secret.key"
        " in the data folder",
        default="",
        repr=False,
    )
    audit_key: str = said(
        "Ed25519 keys (PEM) that sign the daily checkpoints of the record of acts, newest first: a secret, best given"
        " as a file; empty means audit-key.pem in the data folder",
        default="",
        repr=False,
    )
    authority: Authority = field(default_factory=Authority)

    @property
    def url(self) -> str:
        return self.database_url or f"sqlite:///{self.data_dir / 'portal.db'}"

    @property
    def mail_folder(self) -> Path:
        """Where mail goes when no mail server is named."""
        return self.data_dir / "mail"

    @property
    def languages(self) -> tuple[str, ...]:
        return ("en", "cy") if self.welsh else ("en",)

    @property
    def secure(self) -> bool:
        """Whether people reach the portal over https."""
        return self.public_url.startswith("https://")


def load(data_dir: Path | None = None, environ: Mapping[str, str] | None = None) -> Settings:
    """Settings from, in rising order: defaults, portal.toml, `PORTAL_NAME` and `PORTAL_NAME_FILE` in the environment.

    Raises BadSettings.
    """
    environ = os.environ if environ is None else environ
    folder = data_dir or Path(environ.get("PORTAL_DATA_DIR", "portal-data"))
    table = _read_toml(folder / CONFIG_NAME)
    if "data_dir" in table:
        raise BadSettings(f"data_dir: {CONFIG_NAME} lies in that folder; name it with --data or PORTAL_DATA_DIR")
    authority = Authority(**_typed(Authority, _subtable(table), "authority."))
    known = {one.name for one in fields(Settings)} - {"data_dir", "authority"}
    table |= {name: value for name in known if (value := _from_environ(environ, name)) is not None}
    settings = Settings(**_typed(Settings, table, ""), data_dir=folder, authority=authority)
    _check(settings)
    return settings


def hand_on(settings: Settings) -> None:
    """Let the processes that this one starts find the same data folder."""
    os.environ["PORTAL_DATA_DIR"] = str(settings.data_dir)


def described(settings: Settings) -> list[tuple[str, str, str]]:
    """Every setting as name, value and meaning; a secret's value is never given."""
    rows: list[tuple[Field[Any], object, str]] = [
        (one, settings, "") for one in fields(Settings) if one.name != "authority"
    ]
    rows += [(one, settings.authority, "authority.") for one in fields(Authority)]
    return [
        (prefix + one.name, str(getattr(owner, one.name)) if one.repr else "(secret)", one.metadata["help"])
        for one, owner, prefix in rows
    ]


def origins(settings: Settings, environ: Mapping[str, str] | None = None) -> Mapping[str, str]:
    """Where each setting that is no default was said: by its name as in `described`, "portal.toml" or "environment"."""
    environ = os.environ if environ is None else environ
    table = _read_toml(settings.data_dir / CONFIG_NAME)
    written = {f"authority.{name}": CONFIG_NAME for name in _subtable(table)} | dict.fromkeys(table, CONFIG_NAME)
    known = {one.name for one in fields(Settings)} - {"authority"}
    ways = {name: (f"PORTAL_{name.upper()}", f"PORTAL_{name.upper()}_FILE") for name in known}
    return written | {name: "environment" for name, keys in ways.items() if any(key in environ for key in keys)}


def explained() -> str:
    """A portal.toml in which every setting stands with its meaning and its default, as a comment. Secrets belong in
    files.
    """
    lines = ["# The settings of this portal. A line that begins with # stands for the default.", ""]
    lines += [
        f"# {one.metadata['help']}\n#{_line(one)}\n"
        for one in fields(Settings)
        if one.metadata and one.repr and one.name != "data_dir"
    ]
    lines += ["[authority]", *(f"# {one.metadata['help']}\n#{_line(one)}\n" for one in fields(Authority))]
    return "\n".join(lines)


def _line(one: Any) -> str:
    value = one.default
    text = str(value).lower() if isinstance(value, bool) else str(value) if isinstance(value, int) else f'"{value}"'
    return f"{one.name} = {text}"


def _from_environ(environ: Mapping[str, str], name: str) -> str | None:
    """The value itself, or the text of the file that `PORTAL_NAME_FILE` names: the way for secrets."""
    key = f"PORTAL_{name.upper()}"
    if key in environ:
        return environ[key]
    if f"{key}_FILE" not in environ:
        return None
    try:
        return Path(environ[f"{key}_FILE"]).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise BadSettings(f"{key}_FILE: the file cannot be read ({why})") from error


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, RecursionError, tomllib.TOMLDecodeError) as error:
        raise BadSettings(f"{CONFIG_NAME} cannot be read: {error}") from error


def _subtable(table: dict[str, Any]) -> dict[str, Any]:
    found = table.pop("authority", {})
    if not isinstance(found, dict):
        raise BadSettings("authority: it is a table, [authority], with a line for each of its settings")
    return found


def _typed(owner: type, table: Mapping[str, Any], prefix: str) -> dict[str, Any]:
    kinds = {one.name: one.type for one in fields(owner)}
    if unknown := sorted(set(table) - set(kinds)):
        raise BadSettings(f"no such setting: {', '.join(prefix + name for name in unknown)}")
    return {name: _one(prefix + name, value, str(kinds[name])) for name, value in table.items()}


def _one(name: str, value: Any, kind: str) -> Any:
    try:
        if kind == "bool":
            return value if isinstance(value, bool) else {"true": True, "false": False}[str(value).lower()]
        if kind == "Nation":
            return Nation(value)
        return int(str(value)) if kind == "int" else _text(value)
    except (KeyError, ValueError) as error:
        raise BadSettings(f"{name}: {value!r} is not {_KINDS[kind]}") from error


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("a text stands between quotation marks")  # noqa: TRY004 - the caller says it as a sentence
    return value


_KINDS = {
    "bool": "true or false",
    "Nation": "wales or england",
    "int": "a whole number",
    "str": "a text in quotation marks",
}


def _check(settings: Settings) -> None:
    """Raise BadSettings for the first value of the right kind that cannot be used all the same."""
    _check_authority(settings.authority)
    _check_address("mail_from", settings.mail_from)
    if settings.ward_rule not in {"point", "lsoa"}:
        raise BadSettings(f"ward_rule: {settings.ward_rule!r} is neither point nor lsoa")
    if settings.smtp_security not in {"starttls", "tls", "none"}:
        raise BadSettings(f"smtp_security: {settings.smtp_security!r} is none of starttls, tls and none")
    if not settings.public_url.startswith(("http://", "https://")) or settings.public_url.endswith("/"):
        raise BadSettings(
            f"public_url: {settings.public_url!r} must begin with http:// or https:// and not end with a slash"
        )
    if settings.database_url and not settings.database_url.startswith(("sqlite:///", "postgresql")):
        # the address is not repeated: it may hold a password
        raise BadSettings("database_url: it must begin with sqlite:/// or postgresql+psycopg://")
    for name, least, most in (
        ("smtp_port", 1, 65535),
        ("trusted_proxies", 0, 10),
        ("feedback_months", 1, 120),
        ("moderation_days", 1, 20),
        ("moderation_months", 1, 120),
        ("notice_months", 1, 240),
        ("former_contact_months", 1, 120),
        ("invited_months", 1, 120),
        ("complaint_days", 1, 30),
        ("session_hours", 1, 720),
        ("session_idle_minutes", 5, 43200),
    ):
        if not least <= getattr(settings, name) <= most:
            raise BadSettings(f"{name}: {getattr(settings, name)} is not between {least} and {most}")


def _check_authority(one: Authority) -> None:
    for name, code in authority_problems(one).items():
        value = getattr(one, name)
        ratio = contrast_with_white(value) if code == "low_contrast" else 0
        raise BadSettings(
            {
                "missing": f"authority.{name}: it is empty",
                "too_long": f"authority.{name}: it is longer than {LONGEST[name]} characters",
                "not_colour": f"authority.{name}: {value!r} is not #rrggbb",
                "low_contrast": f"authority.{name}: white on {value} has {ratio:.1f}:1; choose a darker colour (4.5:1)",
                "not_email": f"authority.{name}: {value!r} is not an e-mail address",
                "not_day": f"authority.{name}: {value!r} is not YYYY-MM-DD",
                "not_link": f"authority.{name}: {value!r} must begin with https://",
            }[code]
        )


def _check_address(name: str, address: str) -> None:
    if not is_address(address):
        raise BadSettings(f"{name}: {address!r} is not an e-mail address")
