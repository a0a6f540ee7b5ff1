"""Both languages whole: the catalogue of messages, the twin pages, the words in addresses, the translator's list."""

import csv
import io
import re
import tomllib
from gettext import c2py
from pathlib import Path

import pytest
from babel.core import Locale
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po
from markdown_it import MarkdownIt

from portal.app import MANIFESTS
from portal.web.catalogue import load
from portal.web.language import PATH_WORDS, translated_path

ROOT = Path(__file__).resolve().parents[1]
TEMPLATE = ROOT / "locales" / "messages.pot"
WELSH = ROOT / "locales" / "cy" / "LC_MESSAGES" / "messages.po"
LIST = ROOT / "locales" / "for-translator.md"
PAGES = ROOT / "content" / "pages"
DICTIONARY = ROOT.parent / "shared" / "data" / "welsh" / "hunspell" / "cy_GB"

SAME_IN_BOTH: dict[str, str] = {}
"""A message that is truly the same in Welsh, and why. None is."""
SAME_WORD_IN_PATHS: dict[str, str] = {}
"""A word of a path that is the same in both languages, and why. None is."""
UNKNOWN_TO_THE_DICTIONARY = {
    "arhosodd": "regular past of aros, which the dictionary lacks",
    "mewngofnodwch": "imperative of mewngofnodi, to sign in, which the dictionary has as a noun only",
    "mewngofnodwyd": "impersonal past of mewngofnodi, to sign in, regular; the dictionary has the noun only",
    "arhoswch": "regular imperative of aros, which the dictionary lacks",
    "cwcis": "cookies; in use on GOV.UK",
    "ellir": "softened gellir, regular after ni",
    "gŵyn": "softened cwyn, a complaint; the circumflex tells it from gwyn, white",
}
MUTATING = re.compile(
    r"\b(?:a|â|ac|ag|am|ar|at|chwe|dan|dau|dros|drwy|dwy|dy|ei|fy|gan|gyda|heb|hyd|i|na|neu|o|rhwng|tan|tri|trwy|tua|un"
    r"|wrth|y|ym|yn|yng) \(?%\((?:name|area_name|month_name|month)\)s",
    re.IGNORECASE,
)
"""Words that change the beginning of the next: none may stand before a name that is only known at run time."""
PLACEHOLDER = re.compile(r"%\((\w+)\)s")
ADDRESS = re.compile(r"\S+@\S+|\b(?:\w+\.)+uk\b|\bportal\.toml\b")
INITIALS = frozenset({"bsl", "csv", "https", "json", "utf"})


@pytest.fixture(scope="module")
def template():
    return _read(TEMPLATE)


@pytest.fixture(scope="module")
def welsh():
    return _read(WELSH, "cy")


def _read(path, locale=None):
    with path.open("rb") as source:
        return read_po(source, locale=locale)


def _messages(catalogue):
    return [message for message in catalogue if message.id]


def _ids(catalogue):
    return {(message.id, "python-format" in message.flags) for message in _messages(catalogue)}


def _strings(message):
    return message.string if isinstance(message.string, tuple) else (message.string,)


def _texts(catalogue):
    return [text for message in _messages(catalogue) for text in _strings(message)]


def _extracted():
    """What is in the sources now, found as pyproject.toml tells the extractor to."""
    mappings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["babel"]["mappings"]
    catalogue = Catalog()
    for mapping in mappings:
        options = {name: value for name, value in mapping.items() if name not in {"method", "pattern"}}
        folder, _, pattern = mapping["pattern"].partition("/")
        for found in extract_from_dir(ROOT / folder, [(pattern, mapping["method"])], {pattern: options}):
            catalogue.add(found[2])
    return catalogue


def test_the_template_holds_the_messages_of_the_sources_and_no_others(template):
    extracted = _ids(_extracted())
    assert len(extracted) > 150
    assert _ids(template) == extracted, "extract the messages again (README.md says how)"


def test_the_welsh_catalogue_holds_the_messages_of_the_template_and_no_others(template, welsh):
    assert _ids(welsh) == _ids(template), "update the Welsh catalogue (README.md says how)"
    assert not welsh.obsolete


