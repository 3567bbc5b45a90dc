"""The dashboard's widget `#suggestions`: what the rules or Claude propose, each with what can be done about it."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

from django.http import HttpRequest

from claude_ai import calls, suggestions
from claude_ai.suggestions import Shown, Suggestions
from contacts import records
from contacts.book import Book
from contacts.http import book_of
from contacts.models import FollowUp, SuggestionType
from contacts.records import Source
from contacts.reminders import Day
from contacts.suggestions import Suggestion, drafts
from contacts.suggestions.drafts import Draft

TEMPLATE = "claude_ai/suggestions.html"
_ICONS = {
    SuggestionType.FOLLOW_UP: "list-todo",
    SuggestionType.ANNIVERSAIRE: "cake",
    SuggestionType.RELANCE: "hourglass",
    SuggestionType.NETWORKING: "handshake",
}


@dataclass(frozen=True)
class Row:
    """One line, and which acts it offers; the first of them is the one to press."""

    item: Shown
    draft: Draft | None

    @property
    def main(self) -> Suggestion:
        return self.item.main

    @property
    def sources(self) -> tuple[Source, ...]:
        """Without the person alone: the title leads there already."""
        sources = self.item.sources
        return () if sources == (records.of_contact(self.main.contact),) else sources

    @property
    def ids(self) -> list[str]:
        return [one.id for one in self.item.suggestions]

    @cached_property
    def dom_id(self) -> str:
        return "suggestion-" + "".join(c if c.isalnum() else "-" for c in self.main.id)

    @property
    def icon(self) -> str:
        return _ICONS[self.main.type]

    @cached_property
    def first_act(self) -> str:
        """`done`, `note`, `write` or `promise`."""
        if self.main.follow_up:
            return "done" if self.main.follow_up.owed_by == FollowUp.OwedBy.ME else "write"
        if self.main.type == SuggestionType.NETWORKING:
            return "promise"
        return "note" if self.main.meeting else "write"

    @property
    def can_log(self) -> bool:
        return not self.main.meeting

    @property
    def can_promise(self) -> bool:
        """Among the other acts."""
        return not self.main.follow_up and self.first_act != "promise"


def at_once(request: HttpRequest, day: Day) -> dict[str, Any]:
    """The widget as a page brings it: without waiting for anybody."""
    made, is_awaited = suggestions.at_once(day, caller=partial(calls.caller_of, request))
    return context(request, made) | {"is_awaited": is_awaited}


def context(request: HttpRequest, made: Suggestions) -> dict[str, Any]:
    book = book_of(request)
    return {
        "made": made,
        "rows": list(_rows(book, made)),
        "today": book.today,
        "can_ask": calls.configured(request),
        "is_awaited": False,
        "acted": None,
        "is_wanted": bool(book.profile.suggestions_shown and book.profile.suggestion_types),
    }


def _rows(book: Book, made: Suggestions) -> Iterator[Row]:
    words = {item.main.id: item.message for item in made.items if item.message}
    written = drafts.drafts(book, [item.main for item in made.items], words=words)
    for item in made.items:
        yield Row(item, written.get(item.main.id))
