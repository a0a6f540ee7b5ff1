"""Welsh names of the councils and police forces of Wales, which the published lookups give in English alone.

A list of area names among the files of an import wins over these.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

WELSH_NAMES: Mapping[str, str] = MappingProxyType({
    "Isle of Anglesey": "Ynys Môn",
    "Denbighshire": "Sir Ddinbych",
    "Flintshire": "Sir y Fflint",
    "Wrexham": "Wrecsam",
    "Pembrokeshire": "Sir Benfro",
    "Carmarthenshire": "Sir Gaerfyrddin",
    "Swansea": "Abertawe",
    "Neath Port Talbot": "Castell-nedd Port Talbot",
    "Bridgend": "Pen-y-bont ar Ogwr",
    "Vale of Glamorgan": "Bro Morgannwg",
    "Cardiff": "Caerdydd",
    "Caerphilly": "Caerffili",
    "Monmouthshire": "Sir Fynwy",
    "Newport": "Casnewydd",
    "Merthyr Tydfil": "Merthyr Tudful",
    "North Wales": "Gogledd Cymru",
    "South Wales": "De Cymru",
})  # fmt: skip
"""By English name, as the lookups spell it. A name that is missing here is the same in both languages."""


def welsh_name(name_en: str) -> str:
    """The Welsh name of a council or force of Wales; the English name where it is the same or not known."""
    return WELSH_NAMES.get(name_en, name_en)
