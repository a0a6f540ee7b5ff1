"""What a row of places can say of itself."""

import datetime as dt

import pytest

from portal.places.models import Area, AreaKind

VAN = Area(
    kind=AreaKind.ward,
    code="W05000001",
    name_en="Van",
    name_cy="Y Fan",
    slug_en="van",
    slug_cy="y-fan",
    starts_on=dt.date(2025, 12, 1),
)


def test_an_area_has_a_name_and_an_address_in_each_language():
    assert (VAN.name("en"), VAN.name("cy"), VAN.slug("en"), VAN.slug("cy")) == ("Van", "Y Fan", "van", "y-fan")


def test_an_area_has_a_key_once_it_is_stored():
    with pytest.raises(ValueError, match="W05000001 is not stored yet"):
        _ = VAN.key
    assert Area(**VAN.model_dump() | {"id": 7}).key == 7
