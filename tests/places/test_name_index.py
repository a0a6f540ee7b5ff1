"""Finding a place by its name as people type it."""

import random

import pytest

from portal.places.finding import Code, Match, Target
from portal.places.name_index import NameIndex

HERE = ("Hereshire", "Ymaswydd")
THERE = ("Thereshire", "Ynaswydd")


def target(number, name_en, name_cy, kind="neighbourhood"):
    return Target(kind, number, name_en, name_cy, name_en.lower(), name_cy.lower())


CHEPSTOW = target(1, "Chepstow", "Cas-gwent")
PONTYPOOL = target(2, "Pontypool Fawr", "Pont-y-pŵl Fawr")
PONTNEWYDD = target(3, "Pontnewydd", "Pontnewydd")
ABERTILLERY = target(4, "Abertillery and Six Bells", "Abertyleri a Chwe Chloch")
ST_JULIANS = target(5, "St Julians", "Sain Silian")
VAN = target(6, "Van", "Y Fan")
AUTHORITY = target(20, *HERE, kind="authority")
NEIGHBOURHOODS = (CHEPSTOW, PONTYPOOL, PONTNEWYDD, ABERTILLERY, ST_JULIANS, VAN)
VILLAGES = [
    ("Undy", "Gwndy", CHEPSTOW),
    ("Hollybush", "Hollybush", PONTYPOOL),
    ("Hollybush", "Hollybush", ABERTILLERY),
    ("Griffithstown", "Griffithstown", PONTYPOOL),
    ("Gwernesney", "Gwernesni", CHEPSTOW),
    *((f"Bridge Street {n}", f"Stryd y Bont {n}", PONTNEWYDD) for n in range(9)),
    *((f"Mill Lane {'abcdefg'[n]}", f"Lôn y Felin {'abcdefg'[n]}", VAN) for n in range(7)),
]


def entries():
    yield from (Match(one.name_en, one.name_cy, "neighbourhood", one, HERE) for one in NEIGHBOURHOODS)
    yield Match(*HERE, "authority", AUTHORITY)
    yield Match(*THERE, "authority", None)
    yield from (Match(name_en, name_cy, "village", where, HERE) for name_en, name_cy, where in VILLAGES)
    yield Match("Faraway", "Draw", "village", None)
    yield Match("Beyondtown", "Tudraw", "village", None, THERE)
    yield Match("Beyondtown", "Tudraw", "hamlet", None, ("Elsewhere", "Man arall"))


@pytest.fixture(scope="module")
def index():
    return NameIndex(entries())


def found(index, typed):
    answer = index.find(typed)
    return answer.code.value, [one.name_en for one in answer.matches]


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Chepstow", "Chepstow"),
        ("CAS-GWENT", "Chepstow"),
        ("cas gwent", "Chepstow"),
        ("Casgwent", "Chepstow"),
        ("Nghas-gwent", "Chepstow"),
        ("yng Nghas-gwent", "Chepstow"),
        ("Gas-gwent", "Chepstow"),
        ("pont y pwl fawr", "Pontypool Fawr"),
        ("Bontnewydd", "Pontnewydd"),
        ("Saint Julian's", "St Julians"),
        ("sain silian", "St Julians"),
        ("Y Fan", "Van"),
        ("Fan", "Van"),
        ("Wndy", "Undy"),
        ("undy", "Undy"),
        ("Hollybush, Pontypool", "Hollybush"),
        (", Undy", "Undy"),
    ],
)
def test_a_name_in_either_language_leads_to_one_neighbourhood(index, typed, name):
    assert found(index, typed) == ("one", [name])


def test_a_choice_narrowed_by_what_follows_the_comma_goes_to_the_right_one(index):
    assert index.find("Hollybush, Pontypool").only == PONTYPOOL
    assert index.find("Hollybush, Abertyleri").only == ABERTILLERY


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("Hollybush", ["Hollybush", "Hollybush"]),
        ("Hollybush, Cardiff", ["Hollybush", "Hollybush"]),
        ("Pont", ["Pontnewydd", "Pontypool Fawr"]),
        ("Hereshire", ["Hereshire", *(one.name_en for one in NEIGHBOURHOODS)]),
        ("Ymaswydd", ["Hereshire", *(one.name_en for one in NEIGHBOURHOODS)]),
        ("felin", [f"Mill Lane {letter}" for letter in "abcdefg"]),
        ("12 Hollybush, Nowhere Road", ["Hollybush", "Hollybush"]),
    ],
)
def test_a_name_that_can_mean_several_places_gives_the_choice(index, typed, names):
    code, got = found(index, typed)
    assert code in {"several", "suggestions"}
    assert got == names


