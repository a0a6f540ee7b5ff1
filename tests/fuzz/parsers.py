"""Everything that reads what strangers wrote: honest documents to spoil, and what must hold of whatever comes out."""

from __future__ import annotations

import contextlib
import io
import json
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import html5lib
from hypothesis import strategies as st
from starlette.datastructures import FormData, QueryParams

from portal.clock import Month
from portal.contact import forms as contact
from portal.crime.gazetteer import Gazetteer
from portal.crime.reading import FileRefused, Reader
from portal.crime.rules import HEADER
from portal.crime.sources import opened
from portal.moderation import rules as moderation
from portal.organisations.importing import recognising as bodies
from portal.places import names
from portal.places.importing import recognising
from portal.places.importing.files import FilesRefused, Source
from portal.places.importing.gathered import Gathered
from portal.resources import resource_dir
from portal.settings import BadSettings, load
from portal.web import alphabet, assets, forms, markup
from portal.web.language import LANGUAGES, preferred
from tests.fuzz.making import spoiled, spoiled_text
from tests.organisations.lists import BODIES, COUNCILLORS, POSTS

MONTH = Month(2024, 5)
_ROW = ",2024-05,Gwent Police,Gwent Police,-3.043,51.702,On or near High Street,W01001469,Torfaen 004A,Drugs,,"
STREET = ("\r\n".join([",".join(HEADER), *(f"{number:064x}{_ROW}" for number in range(8))]) + "\r\n").encode()
GEOJSON = (
    b'{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"WD24CD":"W05001450","WD24NM":"Abersychan",'
    b'"WD24NMW":"Abersychan","LAD24CD":"W06000020"},"geometry":{"type":"Polygon","coordinates":'
    b"[[[-3.07,51.71],[-3.05,51.71],[-3.05,51.73],[-3.07,51.73],[-3.07,51.71]]]}}]}"
)
LOOKUP = (
    b"LSOA21CD,LSOA21NM,WD24CD,WD24NM,WD24NMW,LAD24CD,LAD24NM\r\n"
    b"W01001469,Torfaen 004A,W05001450,Abersychan,,W06000020,Torfaen\r\n"
)
POSTCODES = b"pcds,dointr,doterm,lat,long,lsoa21,laua\r\nNP4 7AA,198001,,51.71,-3.06,W01001469,W06000020\r\n"
NAMES = (
    b"ward_code,kind,name_en,name_cy,longitude,latitude\r\nW05001450,village,Garndiffaith,Garndiffaith,-3.06,51.73\r\n"
)
MODERN_GOV = (
    b"<?xml version='1.0' encoding='utf-8'?>\n<councillorsbyward><wards><ward><wardtitle>Alder</wardtitle><councillors>"
    b"<councillor>\n<councillorid>9</councillorid>\n<fullusername>Councillor Ann Example</fullusername>"
    b"<politicalpartytitle>Labour</politicalpartytitle><workaddress><line1>Civic Centre</line1>"
    b"<email>ann@example.org</email></workaddress><termsofoffice><termofoffice><startdate>09/05/2022</startdate>"
    b"<enddate></enddate></termofoffice></termsofoffice></councillor></councillors></ward></wards></councillorsbyward>"
)
POPOLO = json.dumps(
    {
        "persons": [
            {"id": "p1", "name": "Ann Example", "email": "ann@example.org", "contact_details": [{"type": "voice"}]}
        ],
        "organizations": [{"id": "lab", "name": "Labour", "classification": "party"}],
        "areas": [{"id": "a1", "name": "Alder"}],
        "posts": [{"id": "t1", "label": "Chair", "organization_id": "lab"}],
        "memberships": [{"person_id": "p1", "area_id": "a1", "on_behalf_of_id": "lab", "start_date": "2022-05-09"}],
    }
).encode()
WRITTEN = "Mae [rhywun] yn y tŷ {ar y gornel} <bob nos> (wedi 10)."


@dataclass(frozen=True, slots=True)
class Parser:
    """What it is called, what it is given, and the check."""

    name: str
    made: st.SearchStrategy[Any]
    check: Callable[[Any], None]


def read_street_file(data: bytes) -> None:
    gazetteer = Gazetteer()
    with contextlib.suppress(FileRefused):
        reading = Reader("gwent", gazetteer).read(data, MONTH)
        assert sum(reading.cells.values()) == reading.rows - reading.set_aside
        assert 0 <= reading.set_aside <= reading.rows


def read_archive(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "archive.zip")
        path.write_bytes(data)
        with opened([path], {"gwent"}) as sources:
            for one in sources.files:
                with contextlib.suppress(FileRefused):
                    one.read()


