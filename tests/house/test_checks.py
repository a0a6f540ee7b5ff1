"""The checks of `tests.browse` see what they are there for: a sound page is spoilt in one way each time."""

from dataclasses import replace

import pytest
from httpx2 import Headers

from tests import checks
from tests.browse import MARKED, Browse, Known, Page

SPOILT = {
    "html": ("frame", '<html lang="en"', '<html lang="cy"', "html[lang] is 'cy'"),
    "no language": ("frame", '<html lang="en"', "<html", "html[lang] is None"),
    "two headings": ("frame", "<form ", "<h1>Two</h1><form ", "2 first headings"),
    "no heading": ("frame", "h1", "h2", "0 first headings"),
    "another title": ("frame", "<title>", "<title>Something else: ", "does not begin with the heading"),
    "no skip link": ("frame", "govuk-skip-link", "other", "no skip link"),
    "no main": ("frame", "main", "section", "no one main part"),
    "no description": ("frame", 'name="description"', 'name="other"', "no one description"),
    "an id twice": ("identities", 'id="email"', 'id="text"', "the id 'text' is there 2 times"),
    "a label for nothing": ("identities", 'for="email"', 'for="nothing"', "for of label points at 'nothing'"),
    "described by nothing": ("identities", 'aria-describedby="', 'aria-describedby="x ', "points at 'x'"),
    "a link to no place": ("identities", 'href="#main-content"', 'href="#nowhere"', "a link points at '#nowhere'"),
    "no label": ("fields", "label", "span", "has no label"),
    "no name": ("fields", 'id="email" name="email"', 'id="email"', "has no name"),
    "a silent button": ("fields", "Send", "", "a button says nothing"),
    "no method": ("fields", '<form method="post"', "<form", "a form says no method"),
    "a script": ("nothing_inline", "<form ", "<script>1</script><form ", "there is a script in the page"),
    "a style": ("nothing_inline", "<form ", "<style>a{}</style><form ", "there is a style in the page"),
    "a style attribute": ("nothing_inline", "<form ", '<form style="x" ', "form has style"),
    "a handler": ("nothing_inline", "<form ", '<form onsubmit="x" ', "form has onsubmit"),
    "a picture from elsewhere": ("nothing_inline", "<form ", '<img alt="" src="//x"><form ', "img loads //x"),
    "a frame": ("nothing_inline", "<form ", "<iframe></iframe><form ", "there is a iframe"),
    "another window": ("nothing_inline", "<form ", '<a href="/en/" target="_blank">x</a><form ', "_blank"),
    "a link without a lock": ("nothing_inline", "<form ", '<a href="http://x.example">x</a><form ', "http://x.example"),
    "an unchecked script": ("nothing_inline", 'integrity="', 'other="', "loaded without a digest"),
    "a step too far": ("structure", "<form ", "<h3>Deep</h3><form ", "after h1 comes h3"),
    "an empty link": ("structure", "<form ", '<a href="/en/"></a><form ', "a link says ''"),
    "a link to nothing": ("structure", "<form ", "<a>x</a><form ", "leads to None"),
    "a table without a caption": ("structure", "<form ", "<table><tr><td>1</table><form ", "no caption"),
    "a heading without a scope": (
        "structure",
        "<form ",
        "<table><caption>x</caption><tr><th>1</table><form ",
        "has no scope",
    ),
    "a nameless navigation": ("structure", "<form ", "<nav>x</nav><form ", "1 navigations are named None"),
    "a picture without words": ("structure", "<form ", '<img src="/assets/x"><form ', "a picture has no alt"),
    "an unmarked language": ("foreign_parts", 'lang="cy" rel', "rel", "to cy is not marked"),
    "a placeholder": ("nothing_left_over", "<form ", "{{ name }}<form ", "it says '{{'"),
    "nothing at all": ("nothing_left_over", "<form ", "None<form ", "it says 'None'"),
    "escaped twice": ("nothing_left_over", "<form ", "&amp;amp;<form ", "it says '&amp;'"),
    "a summary without problems": (
        "problems",
        "<form ",
        '<div class="govuk-error-summary"></div><form ',
        "200 with 1 error summaries",
    ),
}
SPOILT_HEADERS = {
    "unsafe": ("content-security-policy", "default-src 'none'; script-src 'unsafe-inline'", "the content policy is"),
    "another site": (
        "content-security-policy",
        "default-src 'none'; script-src https://x.example",
        "the content policy",
    ),
    "no policy": ("content-security-policy", "", "the content policy is"),
    "sniffing": ("x-content-type-options", "", "x-content-type-options is"),
    "referrers": ("referrer-policy", "unsafe-url", "referrer-policy is 'unsafe-url'"),
    "openers": ("cross-origin-opener-policy", "unsafe-none", "cross-origin-opener-policy is"),
    "embedding": ("cross-origin-resource-policy", "cross-origin", "cross-origin-resource-policy is"),
    "a cookie": ("set-cookie", "a=b", "it says set-cookie"),
    "a server": ("server", "x", "it says server"),
    "permissions": ("permissions-policy", "camera=()", "does not give up"),
    "kept": ("cache-control", "public, max-age=60", "may be kept by anybody"),
    "kept by itself": ("cache-control", "max-age=60", "cache-control is 'max-age=60'"),
}


@pytest.fixture
def page(reader):
    """A sound page with a form for a person's own words."""
    return reader.open("/en/contact/general")


def found(page, check):
    return " ".join(getattr(checks, check)(page))


def test_a_sound_page_has_nothing_wrong(page):
    page.check()
    assert [found(page, check.__name__) for check in checks.EVERY_CHECK] == [""] * len(checks.EVERY_CHECK)


