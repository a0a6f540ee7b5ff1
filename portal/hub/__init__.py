"""Pages that compose several nouns: the front page."""
