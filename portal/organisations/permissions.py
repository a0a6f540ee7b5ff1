"""Who keeps the organisations, the people in charge and the councillors."""

MANAGE_ORGANISATIONS = "manage_organisations"
