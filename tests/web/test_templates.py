"""Numbers, days and months as each language writes them; escaping; and the design system's macros."""

import datetime as dt
from types import SimpleNamespace

import html5lib
import pytest
from jinja2 import UndefinedError

from portal.clock import Month
from portal.resources import resource_dir
from portal.web import templates
from portal.web.templates import number, problem_list


@pytest.fixture(scope="module")
def made(reader):
    """Renders a line of template in a language."""

    def render(source, lang="en", **values):
        return reader.app.state.templates.environments[lang].from_string(source).render(values)

    return render


NUMBERS = {
    "0": 0,
    "7": 7,
    "999": 999,
    "1,234": 1234,
    "1,234,567": 1234567,
    "-1,234": -1234,
    "7.0": 7.0,
    "7.4": 7.44,
    "7.5": 7.46,
    "1,234.6": 1234.56,
    "0.0": 0.04,
}


@pytest.mark.parametrize(("written", "value"), NUMBERS.items())
def test_a_number_is_written_the_same_in_both_languages(made, value, written):
    assert number(value) == written
    assert {made("{{ n|number }}", lang, n=value) for lang in ("en", "cy")} == {written}


MONTHS = {
    "en": [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
    "cy": [
        "Ionawr",
        "Chwefror",
        "Mawrth",
        "Ebrill",
        "Mai",
        "Mehefin",
        "Gorffennaf",
        "Awst",
        "Medi",
        "Hydref",
        "Tachwedd",
        "Rhagfyr",
    ],
}


@pytest.mark.parametrize("lang", MONTHS)
def test_every_month_has_its_name(made, lang):
    assert [made("{{ m|month }}", lang, m=Month(2024, n)) for n in range(1, 13)] == [f"{m} 2024" for m in MONTHS[lang]]


@pytest.mark.parametrize(
    ("moment", "english", "welsh"),
    [
        (dt.date(2024, 3, 1), "1 March 2024", "1 Mawrth 2024"),
        (dt.datetime(2024, 3, 31, 22, 59, tzinfo=dt.UTC), "31 March 2024", "31 Mawrth 2024"),
        (dt.datetime(2024, 3, 31, 23, 0, tzinfo=dt.UTC), "1 April 2024", "1 Ebrill 2024"),
        (dt.datetime(2024, 10, 27, 23, 30, tzinfo=dt.UTC), "27 October 2024", "27 Hydref 2024"),
        (dt.date(2024, 2, 29), "29 February 2024", "29 Chwefror 2024"),
    ],
)
def test_a_day_is_londons_day_in_the_pages_language(made, moment, english, welsh):
    assert (made("{{ d|day }}", "en", d=moment), made("{{ d|day }}", "cy", d=moment)) == (english, welsh)


def test_a_thing_has_the_name_and_the_address_of_the_language(made):
    thing = SimpleNamespace(name_en="Bridgend <b>", name_cy="Pen-y-bont & co", slug_en="bridgend", slug_cy="pen-y-bont")
    assert made("{{ t|name }} {{ t|slug }}", "en", t=thing) == "Bridgend &lt;b&gt; bridgend"
    assert made("{{ t|name }} {{ t|slug }}", "cy", t=thing) == "Pen-y-bont &amp; co pen-y-bont"


TYPED = "\"><script>alert('1')</script>&amp; {{ 7 }}"


@pytest.mark.parametrize(
    "source",
    [
        "{{ t }}",
        "{% trans name=t %}Contact: {{ name }}{% endtrans %}",
        '{{ govukInput({"id": "a", "name": "a", "value": t, "label": {"text": t}, "hint": {"text": t}}) }}',
        '{{ govukErrorSummary({"titleText": t, "errorList": [{"text": t, "href": "#a"}]}) }}',
        '{{ govukTextarea({"id": "a", "name": "a", "value": t, "label": {"text": t}}) }}',
        '{{ govukButton({"text": t}) }}',
        '<a href="{{ t }}">{{ t }}</a>',
    ],
)
def test_whatever_is_shown_is_escaped(made, source):
    html = made(source, t=TYPED)
    tree = html5lib.parseFragment(html, namespaceHTMLElements=False)
    assert "script" not in {one.tag for one in tree.iter()}
    texts = ["".join(tree.itertext()), *(value for one in tree.iter() for value in one.attrib.values())]
    assert [text for text in texts if TYPED in text]


def test_mail_is_plain_text(reader):
    template = reader.app.state.templates.environments["en"].get_template("email/contact/body.txt")
    message = SimpleNamespace(reference="a<b", about="/en/", email="a@b", language="en")
    assert "A<B" in template.render(message=message, public_url="https://x.example")


def test_what_was_not_given_is_a_mistake_and_no_empty_place(made):
    with pytest.raises(UndefinedError):
        made("{{ nothing }}")
    with pytest.raises(UndefinedError):
        made("{% if thing.nothing %}{% endif %}", thing=SimpleNamespace(a=1))


def test_the_path_of_a_page_is_that_of_the_language(made):
    assert made('{{ path("places:index") }}', "cy") == "/cy/cymdogaethau"
    assert made('{{ path("places:index", in_language="en") }}', "cy") == "/en/neighbourhoods"


def test_each_entry_of_an_error_summary_leads_to_its_field():
    entries = problem_list({"text": "missing", "email": "not_email"}, {"missing": "Write", "not_email": "In full"})
    assert entries == [{"text": "Write", "href": "#text"}, {"text": "In full", "href": "#email"}]


def test_every_macro_of_the_design_system_is_called_by_some_template():
    text = " ".join(path.read_text() for path in resource_dir("templates").rglob("*.html"))
    assert [name for name in templates._MACROS if f"{name}(" not in text] == []