def test_the_choice_among_places_of_one_name_says_which_neighbourhood_each_leads_to(index):
    assert [one.target for one in index.find("Hollybush").matches] == [PONTYPOOL, ABERTILLERY]
    assert index.find("Hollybush").only is None


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("Cheps", ["Chepstow"]),
        ("Pontypool", ["Pontypool Fawr"]),
        ("Six Bells", ["Abertillery and Six Bells"]),
        ("Chwe Chloch", ["Abertillery and Six Bells"]),
        ("Nghas-gw", ["Chepstow"]),
        ("Abertilery", ["Abertillery and Six Bells"]),
        ("Chepstwo", ["Chepstow"]),
        ("Grifithstown", ["Griffithstown"]),
        ("Griffitstwon", ["Griffithstown"]),
        ("Pontnewith", ["Pontnewydd"]),
        ("Cass Gwent", ["Chepstow"]),
        ("Kas-guent", ["Chepstow"]),
        ("4 Chepstow Road", ["Chepstow"]),
        ("near Griffithstown somewhere", ["Griffithstown"]),
    ],
)
def test_what_was_nearly_right_is_asked_about_and_not_gone_to(index, typed, names):
    assert found(index, typed) == ("suggestions", names)
    assert index.find(typed).only is None


@pytest.mark.parametrize(
    "typed",
    [
        "London",
        "Manchester",
        "asdfgh",
        "xyz",
        "qu",
        "Vax",
        "Ponty-cymer",
        "Chester",
        "...",
        "1",
        "Chopsticks",
        "ll",
    ],
)
def test_there_are_no_silly_suggestions(index, typed):
    assert found(index, typed) == ("nothing", [])


@pytest.mark.parametrize(
    ("typed", "authority"),
    [
        ("Thereshire", THERE),
        ("Ynaswydd", THERE),
        ("Faraway", None),
        ("Faraway, Somewhere", None),
        ("Beyondtown", None),
        ("Beyondtown, Thereshire", THERE),
    ],
)
def test_a_place_across_the_border_is_said_to_be_so(index, typed, authority):
    answer = index.find(typed)
    assert (answer.code, answer.authority, answer.matches) == (Code.across_border, authority, ())


def test_no_more_than_sixty_places_are_offered_and_it_is_said_that_there_are_more():
    index = NameIndex(Match(f"Bryn {n}", f"Bryn {n}", "street", VAN) for n in range(70))
    answer = index.find("bryn")
    assert (answer.code, len(answer.matches), answer.has_more) == (Code.several, 60, True)


def test_misspelt_names_give_five_suggestions_at_most():
    index = NameIndex(Match("Abcdefgh", "Abcdefgh", "street", target(n, f"N{n}", f"N{n}")) for n in range(20))
    assert len(index.find("Abcdefgx").matches) == 5


def test_a_word_that_many_names_have_suggests_none_of_them(index):
    assert found(index, "Strete")[0] == "nothing"


def test_names_are_shown_in_the_language_asked_for():
    match = Match("Chepstow", "Cas-gwent", "town", CHEPSTOW, HERE)
    assert (match.name("en"), match.name("cy")) == ("Chepstow", "Cas-gwent")
    assert (match.within_name("en"), match.within_name("cy")) == HERE
    assert Match("A", "B", "town", None).within_name("en") is None
    assert (CHEPSTOW.name("en"), CHEPSTOW.name("cy"), CHEPSTOW.slug("en"), CHEPSTOW.slug("cy")) == (
        "Chepstow",
        "Cas-gwent",
        "chepstow",
        "cas-gwent",
    )


def test_any_text_at_all_is_answered(index):
    rng = random.Random(3)
    letters = "abcdefghilmnoprstuwy ŵŷâ'-,0123 \u200b\ud7ff😀"
    for _ in range(2_000):
        typed = "".join(rng.choices(letters, k=rng.randrange(101)))
        assert index.find(typed).code in Code