def _archive() -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("2024-05/2024-05-gwent-street.csv", STREET)
        archive.writestr("2024-05/2024-05-gwent-outcomes.csv", b"x")
    return held.getvalue()


def read_places(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "places.csv")
        path.write_bytes(data)
        with contextlib.suppress(FilesRefused):
            recognising.gather([Source(path, path.name, len(data))], Gathered())


def read_bodies(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "list")
        path.write_bytes(data)
        for gather in (bodies.gather_councillors, bodies.gather_organisations):
            with contextlib.suppress(FilesRefused):
                gather([path])


def read_marks(given: tuple[str, str]) -> None:
    """What is left of a text is the text without what was removed; or it is refused."""
    original, marked = given
    with contextlib.suppress(moderation.BadMarks):
        done = moderation.redact(original, marked)
        pieces = done.public.split(moderation.REMOVED)
        assert len(pieces) == len(done.removed) + 1
        assert pieces[0] + "".join(out + kept for out, kept in zip(done.removed, pieces[1:], strict=True)) == original


def read_markdown(text: str) -> None:
    """Nothing that runs, no link but to http, https, mailto or this site."""
    html = str(markup.from_markdown(text))
    for element in html5lib.parseFragment(html, namespaceHTMLElements=False).iter():
        if not isinstance(element.tag, str):
            continue
        assert element.tag == "DOCUMENT_FRAGMENT" or element.tag in markup._TAGS, element.tag
        assert not {name for name in element.attrib if name.startswith("on") or name in {"style", "src"}}
        if "href" in element.attrib:
            assert markup.is_safe_link(element.attrib["href"])


def read_form(values: Mapping[str, str]) -> None:
    typed, problems = contact.read(FormData(values))
    assert len(typed.email) <= 254 or "email" in problems
    assert len(typed.text) <= contact.MOST_WORDS or "text" in problems
    assert "\x00" not in typed.text + typed.email + typed.about
    about = contact.asked_about(QueryParams({"about": values.get("about", "")}))
    assert about == "" or about.startswith(("/en/", "/cy/"))
    forms.line(FormData(values), "text", 100)


def read_headers(text: str) -> None:
    assert preferred(text, LANGUAGES) in LANGUAGES
    assert assets.preferred_coding(text) in {"br", "gzip", "identity"}
    assert assets.matches(text, '"etag"') in {True, False}


def read_name(text: str) -> None:
    key = names.fold(text)
    assert names.fold(key) == key
    names.squash(key), names.skeleton(key), names.radicals(key)
    for lang in LANGUAGES:
        assert alphabet.sort_key(text, lang) == alphabet.sort_key(text, lang)
        alphabet.letter(text, lang)


def read_settings(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "portal.toml").write_bytes(data)
        with contextlib.suppress(BadSettings):
            load(Path(folder), environ={})


_DEMO = (resource_dir("content") / "demo" / "portal.toml").read_bytes()
_PAGE = (resource_dir("content") / "pages" / "about-the-figures.cy.md").read_text("utf-8")[:3000]
_FIELD = spoiled_text(
    "someone@example.org", "/en/crime/neighbourhoods/abersychan/2024-05", "Beth sy'n digwydd?\r\nDim.", "W" * 31_000
)

PARSERS = (
    Parser("street file", spoiled(STREET, STREET * 2), read_street_file),
    Parser("archive", spoiled(_archive()), read_archive),
    Parser("places files", spoiled(GEOJSON, LOOKUP, POSTCODES, NAMES), read_places),
    Parser(
        "organisations files",
        spoiled(MODERN_GOV, POPOLO, COUNCILLORS.encode(), BODIES.encode(), POSTS.encode()),
        read_bodies,
    ),
    Parser(
        "marks",
        st.tuples(st.sampled_from((WRITTEN, "Plain words.")), spoiled_text(WRITTEN, "[[Plain]] words.", "⟦⟦Mae⟧⟧")),
        read_marks,
    ),
    Parser(
        "Markdown",
        spoiled_text(_PAGE, "[a](javascript:1) <b onclick=x>", "| a | b |\n|---|---|\n| c | d |"),
        read_markdown,
    ),
    Parser("contact form", st.dictionaries(st.sampled_from(("text", "email", "about", "form_key")), _FIELD), read_form),
    Parser(
        "headers", spoiled_text("cy-GB,cy;q=0.9,en;q=0.8", "gzip, deflate, br;q=0.5", 'W/"etag", "other"'), read_headers
    ),
    Parser("names", spoiled_text("Llanfihangel-y-Pennant", "Tŷ'r-Ynys", "Yr Wyddgrug", "Pontypŵl"), read_name),
    Parser("settings", spoiled(_DEMO), read_settings),
)
