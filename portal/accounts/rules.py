"""Passwords, codes and devices: pure."""

from __future__ import annotations

import datetime as dt
import hashlib
import itertools
import re
import secrets
from collections.abc import Collection, Iterable

LEAST_PASSWORD = 12
MOST_PASSWORD = 128
_LEAST_DIFFERENT = 5
_LEAST_LEFT = LEAST_PASSWORD // 2
"""Letters and digits of a password that have to be left without what a stranger would try first."""
_LEAST_KNOWN = 3
"""Letters of a name or an address that a stranger would try; fewer stand in every other word."""
_COMMON = re.compile(
    r"abc123|access|admin(?:istrator)?|arsenal|autumn|baseball|batman|changeme|charlie|chelsea|computer"
    r"|council(?:lor)?|croeso|cyfrinair|cymru|cymuned|cynghorydd|cyngor|default|diogelwch|donald|dragon|flower"
    r"|football|freedom|gaeaf|gwanwyn|gwent|heddlu|hello|iloveyou|internet|letmein|liverpool|login|lovely|manager"
    r"|master|michael|monkey|office|partneriaeth|passphrase|password|pokemon|police|portal|princess|safety|secret"
    r"|security|shadow|spring|starwars|summer|sunshine|superman|system|temporary|testing|trustno1|user|wales|welcome"
    r"|whatever|winter"
    r"|january|february|march|april|june|july|august|september|october|november|december|ionawr|chwefror|mawrth|ebrill"
    r"|mehefin|gorffennaf|awst|medi|hydref|tachwedd|rhagfyr|monday|tuesday|wednesday|thursday|friday|saturday|sunday"
    r"|llun|mercher|gwener|sadwrn"
    r"|abergavenny|abertawe|aberystwyth|bangor|bridgend|caerdydd|caerffili|caerfyrddin|caernarfon|caerphilly|cardiff"
    r"|carmarthen|casnewydd|llanelli|merthyr|monmouth|mynwy|newport|penybont|rhondda|swansea|torfaen|wrecsam|wrexham"
)
"""Words that lists of passwords begin with, wherever and here; months, days and towns in both languages. Those of three
letters are left out: they stand in too many words, and beside a year little is left in any case.
"""
_MEANT = str.maketrans("@$0!3", "asoie")
"""What is written for a letter."""
_KEYS = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "qwertyuiop[]",
    "asdfghjkl;'#",
    "\\zxcvbnm,./",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.0p;/",
    "1q2w3e4r5t6y7u8i9o0p",
    "qazwsxedcrfvtgbyhnujmikolp",
    "qweasdzxcrtyfghvbn",
)
_ROWS = frozenset(way[at : at + 4] for row in _KEYS for way in (row, row[::-1]) for at in range(len(row) - 3))
"""Four keys or letters as they follow each other, there and back."""
_YEAR = re.compile(r"(?:19|20)\d\d")
_MOST_COMMON = 2
"""Of so many words a password is easy still, where little else is left; of three it is not."""
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
    own = _places_of(folded, known)
    if own and (_left(folded, own) < _LEAST_LEFT or _is_common(folded, own)):
        return "known"
    return "simple" if _is_repeated(folded) or _is_common(folded, set()) else None


def _places_of(text: str, known: Iterable[str]) -> set[int]:
    """Where in a text the parts of these words stand, also with signs for some of their letters."""
    parts = {part for word in known for part in re.split(r"[\W_]+", word.casefold()) if len(part) >= _LEAST_KNOWN}
    return {
        place
        for written in (text, text.translate(_MEANT))
        for part in parts
        for one in re.finditer(re.escape(part), written)
        for place in range(*one.span())
    }


def _left(text: str, easy: Collection[int]) -> int:
    """How many letters and digits are left of a text without these places: signs make nothing hard to guess."""
    return sum(one.isalnum() for at, one in enumerate(text) if at not in easy)


def _is_a_run(text: str) -> bool:
    """123456789012, abcdefghijkl and the like: every step is the same."""
    steps = {(ord(b) - ord(a)) % (10 if (a + b).isdigit() else 0x110000) for a, b in itertools.pairwise(text)}
    return len(steps) == 1


def _is_repeated(text: str) -> bool:
    """Whether it is one thing again and again, or a word again and again among digits: twice is as long as once."""
    letters = re.sub(r"[\W\d_]", "", text)
    if _once(letters) == len(letters) or 2 * len(letters) <= len(text):
        letters = text
    return _once(letters) + len(text) - len(letters) < LEAST_PASSWORD


def _once(text: str) -> int:
    """How long the thing is that a text repeats from end to end; the whole text where it repeats nothing."""
    apart = range(1, len(text) // 2 + 2)
    return next((length for length in apart if text[:-length] == text[length:]), len(text))


def _is_common(text: str, own: set[int]) -> bool:
    """Whether little is left of it without common words, rows of keys, years and the places of what is known of its
    owner, however often it has them. What is known is no word of its own.
    """
    words = list(_COMMON.finditer(text.translate(_MEANT)))
    spans = [one.span() for one in (*words, *_YEAR.finditer(text))]
    spans += [(at, at + 4) for at in range(len(text)) if text[at : at + 4] in _ROWS]
    easy = own.union(*(range(*span) for span in spans))
    left = "".join(" " if at in easy else one for at, one in enumerate(text))
    common = {one[0] for one in words if not own.issuperset(range(*one.span()))}
    number = len(common) + len(re.findall(r"[^\W\d_]{3,}", left))
    return bool(easy) and _left(text, easy) < _LEAST_LEFT and number <= _MOST_COMMON


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
