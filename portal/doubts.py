"""What can be used as it is set and is still not meant to stay so once the portal is open to the public."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from portal.publisher import Authority
from portal.settings import Settings

_INBOXES = ("contact_email", "figures_email", "accessibility_email", "data_protection_email")
_EXAMPLES = ("name_en", "name_cy", "telephone", "postal_address")
_NOBODYS = ("example.org", "example.com", "example.net")
_EXAMPLE = Authority()
"""What stands on every page of a portal whose owner has said nothing."""
_THIS_MACHINE = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True, slots=True)
class Doubt:
    """A setting, or several of the table `[authority]`, that somebody should look at before the portal opens.

    `templates/authority/desk_step.html` says each code in a sentence.
    """

    code: str
    settings: tuple[str, ...] = ()
    value: str = ""


def doubts(settings: Settings) -> Iterator[Doubt]:
    """What should be looked at before the portal opens."""
    if nobodys := tuple(name for name in _INBOXES if _is_nobodys(getattr(settings.authority, name))):
        yield Doubt("nobodys_inboxes", nobodys)
    if examples := tuple(name for name in _EXAMPLES if getattr(settings.authority, name) == getattr(_EXAMPLE, name)):
        yield Doubt("examples", examples)
    if _is_nobodys(settings.mail_from):
        yield Doubt("nobodys_sender")
    if not settings.smtp_host:
        yield Doubt("no_mail_server")
    elif settings.smtp_security == "none" and settings.smtp_host not in _THIS_MACHINE:
        yield Doubt("open_mail")
    if settings.database_url.startswith("postgresql") and not settings.secret_keys:
        yield Doubt("no_secret_keys")
    if not settings.secure:
        yield Doubt("no_https", value=settings.public_url)
    elif not settings.trusted_proxies:
        yield Doubt("no_proxies")
    if urlsplit(settings.public_url).hostname in _THIS_MACHINE:
        yield Doubt("this_machine")


def _is_nobodys(address: str) -> bool:
    host = address.rpartition("@")[2].lower()
    return any(host == one or host.endswith(f".{one}") for one in _NOBODYS)
