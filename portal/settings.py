"""Settings: frozen, read once at the start from the environment, from `portal.toml` in the data folder, and from
secret files. Nothing else reads the environment.
"""

from __future__ import annotations

import datetime as dt
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields
from pathlib import Path
from typing import Any

from portal.clock import Nation

CONFIG_NAME = "portal.toml"
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}\Z")
_EMAIL = re.compile(r"[^@\s<>\"]+@[^@\s<>\"]+\.[^@\s<>\"]+\Z")
_LEAST_CONTRAST = 4.5


class BadSettings(Exception):
    """The settings cannot be used; the text says which, why, and what would be right."""


def _said(text: str, **more: Any) -> Any:
    return field(metadata={"help": text}, **more)


@dataclass(frozen=True, slots=True)
class Authority:
    """Who publishes this portal, and how people reach them. The table `[authority]` of portal.toml."""

    name_en: str = _said("name in English", default="Community safety portal")
    name_cy: str = _said("name in Welsh", default="Porth diogelwch cymunedol")
    nation: Nation = _said("wales or england: bank holidays and law", default=Nation.wales)
    brand_colour: str = _said("colour of the band at the top, #rrggbb, at least 4.5:1 against white", default="#1f3c5a")
    contact_name_en: str = _said("named inbox for questions, in English", default="Community safety team")
    contact_name_cy: str = _said("named inbox for questions, in Welsh", default="Tîm diogelwch cymunedol")
    contact_email: str = _said("address of that inbox", default="community-safety@example.org")
    figures_email: str = _said("inbox for 'This figure looks wrong'", default="figures@example.org")
    accessibility_email: str = _said("inbox for accessibility problems", default="accessibility@example.org")
    data_protection_email: str = _said("the data protection officer", default="data-protection@example.org")
    telephone: str = _said("main telephone number, the same in both languages", default="01632 960000")
    postal_address: str = _said("postal address, the same in both languages", default="1 Example Street")
    easy_read_url: str = _said("Easy Read version, if there is one", default="")
    bsl_url: str = _said("British Sign Language version, if there is one", default="")
    accessibility_prepared_on: str = _said("date of the accessibility statement, YYYY-MM-DD", default="2026-11-20")
    reviewed_on: str = _said("date on which the pages of content were last reviewed, YYYY-MM-DD", default="2026-11-20")

    def name(self, lang: str) -> str:
        return self.name_cy if lang == "cy" else self.name_en

    def contact_name(self, lang: str) -> str:
        return self.contact_name_cy if lang == "cy" else self.contact_name_en


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that differs between one installation and another."""

    data_dir: Path = _said("folder of the database and of portal.toml", default=Path("portal-data"))
    database_url: str = _said("database address; empty means SQLite in the data folder", default="")
    public_url: str = _said("address that people type, without a slash at the end", default="http://127.0.0.1:8000")
    welsh: bool = _said("publish in Welsh as well as in English", default=True)
    demo: bool = _said("say 'demonstration data' on every page", default=False)
    trusted_proxies: int = _said("how many proxies in front may be believed about the caller's address", default=0)
    ward_rule: str = _said("point: by boundary where one is loaded; lsoa: always by best-fit lookup", default="point")
    smtp_host: str = _said("mail server; empty means that mail waits in the outbox", default="")
    smtp_port: int = _said("port of the mail server", default=587)
    smtp_user: str = _said("user at the mail server", default="")
    smtp_password: str = _said("password at the mail server: a secret, best given as a file", default="", repr=False)
    mail_from: str = _said("address that mail comes from", default="portal@example.org")
    feedback_months: int = _said("months for which an answered message is kept", default=6)
    authority: Authority = field(default_factory=Authority)

    @property
    def url(self) -> str:
        return self.database_url or f"sqlite:///{self.data_dir / 'portal.db'}"

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
    said = str(value).lower() if isinstance(value, bool) else str(value) if isinstance(value, int) else f'"{value}"'
    return f"{one.name} = {said}"


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
_ADDRESSES = ("contact_email", "figures_email", "accessibility_email", "data_protection_email")


def _check(settings: Settings) -> None:
    """Raise BadSettings for the first value of the right kind that cannot be used all the same."""
    _check_authority(settings.authority)
    _check_address("mail_from", settings.mail_from)
    if settings.ward_rule not in {"point", "lsoa"}:
        raise BadSettings(f"ward_rule: {settings.ward_rule!r} is neither point nor lsoa")
    if not settings.public_url.startswith(("http://", "https://")) or settings.public_url.endswith("/"):
        raise BadSettings(
            f"public_url: {settings.public_url!r} must begin with http:// or https:// and not end with a slash"
        )
    if settings.database_url and not settings.database_url.startswith(("sqlite:///", "postgresql")):
        # the address is not repeated: it may hold a password
        raise BadSettings("database_url: it must begin with sqlite:/// or postgresql+psycopg://")
    for name, least, most in (("smtp_port", 1, 65535), ("trusted_proxies", 0, 10), ("feedback_months", 1, 120)):
        if not least <= getattr(settings, name) <= most:
            raise BadSettings(f"{name}: {getattr(settings, name)} is not between {least} and {most}")


def _check_authority(one: Authority) -> None:
    if not _COLOUR.match(one.brand_colour):
        raise BadSettings(f"authority.brand_colour: {one.brand_colour!r} is not #rrggbb")
    if (ratio := contrast_with_white(one.brand_colour)) < _LEAST_CONTRAST:
        raise BadSettings(
            f"authority.brand_colour: white on {one.brand_colour} has {ratio:.1f}:1; choose a darker colour (4.5:1)"
        )
    for name in _ADDRESSES:
        _check_address(f"authority.{name}", getattr(one, name))
    for name in ("accessibility_prepared_on", "reviewed_on"):
        try:
            dt.date.fromisoformat(getattr(one, name))
        except ValueError as error:
            raise BadSettings(f"authority.{name}: {getattr(one, name)!r} is not YYYY-MM-DD") from error


def _check_address(name: str, address: str) -> None:
    if not _EMAIL.match(address):
        raise BadSettings(f"{name}: {address!r} is not an e-mail address")


def contrast_with_white(colour: str) -> float:
    """Contrast of white on `colour` (#rrggbb), 1 to 21. Source: WCAG 2.2, relative luminance and contrast ratio."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]  # noqa: PLR2004 - WCAG's constants
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return 1.05 / (luminance + 0.05)
