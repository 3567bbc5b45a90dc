"""Everything of one user as one archive, and back.

`kinds` says what is in it, `writing` makes it, `reading` restores it.
"""
