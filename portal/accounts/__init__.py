"""Who works with the portal: accounts, roles and what they may do, signing in with a second factor."""
