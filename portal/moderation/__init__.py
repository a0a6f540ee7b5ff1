"""What strangers write to be shown: one queue, decided by people, in both languages at one speed; and what others
report about what is shown.
"""
