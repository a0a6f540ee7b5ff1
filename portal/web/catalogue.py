"""The message catalogues: read from the .po files at the start, so that there is nothing to compile and nothing to
go stale.
"""

from __future__ import annotations

import io
from collections.abc import Mapping

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

from portal.resources import resource_dir

Catalogues = Mapping[str, NullTranslations]
"""A catalogue for each language published."""


def load(languages: tuple[str, ...]) -> Catalogues:
    """English is the source language and has no catalogue of its own."""
    return {lang: NullTranslations() if lang == "en" else _read(lang) for lang in languages}


def _read(lang: str) -> NullTranslations:
    path = resource_dir("locales") / lang / "LC_MESSAGES" / "messages.po"
    with path.open("rb") as source:
        catalogue = read_po(source, locale=lang)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled)
