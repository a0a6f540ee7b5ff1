"""Names as text: folding and mutation."""

import pytest

from portal.places.names import fold, radicals, skeleton, squash


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
