"""Who decides what is shown, and deals with what is reported about it."""

MODERATE = "moderate"
