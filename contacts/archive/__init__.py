"""Everything of one user as one archive, and back.

`kinds` says what is in it, `writing` makes it, `opening` takes one from anywhere, `reading` restores it.
"""
