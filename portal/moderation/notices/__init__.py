"""Notices of complaint about words that are shown: the Defamation Act 2013, section 5, and SI 2013/3028."""
