"""Who answers for personal data."""

HANDLE_PERSONAL_DATA = "handle_personal_data"
