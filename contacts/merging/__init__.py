"""Making two contacts one, with all of both histories, and taking it back.

`fields` says which value of which side stays, `moving` what becomes of the rows around the one who
goes, `journal` writes and remembers, `acting` does it in one transaction.
"""

from contacts.merging.acting import Stale, merge, needed_to_undo, undo
from contacts.merging.fields import Choice
from contacts.merging.journal import ChangedSince

__all__ = ["ChangedSince", "Choice", "Stale", "merge", "needed_to_undo", "undo"]