@pytest.mark.parametrize("name", SPOILT)
def test_what_is_wrong_in_a_page_is_seen(page, name):
    check, sound, spoilt, complaint = SPOILT[name]
    assert sound in page.text
    worse = replace(page, text=page.text.replace(sound, spoilt))
    worse.__dict__.pop("root", None)
    assert complaint in found(worse, check)


@pytest.mark.parametrize("name", SPOILT_HEADERS)
def test_what_is_wrong_in_the_headers_is_seen(page, name):
    header, value, complaint = SPOILT_HEADERS[name]
    worse = replace(page, headers=Headers({**page.headers, header: value}))
    assert complaint in found(worse, "headers")


def test_every_check_is_tried():
    tried = {check for check, *_ in SPOILT.values()} | {"headers"}
    assert tried == {check.__name__ for check in checks.EVERY_CHECK}


@pytest.mark.parametrize("text", ["<b>Unclosed", "<div><p></div></p>", "<a><a></a></a>", "<table><div></div></table>"])
def test_html_that_is_not_valid_is_refused(page, text):
    worse = replace(page, text=page.text.replace("<form ", f"{text}<form "))
    with pytest.raises(AssertionError, match="not valid HTML"):
        worse.check()


def test_a_problem_that_is_not_said_at_its_field_is_seen(browse):
    sound = browse.send("/en/contact/general", {"text": ""})
    for was, becomes, complaint in (
        ('href="#text"', 'href="#email"', "is not said at its field"),
        ('href="#text"', 'href="#main-content"', "is not said at its field"),
        ("govuk-error-summary", "other", "422 with 0 error summaries"),
    ):
        worse = replace(sound, text=sound.text.replace(was, becomes))
        assert complaint in found(worse, "problems")
    worse = replace(sound, text=sound.text.replace("<title>Error: ", "<title>"))
    assert "does not begin with Error" in found(worse, "frame")


@pytest.fixture(scope="module")
def marked(empty_file):
    from portal.app import create_app  # noqa: PLC0415 - for this fixture
    from portal.settings import Settings  # noqa: PLC0415

    known = Known(
        {"en": {"Community safety portal", "Community safety team", "community-safety@example.org", "English"}}
    )
    with Browse(create_app(Settings(data_dir=empty_file.parent), catalogues=MARKED), known=known) as one:
        yield one


@pytest.mark.parametrize(
    "spoilt",
    [
        "<p>Not translated</p>",
        "<p>⟦Half⟧ translated</p>",
        '<p title="Not translated">⟦x⟧</p>',
        '<input aria-label="Not translated">',
        "<p>Community safety portal and more</p>",
        '<p lang="cy">Community safety portal</p>',
        "<p>⟦open</p>",
    ],
)
def test_words_that_did_not_come_from_the_catalogue_are_seen(marked, spoilt):
    page = marked.client.get("/en/contact/general").text.replace("Cymraeg", "")
    sound = Page(marked, "/en/contact/general", 200, {}, page)
    assert list(checks.loose_words(sound)) == []
    worse = Page(marked, "/en/contact/general", 200, {}, page.replace("<form ", f"{spoilt}<form "))
    assert list(checks.loose_words(worse)) != []


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Crime in Pen-y-bont, May 2024: 1,234", "Crime in , 2024: 1,234"),
        ("Pen-y-bont", ""),
        ("12 (3.4–5.6)", ""),
        ("Pen-y-bontfaen", "Pen-y-bontfaen"),
        ("/en/crime/x", ""),
        ("Mai", "Mai"),
        ("Ll", ""),
    ],
)
def test_data_is_known_in_its_own_language(text, left):
    known = Known({"en": {"Pen-y-bont", "Pen"}, "cy": {"Pen-y-bont"}}, {"en": {"Ll"}})
    assert " ".join(known.without(text, "en").replace(" ,", " ,").split()).replace(" ,  ", " , ") == left


def test_a_link_that_leads_nowhere_is_seen(reader):
    page = reader.open("/en/")
    worse = replace(page, text=page.text.replace('href="/en/neighbourhoods"', 'href="/en/nothing"'))
    with pytest.raises(AssertionError, match=r"leads to /en/nothing, where there is 404"):
        reader._check_links(worse)


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ('hreflang="cy" href="http', 'hreflang="en" href="http'),
        ("/cy/cysylltu/cyffredinol", "/cy/"),
        ("/cy/cysylltu/cyffredinol", "/cy/dim-byd"),
    ],
)
def test_a_twin_that_is_none_is_seen(page, reader, was, becomes):
    worse = replace(page, text=page.text.replace(was, becomes))
    with pytest.raises(AssertionError, match=r"language|twin"):
        reader._check_alternates(worse)


def test_a_form_is_filled_in_as_a_person_would(browse):
    page = browse.open("/en/contact/general")
    again = page.fill("What would you like to tell us or ask?", "Hello").press("Send")
    assert again.heading == "We have your message"
    with pytest.raises(AssertionError, match="fields are labelled 'Nothing'"):
        page.fill("Nothing", "x")
    with pytest.raises(AssertionError, match="forms have a button 'Nothing'"):
        page.press("Nothing")
    with pytest.raises(AssertionError, match="links say 'Nothing'"):
        page.follow("Nothing")


def test_a_month_is_picked_as_a_person_would(demo):
    area = demo.open(next(href for _, href in demo.open("/en/neighbourhoods").links() if "/crime/" in href))
    month = area.field("Month")
    wanted = [one.get("value") for one in month][3]
    assert area.fill("Month", wanted).press("Show this month").path.endswith(wanted)