def test_the_welsh_catalogue_is_written_as_an_update_writes_it(template, welsh):
    """So that the next update changes only what was changed."""
    again = _read(WELSH, "cy")
    again.update(template, no_fuzzy_matching=True, update_creation_date=False)
    written = io.BytesIO()
    write_po(written, again)
    assert written.getvalue().decode() == WELSH.read_text()


def test_every_message_is_in_welsh_and_none_is_a_guess(welsh):
    empty = [message.id for message in _messages(welsh) if not all(text.strip() for text in _strings(message))]
    fuzzy = [message.id for message in _messages(welsh) if message.fuzzy]
    assert (empty, fuzzy) == ([], [])


def test_what_is_kept_and_how_long_is_in_welsh_whichever_noun_says_it(welsh):
    """These are said by manifests: one that forgets to mark them for the catalogue shows them in English."""
    said = {text for noun in MANIFESTS for one in noun.retention for text in (one.record, one.kept)}
    assert said
    assert sorted(said - {message.id for message in _messages(welsh)}) == []


def test_no_welsh_message_is_the_english_one(welsh):
    same = {message.id for message in _messages(welsh) if message.id in _strings(message)}
    assert same == set(SAME_IN_BOTH)


def test_the_header_says_who_and_holds_nothing_left_to_fill_in(welsh):
    head = dict(welsh.mime_headers)
    assert head["Plural-Forms"].startswith("nplurals=6;")
    assert not re.search(r"EMAIL@ADDRESS|FULL NAME|LL@li\.org|YEAR-MO-DA", str(head))


def test_the_placeholders_are_the_same_in_both_languages(welsh):
    assert [(message.id, errors) for message, errors in welsh.check()] == []
    for message in _messages(welsh):
        wanted = set(PLACEHOLDER.findall(message.id if isinstance(message.id, str) else message.id[1]))
        for text in _strings(message):
            assert set(PLACEHOLDER.findall(text)) == wanted, message.id


def test_a_percent_sign_is_doubled_in_welsh_where_it_is_in_english(welsh):
    for message in _messages(welsh):
        if isinstance(message.id, str):
            assert message.string.count("%") == message.id.count("%"), message.id


def test_no_mutation_falls_on_a_name_that_is_put_in(welsh):
    assert [text for text in _texts(welsh) if MUTATING.search(text)] == []


def test_every_counted_message_has_its_six_welsh_forms(welsh):
    counted = [message for message in _messages(welsh) if message.pluralizable]
    assert counted
    assert welsh.num_plurals == 6
    assert [len(message.string) for message in counted] == [6] * len(counted)


@pytest.mark.parametrize(
    ("count", "welsh_words", "english_words"),
    [
        (0, "Mae 0 lle yn cyfateb i'r hyn a deipioch", "0 places match what you typed"),
        (1, "Mae 1 lle yn cyfateb i'r hyn a deipioch", "1 place matches what you typed"),
        (2, "Mae 2 le yn cyfateb i'r hyn a deipioch", "2 places match what you typed"),
        (3, "Mae 3 lle yn cyfateb i'r hyn a deipioch", "3 places match what you typed"),
        (4, "Mae 4 lle yn cyfateb i'r hyn a deipioch", "4 places match what you typed"),
        (6, "Mae 6 lle yn cyfateb i'r hyn a deipioch", "6 places match what you typed"),
        (7, "Mae 7 lle yn cyfateb i'r hyn a deipioch", "7 places match what you typed"),
        (11, "Mae 11 lle yn cyfateb i'r hyn a deipioch", "11 places match what you typed"),
        (100, "Mae 100 lle yn cyfateb i'r hyn a deipioch", "100 places match what you typed"),
    ],
)
def test_each_number_takes_its_own_form(count, welsh_words, english_words):
    forms = ("%(count)s place matches what you typed", "%(count)s places match what you typed")
    catalogues = load(("en", "cy"))
    assert catalogues["cy"].ngettext(*forms, count) % {"count": count} == welsh_words
    assert catalogues["en"].ngettext(*forms, count) % {"count": count} == english_words


def test_every_number_chooses_the_form_that_unicode_gives_it(welsh):
    """Source: CLDR, plural rules of cy."""
    order, form = ("zero", "one", "two", "few", "many", "other"), c2py(welsh.plural_expr)
    assert [order[form(n)] for n in range(201)] == [Locale("cy").plural_form(n) for n in range(201)]


@pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")  # the dictionary's reader closes late
def test_every_word_of_the_welsh_messages_is_spelt_as_the_dictionary_spells_it(welsh):
    if not DICTIONARY.with_suffix(".dic").exists():
        pytest.skip("the Welsh spelling dictionary is not beside this checkout")
    from spylls.hunspell import Dictionary  # noqa: PLC0415 - it is slow to load, and only this test needs it

    spelling = Dictionary.from_files(str(DICTIONARY))
    text = ADDRESS.sub(" ", PLACEHOLDER.sub(" ", " ".join(_texts(welsh)))).lower()
    words = {word for word in re.findall(r"[^\W\d_]+", text) if len(word) > 2} - INITIALS
    unknown = {word for word in words if not spelling.lookup(word) and not spelling.lookup(word.title())}
    assert unknown == set(UNKNOWN_TO_THE_DICTIONARY)


def _table(heading):
    """The rows of the table under a heading of the translator's list."""
    part = LIST.read_text().split(f"## {heading}\n")[1].split("\n## ")[0]
    rows = [line.strip("| ").split(" | ") for line in part.splitlines() if line.startswith("| ")]
    return rows[2:]


def test_the_translators_list_has_every_unverified_word_of_the_glossary():
    listed = {(row[0], row[1]) for row in _table("Welsh that needs a translator's eye")}
    with (ROOT / "content" / "glossary.csv").open(newline="") as source:
        unverified = {(row["english"], row["welsh"]) for row in csv.DictReader(source) if row["mark"] == "U"}
    assert unverified
    assert unverified - listed == set()


def test_the_translators_list_quotes_messages_as_they_are(welsh):
    rows = _table("Messages that need a translator's eye")
    assert rows
    assert all(len(row) == 4 for row in rows)
    for english, translated, *_ in rows:
        assert english in welsh, english
        assert welsh[english].string == translated


SLUGS = sorted({path.name.split(".")[0] for path in PAGES.glob("*.md")})


def _body(slug, lang):
    head, body = (PAGES / f"{slug}.{lang}.md").read_text().removeprefix("---\n").split("\n---\n", 1)
    return head, body


def _shape(body):
    """The blocks of a page in order, each with how many links and strong words it holds."""
    tokens = MarkdownIt("commonmark").enable("table").parse(body)
    inside = [[child.type for child in token.children or ()] for token in tokens]
    return [
        (token.type, token.tag, kinds.count("link_open"), kinds.count("strong_open"))
        for token, kinds in zip(tokens, inside, strict=True)
    ]


def _own_links(body):
    return re.findall(r"\]\(/(?:en|cy)(/[^)]*)\)", body)


def test_every_page_of_content_is_in_both_languages():
    assert SLUGS
    assert {path.name for path in PAGES.iterdir()} == {f"{slug}.{lang}.md" for slug in SLUGS for lang in ("cy", "en")}


@pytest.mark.parametrize("slug", SLUGS)
def test_twin_pages_have_the_same_headings_lists_tables_and_links(slug):
    (english_head, english), (welsh_head, welsh) = _body(slug, "en"), _body(slug, "cy")
    assert _shape(welsh) == _shape(english)
    assert re.findall(r"^(\w+):", welsh_head, re.MULTILINE) == re.findall(r"^(\w+):", english_head, re.MULTILINE)
    assert re.findall(r"\{\{.*?\}\}", welsh) == re.findall(r"\{\{.*?\}\}", english)


@pytest.mark.parametrize("slug", SLUGS)
def test_twin_pages_link_to_the_same_pages_of_their_own_language(slug):
    english, welsh = _body(slug, "en")[1], _body(slug, "cy")[1]
    assert "](/cy/" not in english
    assert "](/en/" not in welsh
    assert sorted(_own_links(welsh)) == sorted(translated_path(link, "cy") for link in _own_links(english))


def test_every_word_of_a_path_has_a_welsh_word_of_its_own():
    assert {english for english, welsh in PATH_WORDS.items() if english == welsh} == set(SAME_WORD_IN_PATHS)
    assert len(set(PATH_WORDS.values())) == len(PATH_WORDS)
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", welsh) for welsh in PATH_WORDS.values())
