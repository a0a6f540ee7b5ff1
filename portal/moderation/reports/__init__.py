"""Reports of a concern about what is shown on a page."""
