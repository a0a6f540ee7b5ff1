"""What can be used as it is set and is still not meant to stay so once the portal is open to the public."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from portal.settings import Settings

_INBOXES = ("contact_email", "figures_email", "accessibility_email", "data_protection_email")
_NOBODYS = ("example.org", "example.com", "example.net")
_THIS_MACHINE = frozenset({"127.0.0.1", "localhost", "::1"})


def doubts(settings: Settings) -> Iterator[str]:
    """A sentence for each setting that an operator should look at before the portal opens."""
    nobodys = [f"authority.{name}" for name in _INBOXES if _is_nobodys(getattr(settings.authority, name))]
    nobodys += ["mail_from"] if _is_nobodys(settings.mail_from) else []
    if nobodys:
        yield f"Addresses at example.org are nobody's: {', '.join(nobodys)}."
    if not settings.smtp_host:
        yield "smtp_host is empty: mail reaches nobody; it goes into the folder mail/ beside the database."
    elif settings.smtp_security == "none" and settings.smtp_host not in _THIS_MACHINE:
        yield "smtp_security is none: people's addresses and words cross the network in the open."
    if settings.database_url.startswith("postgresql") and not settings.secret_keys:
        yield "secret_keys is empty: each machine would seal with a key of its own; give all of them the same keys."
    if not settings.secure:
        yield f"public_url is {settings.public_url}: people are not protected by https, and HSTS is off."
    elif not settings.trusted_proxies:
        yield "trusted_proxies is 0 behind https: everybody who comes through the proxy is limited as one caller."
    if urlsplit(settings.public_url).hostname in _THIS_MACHINE:
        yield "public_url names this machine: the sitemap and the links in mail lead nobody here."


def _is_nobodys(address: str) -> bool:
    host = address.rpartition("@")[2].lower()
    return any(host == one or host.endswith(f".{one}") for one in _NOBODYS)
