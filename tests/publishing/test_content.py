"""The pages that every portal must have, from content/pages, filled in from the settings."""

import shutil
from dataclasses import replace

import pytest

from portal.app import create_app
from portal.notifications.service import UNSENT_KEPT_DAYS
from portal.publishing import content
from portal.publishing.content import PAGES, BadContent, load
from portal.resources import resource_dir
from portal.settings import Authority, Settings
from tests.browse import Browse

WRITTEN = "---\ntitle: Help\ndescription: Where to find it.\n---\n\n"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A copy of the content, to write into."""
    copy = tmp_path / "content"
    shutil.copytree(resource_dir("content"), copy)
    monkeypatch.setattr(content, "resource_dir", lambda _name: copy)
    return copy / "pages"


def test_every_page_is_there_in_both_languages():
    assert set(load(Settings())) == {(slug, lang) for slug in PAGES for lang in ("en", "cy")}


def test_without_welsh_only_english_pages_are_read(folder):
    for page in folder.glob("*.cy.md"):
        page.unlink()
    assert set(load(Settings(welsh=False))) == {(slug, "en") for slug in PAGES}


def test_what_differs_from_place_to_place_comes_from_the_settings():
    authority = Authority(
        name_en="Elwern Council",
        name_cy="Cyngor Elwern",
        telephone="01632 960999",
        accessibility_email="a11y@elwern.example.org",
        data_protection_email="dpo@elwern.example.org",
        postal_address="Neuadd y Sir",
        accessibility_prepared_on="2026-03-01",
        reviewed_on="2026-04-02",
    )
    pages = load(Settings(authority=authority, feedback_months=9))
    english, welsh = (pages["accessibility-statement", lang].html for lang in ("en", "cy"))
    assert "Elwern Council" in english
    assert "Cyngor Elwern" in welsh
    assert "a11y@elwern.example.org" in english
    assert "a11y@elwern.example.org" in welsh
    assert "1 March 2026" in english
    assert "1 Mawrth 2026" in welsh
    assert "2 April 2026" in english
    assert "2 Ebrill 2026" in welsh
    for slug in ("cookies", "privacy-notice"):
        assert "2 April 2026" in pages[slug, "en"].html
        assert "1 March 2026" not in pages[slug, "en"].html
    everything = " ".join(page.html for page in pages.values())
    assert "01632 960999" in everything
    assert "dpo@elwern.example.org" in everything
    assert "{{" not in everything


KEPT = {"feedback_months": 3, "moderation_months": 1, "notice_months": 1, "former_contact_months": 1}
KEPT |= {"complaint_days": 1, "invited_months": 1}
"""How often the notice says each."""


@pytest.mark.parametrize("lang", ["en", "cy"])
@pytest.mark.parametrize("name", KEPT)
def test_the_privacy_notice_says_the_months_and_days_that_the_portal_keeps(lang, name):
    pages = [load(Settings(**{name: months}))["privacy-notice", lang] for months in (77, 78)]
    before, after = (str(page.html) for page in pages)
    assert before.count(": 77") == KEPT[name]
    assert after == before.replace(": 77", ": 78")


@pytest.mark.parametrize("lang", ["en", "cy"])
def test_the_privacy_notice_says_for_how_long_a_letter_waits_that_cannot_be_sent(lang):
    assert f": {UNSENT_KEPT_DAYS}<" in load(Settings())["privacy-notice", lang].html


def test_a_portal_in_english_alone_does_not_say_that_it_is_in_welsh():
    for (slug, _), page in load(Settings(welsh=False)).items():
        assert "Welsh" not in page.html, slug
        assert "/cy/" not in page.html, slug
    both = " ".join(page.html for (_, lang), page in load(Settings()).items() if lang == "en")
    assert '<h2 class="govuk-heading-m">How the portal knows your language</h2>' in both
    assert "<li>read every page in English and in Welsh</li>" in both
    assert "if_welsh" not in both


def test_a_line_whose_value_is_empty_is_left_out():
    without = load(Settings())["other-formats", "en"].html
    url = "https://elwern.example.org/easy_read"
    with_one = load(replace(Settings(), authority=Authority(easy_read_url=url)))["other-formats", "en"].html
    assert url in with_one
    assert url not in without
    assert len(without) < len(with_one)


def test_a_value_is_text_and_never_markdown_or_html():
    authority = Authority(name_en="**Elwern** <script>alert(1)</script> [x](/en/) `a` _b_ | #", name_cy="Elwern")
    for page in load(Settings(authority=authority)).values():
        assert "<script" not in page.html
    html = load(Settings(authority=authority))["accessibility-statement", "en"].html
    assert "**Elwern** &lt;script&gt;alert(1)&lt;/script&gt; [x](/en/) `a` _b_ | #" in html


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("# Help\n", "must begin with a title and a description"),
        ("---\ntitle: Help\n---\nText", "must begin with a title and a description"),
        ("---\ndescription: Help\n---\nText", "must begin with a title and a description"),
        ("---\ntitle\ndescription: x\n---\nText", "must begin with a title and a description"),
        (WRITTEN + "Ring {{ telefone }}.", "there is no value for {{ telefone }}"),
    ],
)
def test_a_page_that_cannot_be_right_stops_the_portal_with_its_name(folder, text, fault):
    (folder / "help-now.cy.md").write_text(text, encoding="utf-8")
    with pytest.raises(BadContent, match=rf"help-now\.cy\.md: .*{fault}"):
        load(Settings())


def test_a_page_that_is_missing_in_one_language_stops_the_portal(folder):
    (folder / "cookies.cy.md").unlink()
    with pytest.raises(BadContent, match=r"cookies\.cy\.md is missing"):
        load(Settings())


@pytest.mark.parametrize("lang", ["en", "cy"])
def test_the_page_a_reader_sees_is_the_page_of_the_file(reader, lang):
    for slug in PAGES:
        kept = reader.app.state.pages[slug, lang]
        page = reader.open(reader.app.state.urls.path(f"publishing:{slug}", lang))
        assert page.heading == kept.title
        assert kept.description in page.text.replace("&#39;", "'").replace("&amp;", "&")
        assert page.headers["cache-control"].startswith("public")


def test_the_portal_does_not_start_with_bad_content(folder, settings, sqlite_database):
    (folder / "cookies.en.md").write_text("no title")
    with pytest.raises(BadContent):
        create_app(settings, database=sqlite_database)


def test_pages_link_to_pages_of_their_own_language(reader):
    for slug in PAGES:
        for lang in ("en", "cy"):
            page = reader.open(reader.app.state.urls.path(f"publishing:{slug}", lang))
            inside = [href for _, href in page.links(page.main) if href.startswith("/")]
            assert all(href.startswith(f"/{lang}/") for href in inside), (slug, inside)


def test_without_welsh_the_pages_still_stand(settings, sqlite_database):
    with Browse(create_app(replace(settings, welsh=False), database=sqlite_database)) as english:
        for slug in PAGES:
            english.open(f"/en/{slug}")
