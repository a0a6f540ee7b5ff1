"""Who looks after mail that could not be sent."""

MANAGE_MAIL = "manage_mail"
