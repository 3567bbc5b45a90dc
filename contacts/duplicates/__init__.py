"""Who may be in the book twice: the rules, said once, for the whole book and for a file that is read.

`evidence` weighs two people against each other, `keys` says which two are worth weighing, and
`finding` asks the book. Everything is in memory, of two queries: all pairs are never compared.
"""

from contacts.duplicates.evidence import Reason
from contacts.duplicates.finding import Arrivals, Match, Matcher, Pair, pairs

__all__ = ["Arrivals", "Match", "Matcher", "Pair", "Reason", "pairs"]
