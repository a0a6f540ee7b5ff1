"""Who may change the authority's settings."""

MANAGE_SETTINGS = "manage_settings"
