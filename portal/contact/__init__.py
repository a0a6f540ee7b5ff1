"""What people write to the named inboxes: a figure that looks wrong, a page that somebody cannot use."""
