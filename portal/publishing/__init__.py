"""Bilingual content: today the pages that every portal must have."""
