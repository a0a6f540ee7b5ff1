"""Passwords, codes and devices: pure."""

from __future__ import annotations

import datetime as dt
import hashlib
import itertools
import re
import secrets

LEAST_PASSWORD = 12
MOST_PASSWORD = 128
_LEAST_DIFFERENT = 5
_LEAST_KNOWN = 3
"""Letters of a name or an address that a stranger would try; fewer stand in every other word."""
STEP_SECONDS = 30
"""Of a code of an authenticator. Source: RFC 6238, 5.2."""
_STEPS_ASIDE = 1
"""A code is taken one step early or late, for clocks that differ and people who type. Source: RFC 6238, 5.2."""
_CODE_DIGITS = 6
"""Of a code of an authenticator. Source: RFC 4226, 5.3."""
RECOVERY_CODES = 10
_READ_ALOUD = "23456789abcdefghjkmnpqrstvwxyz"

BROWSERS = {
    "Edg": "Edge",
    "OPR": "Opera",
    "SamsungBrowser": "Samsung Internet",
    "Firefox": "Firefox",
    "FxiOS": "Firefox",
    "CriOS": "Chrome",
    "Chrome": "Chrome",
    "Safari": "Safari",
}
"""Signs in what a browser says of itself, in the order in which they are to be looked for: most claim to be Safari."""
SYSTEMS = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "Windows": "Windows",
    "Macintosh": "Mac",
    "CrOS": "ChromeOS",
    "Linux": "Linux",
}


def password_problem(password: str, *known: str) -> str | None:
    """Why a password cannot be used, as a code: `short`, `long`, `simple`, `known`. None where it can.

    Length is what counts; no rule asks for kinds of characters. `known` are words that a stranger would try first: the
    name, the address. Source: NCSC, password guidance; NIST SP 800-63B, 5.1.1.
    """
    if len(password) < LEAST_PASSWORD:
        return "short"
    if len(password) > MOST_PASSWORD:
        return "long"
    folded = password.casefold()
    if len(set(folded)) < _LEAST_DIFFERENT or _is_a_run(folded):
        return "simple"
    parts = {part for word in known for part in re.split(r"[\W_]+", word.casefold()) if len(part) >= _LEAST_KNOWN}
    left = folded
    for part in sorted(parts, key=len, reverse=True):
        left = left.replace(part, "")
    return "known" if len(left) < LEAST_PASSWORD // 2 else None


def _is_a_run(text: str) -> bool:
    """123456789012, abcdefghijkl and the like: every step is the same."""
    steps = {(ord(b) - ord(a)) % (10 if (a + b).isdigit() else 0x110000) for a, b in itertools.pairwise(text)}
    return len(steps) == 1


def steps_now(moment: dt.datetime) -> range:
    """The time steps whose codes are good at this moment. Source: RFC 6238, 4.2."""
    step = int(moment.timestamp()) // STEP_SECONDS
    return range(step - _STEPS_ASIDE, step + _STEPS_ASIDE + 1)


def digits(typed: str) -> str:
    """A code of an authenticator as it was meant: people write spaces into it."""
    return re.sub(r"[\s-]", "", typed)


def is_of_an_authenticator(typed: str) -> bool:
    """Whether a code is as short as those of an authenticator; recovery codes are twice as long."""
    return len(digits(typed)) <= _CODE_DIGITS


def new_recovery_code() -> str:
    """Three groups of four that can be written down: 30**12 of them, more than 58 bits."""
    return "-".join("".join(secrets.choice(_READ_ALOUD) for _ in range(4)) for _ in range(3))


def recovery_digest(typed: str) -> str:
    """What a recovery code is checked against; small or capital letters, with or without hyphens."""
    return digest(re.sub(r"[\s-]", "", typed).lower())


def digest(token: str) -> str:
    """What of a long random token is kept. It needs no salt and no slowness: nobody can try 2**58 of them."""
    return hashlib.sha256(token.encode()).hexdigest()


def device(user_agent: str) -> str:
    """A browser and its system in a word each, such as "Firefox, Android"; what is not known is left out."""
    browser = next((name for sign, name in BROWSERS.items() if sign in user_agent), "")
    system = next((name for sign, name in SYSTEMS.items() if sign in user_agent), "")
    return ", ".join(part for part in (browser, system) if part)
