"""Places from published files: recognised by what is in them, read, and brought into the database all at once."""

from portal.places.importing.files import FileRefused, FilesRefused, ImportRefused
from portal.places.importing.plan import Options
from portal.places.importing.running import PlacesReport, import_places

__all__ = ["FileRefused", "FilesRefused", "ImportRefused", "Options", "PlacesReport", "import_places"]
