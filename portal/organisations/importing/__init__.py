"""Organisations and councillors from files: known by what is in them, read whole, and brought in all at once or not at
all.
"""

from portal.organisations.importing.bringing import Report
from portal.organisations.importing.running import Options, import_councillors, import_defaults, import_organisations
from portal.places.importing.files import FileRefused, FilesRefused, ImportRefused

__all__ = [
    "FileRefused",
    "FilesRefused",
    "ImportRefused",
    "Options",
    "Report",
    "import_councillors",
    "import_defaults",
    "import_organisations",
]
