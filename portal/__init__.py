"""The portal that makes community safety answerable."""
