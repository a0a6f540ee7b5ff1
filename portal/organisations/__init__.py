"""Who is in charge: responsible authorities and other bodies, posts and the people in them, councillors by ward."""
