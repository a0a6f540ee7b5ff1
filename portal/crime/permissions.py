"""Who looks a month through before it is public, explains it and releases it."""

RELEASE_FIGURES = "release_figures"
