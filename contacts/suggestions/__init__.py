"""What to do today, for whom and why: proposed by rules, from what the book holds.

reminders ─┬─ follow_ups ──┐
           ├─ dates ───────┤
           ├─ reconnecting ┼─> candidates ──> choose ──> the dashboard
the people ┴─ networking ──┘   (without what was dismissed)
"""

from contacts.suggestions.ranking import candidates, choose, suggest, whole
from contacts.suggestions.suggestion import Point, Suggestion

__all__ = ["Point", "Suggestion", "candidates", "choose", "suggest", "whole"]
