"""Names as text: folding, mutation, and the two alphabets."""

import random

import pytest

from portal.places.names import fold, headings, letter, radicals, skeleton, sort_key, squash

VERIFIED_WELSH_ORDER = [
    *(
        "ci",
        "cwm",
        "chwarae",
        "dydd",
        "dyn",
        "ddoe",
        "fel",
        "ffa",
        "golau",
        "gwlad",
        "ngwlad",
        "i",
        "lol",
        "lwc",
        "llan",
    ),
    *("nhad", "nos", "pwll", "phen", "ras", "rwyf", "rhan", "to", "tref", "thema"),
]


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Pont-y-pŵl", "pont y pwl"),
        ("Tŷ-du", "ty du"),
        ("Bro’r Llynnoedd", "bror llynnoedd"),
        ("Bro'r Llynnoedd", "bror llynnoedd"),
        ("St. Julian's", "st julians"),
        ("Saint Julians", "st julians"),
        ("Sain Silian", "st silian"),
        ("Sant Catwg", "st catwg"),
        ("Stow  Hill ", "stow hill"),
        ("Bedwas & Trethomas", "bedwas and trethomas"),
        ("ABERTYLERI", "abertyleri"),
        ("Smørrebrød", "smorrebrod"),
        ("", ""),
        ("…", ""),
        ("\x00", ""),
    ],
)
def test_names_fold_to_words_without_accents_or_punctuation(name, key):
    assert fold(name) == key


def test_a_key_never_outgrows_its_column():
    assert len(fold("&" * 200)) <= 120


def test_hyphens_and_spaces_make_no_difference_once_squashed():
    assert {squash(fold(name)) for name in ("Allt-yr-yn", "Allt yr yn", "Alltyryn")} == {"alltyryn"}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Lanbadog", "Llanbadog"),
        ("Cumbran", "Cwmbrân"),
        ("Ynysdu", "Ynys-ddu"),
        ("Trevethin", "Trefethin"),
        ("Philgwenlly", "Filgwenly"),
        ("Riska", "Risca"),
    ],
)
def test_spellings_that_two_orthographies_confuse_have_one_skeleton(one, other):
    assert skeleton(fold(one)) == skeleton(fold(other))


@pytest.mark.parametrize(
    ("typed", "radical"),
    [
        ("Nghas-gwent", "cas gwent"),
        ("yng Nghas-gwent", "cas gwent"),
        ("Gasnewydd", "casnewydd"),
        ("i Gasnewydd", "casnewydd"),
        ("Chasnewydd", "casnewydd"),
        ("Bontnewydd", "pontnewydd"),
        ("Mhont-y-pŵl", "pont y pwl"),
        ("Phont-y-pŵl", "pont y pwl"),
        ("Dredegar", "tredegar"),
        ("Nhredegar", "tredegar"),
        ("Thredegar", "tredegar"),
        ("Frynbuga", "brynbuga"),
        ("Mrynbuga", "brynbuga"),
        ("Faendy", "maendy"),
        ("Ddrenewydd", "drenewydd"),
        ("Nrenewydd", "drenewydd"),
        ("Lynebwy", "glynebwy"),
        ("Ngelynebwy", "gelynebwy"),
        ("Lanelli", "llanelli"),
        ("Raglan", "rhaglan"),
        ("Haber-carn", "aber carn"),
        ("Went", "gwent"),
    ],
)
def test_mutated_forms_lead_back_to_their_radicals(typed, radical):
    assert radical in radicals(fold(typed))


@pytest.mark.parametrize("name", ["Ffwrnais", "Llanelli", "Rhisga", "Sebastopol", "Casnewydd", "12", ""])
def test_names_that_no_mutation_can_have_made_have_no_radical_before_them(name):
    assert radicals(fold(name)) == ()


def test_a_preposition_alone_is_a_name_like_any_other():
    assert radicals("ar") == ("gar",)


def test_the_welsh_alphabet_has_the_order_that_was_verified_against_icu():
    shuffled = random.Random(8).sample(VERIFIED_WELSH_ORDER, len(VERIFIED_WELSH_ORDER))
    assert sorted(shuffled, key=lambda name: sort_key(name, "cy")) == VERIFIED_WELSH_ORDER


def test_the_english_alphabet_knows_no_digraphs():
    assert sorted(["Llan", "Lydney", "Chepstow", "Cwm"], key=lambda name: sort_key(name, "en")) == [
        "Chepstow",
        "Cwm",
        "Llan",
        "Lydney",
    ]


@pytest.mark.parametrize(
    "order",
    [
        ("Llanarth", "Llanfoist", "Llangybi", "Llanwern", "Lledrod"),
        ("Pencoed", "Pengam", "Penmaen"),
        ("Pont-hir", "Pont-y-pŵl", "Ponthir | th"),
        ("Cwm", "Cwm Aber", "Cwmbach"),
        ("Tŷ-du", "Tyllwyd"),
        ("10 Acre", "2 Acre", "Acre"),
    ],
)
def test_welsh_names_stand_in_their_order(order):
    assert tuple(sorted(set(order), key=lambda name: sort_key(name, "cy"))) == order


def test_a_bar_keeps_letters_apart_and_leaves_no_trace():
    by_hand = sort_key("Ban|gor", "cy")
    assert sort_key("Bangor", "cy") < sort_key("Bala", "cy") < sort_key("Baneswell", "cy") < by_hand
    assert sort_key("Ban|gor", "en")[:2] == sort_key("Bangor", "en")[:2]


def test_accents_decide_only_between_names_alike_in_letters():
    assert sort_key("Tŷ", "cy") > sort_key("Ty", "cy")
    assert sort_key("Tŷ", "cy") < sort_key("Tya", "cy")


@pytest.mark.parametrize(
    ("name", "welsh", "english"),
    [
        ("Llanbradach", "Ll", "L"),
        ("Chwilog", "Ch", "C"),
        ("Rhisga", "Rh", "R"),
        ("Ŵyn", "W", "W"),
        ("’r Allt", "R", "R"),
        ("Y Fenni", "Y", "Y"),
        ("3 Elms", "#", "#"),
        ("", "#", "#"),
    ],
)
def test_headings_are_letters_of_the_language(name, welsh, english):
    assert (letter(name, "cy"), letter(name, "en")) == (welsh, english)


def test_every_heading_of_the_alphabets_is_known_in_order():
    assert headings("cy")[:4] == ("A", "B", "C", "Ch")
    assert len(headings("cy")) == 34
    assert headings("en")[-1] == "Z"
