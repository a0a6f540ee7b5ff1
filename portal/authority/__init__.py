"""Who publishes this portal and how people reach them: what of the settings an administrator changes on screen."""
