"""The suggestions of a day: the rules' candidates, ranked and worded by Claude where there is a key.

Claude is asked once a day and user unless refreshed. What is shown is always made of the
candidates of this moment: whatever was acted on, dismissed or changed since is gone from it, or
has the rules' words again.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.utils import timezone, translation

from claude_ai import calls, candidates, flights
from claude_ai.calls import Caller
from claude_ai.candidates import Candidates
from claude_ai.errors import ClaudeError, FailedForAnother
from claude_ai.grounding import Ground, names_somebody_else
from claude_ai.prompts import suggestions as prompts
from claude_ai.schemas import SUGGESTIONS_SCHEMA, SuggestionItem, read_suggestions
from contacts import suggestions as rules
from contacts.book import Book
from contacts.records import Source
from contacts.reminders import Day
from contacts.suggestions import Suggestion

_KEPT_SECONDS = 36 * 3600
# After a failure nobody is made to wait for the next one at each look at the dashboard.
_FAILURE_KEPT_SECONDS = 600
_LONGEST_TITLE, _LONGEST_REASON, _LONGEST_MESSAGE = 140, 400, 800


@dataclass(frozen=True)
class Shown:
    """One line of the list: what it proposes, and the candidates that it stands for."""

    suggestions: tuple[Suggestion, ...]
    title: str
    reason: str
    # Claude's first message; empty for the rules' own.
    message: str = ""

    @property
    def main(self) -> Suggestion:
        return self.suggestions[0]

    @property
    def sources(self) -> tuple[Source, ...]:
        return tuple(dict.fromkeys(source for one in self.suggestions for source in one.sources))

    @property
    def due_on(self) -> dt.date | None:
        return min((one.due_on for one in self.suggestions if one.due_on), default=None)

    def as_dict(self) -> dict[str, Any]:
        contact = self.main.contact
        return {
            "id": self.main.id,
            "type": self.main.type.value,
            "contact": {"id": contact.pk, "name": contact.name, "url": contact.get_absolute_url()},
            "title": self.title,
            "reason": self.reason,
            "due_on": self.due_on.isoformat() if self.due_on else None,
            "sources": [source.as_dict() for source in self.sources],
        }


@dataclass(frozen=True)
class Suggestions:
    source: str
    items: tuple[Shown, ...]
    warning: dict[str, str] | None = None
    model_name: str = ""
    generated_at: dt.datetime | None = None

    def as_dict(self) -> dict[str, Any]:
        return {
            "source": self.source,
            "suggestions": [item.as_dict() for item in self.items],
            "warning": self.warning,
        }


def by_rules(book: Book, found: list[Suggestion], *, warning: dict[str, str] | None = None) -> Suggestions:
    chosen = rules.whole(book, rules.choose(found, book.profile.suggestions_shown))
    return Suggestions("local", tuple(_in_own_words(one) for one in chosen), warning)


def by_claude(book: Book, *, caller: Callable[[], Caller], refresh: bool = False) -> Suggestions:
    """Claude's of today, asked for if need be; the rules' with a warning when there is none to be had."""
    found = rules.candidates(book)
    try:
        request = _Request(book, found, caller())
        return request.shown(request.answer(refresh=refresh))
    except ClaudeError as error:
        return by_rules(book, found, warning=error.as_dict())


def at_once(day: Day, *, caller: Callable[[], Caller]) -> tuple[Suggestions, bool]:
    """What there is without asking anybody, and whether asking Claude would give more."""
    book, found = day.book, rules.candidates(day.book, day=day)
    try:
        request = _Request(book, found, caller())
    except ClaudeError:
        return by_rules(book, found), False
    if made := request.kept():
        return request.shown(made), False
    failure = request.failure()
    return by_rules(book, found, warning=failure), failure is None and bool(request.sent.candidates)


def _in_own_words(suggestion: Suggestion) -> Shown:
    return Shown((suggestion,), suggestion.title, suggestion.reason)


# --- Claude's ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Said:
    """What Claude made of some candidates; without words where its own did not stand on them."""

    # Identity and digest of each.
    about: tuple[tuple[str, str], ...]
    title: str
    reason: str
    message: str


@dataclass(frozen=True)
class _Made:
    said: tuple[_Said, ...]
    model_name: str
    generated_at: dt.datetime
    notices: tuple[dict[str, str], ...]


class _Request:
    """One user's wish for today's suggestions, in the language that is active."""

    def __init__(self, book: Book, found: list[Suggestion], caller: Caller) -> None:
        self.book, self.found = book, found
        self.caller = replace(caller, model=settings.CLAUDE_SUGGESTIONS_MODEL)
        self.language = translation.get_language() or settings.LANGUAGE_CODE
        self.sent, self.by_ref = candidates.for_claude(book, found)
        who = f"suggestions:{prompts.VERSION}:{book.owner.pk}:{self.language}"
        self.key_of_day = f"{who}:{book.today.isoformat()}"
        wanted = f"{self.sent.hash}:{self.caller.model}:{self.caller.max_tokens}:{book.profile.suggestions_shown}"
        self.key = f"{who}:{sha256(wanted.encode()).hexdigest()}"
        # Another key is another try.
        self.key_of_failure = f"{self.key_of_day}:{self.caller.key.digest}:failed"

    def kept(self) -> _Made | None:
        """For just these candidates, else today's for others: those that are left of them keep their words."""
        made: _Made | None = cache.get(self.key) or cache.get(self.key_of_day)
        return made

    def failure(self) -> dict[str, str] | None:
        said: dict[str, str] | None = cache.get(self.key_of_failure)
        return said

    def answer(self, *, refresh: bool) -> _Made | None:
        """None where there is nothing to ask about."""
        if not self.sent.candidates:
            return None
        if not refresh and (made := self.kept()):
            return made
        if not refresh and (failure := self.failure()):
            raise FailedForAnother(failure)
        return flights.once(self.key_of_day, ask=self._ask_and_keep, kept=self.kept, refresh=refresh)

    def _ask_and_keep(self) -> _Made:
        try:
            made = self._ask()
        except ClaudeError as error:
            cache.set(self.key_of_failure, error.as_dict(), timeout=_FAILURE_KEPT_SECONDS)
            raise
        cache.set_many({self.key: made, self.key_of_day: made}, timeout=_KEPT_SECONDS)
        cache.delete(self.key_of_failure)
        return made

    def _ask(self) -> _Made:
        prompt = prompts.build(self.sent, most=self.book.profile.suggestions_shown, language=self.language)
        answer = calls.ask(
            self.caller,
            feature="suggestions",
            system=prompt.system,
            messages=prompt.messages,
            output_schema=SUGGESTIONS_SCHEMA,
        )
        said = _Reader(self.sent, self.by_ref).read(read_suggestions(answer.text, is_cut=answer.is_cut))
        return _Made(tuple(said), answer.display_name, timezone.now(), answer.notices)

    def shown(self, made: _Made | None) -> Suggestions:
        """Claude's choice as far as it still stands, and what the rules have beside it."""
        if made is None:
            return by_rules(self.book, self.found)
        most = self.book.profile.suggestions_shown
        current = {candidate.digest: self.by_ref[candidate.ref] for candidate in self.sent.candidates}
        lines = [line for said in made.said if (line := _still_standing(said, self.found, set(current)))]
        for place, one in enumerate(rules.choose(self.found, most)):
            if all(person.share_with_ai for person in one.people):
                continue
            lines.insert(place, _Line((one,)))
        lines += [_Line((one,)) for one in self.found]
        return Suggestions(
            source="claude" if made.said else "local",
            items=tuple(_in_words(self.book, _nobody_twice(lines)[:most])),
            warning=dict(made.notices[0]) if made.notices else None,
            model_name=made.model_name,
            generated_at=made.generated_at,
        )


@dataclass(frozen=True)
class _Line:
    """What one line stands for, not in words yet, and what Claude said of it as far as that still stands."""

    suggestions: tuple[Suggestion, ...]
    said: _Said | None = None

    def in_words(self) -> Shown:
        own = _in_own_words(self.suggestions[0])
        if self.said is None:
            return replace(own, suggestions=self.suggestions)
        said = self.said
        return Shown(self.suggestions, said.title or own.title, said.reason or own.reason, said.message)


def _in_words(book: Book, lines: list[_Line]) -> Iterator[Shown]:
    there = {one.id for one in rules.whole(book, (one for line in lines for one in line.suggestions))}
    return (line.in_words() for line in lines if all(one.id in there for one in line.suggestions))


def _still_standing(said: _Said, found: Iterable[Suggestion], current: set[str]) -> _Line | None:
    by_id = {one.id: one for one in found}
    left = tuple(by_id[identity] for identity, _digest in said.about if identity in by_id)
    if not left:
        return None
    is_whole = len(left) == len(said.about) and all(digest in current for _identity, digest in said.about)
    return _Line(left, said if is_whole else None)


def _nobody_twice(lines: Iterable[_Line]) -> list[_Line]:
    seen, kept = set[int](), list[_Line]()
    for line in lines:
        people = {person.pk for one in line.suggestions for person in one.people}
        if seen.isdisjoint(people):
            seen |= people
            kept.append(line)
    return kept


class _Reader:
    """Keeps of an answer what stands on the candidates: no other people, no other facts."""

    def __init__(self, sent: Candidates, by_ref: dict[str, Suggestion]) -> None:
        self.by_ref = by_ref
        self.candidates = {candidate.ref: candidate for candidate in sent.candidates}
        self.ground = Ground(sent.today, sent.records)
        self.names = [person.name for person in sent.people]

    def read(self, items: Iterable[SuggestionItem]) -> Iterable[_Said]:
        used: set[str] = set()
        for item in items:
            refs = [ref for ref in self._joined(item.candidates) if ref not in used]
            if refs:
                used |= set(refs)
                yield self._said(item, refs)

    def _joined(self, refs: Iterable[str]) -> list[str]:
        """Those that exist; joined to the first are only others about the same person."""
        known = [ref for ref in dict.fromkeys(refs) if ref in self.by_ref]
        return [ref for ref in known if self.by_ref[ref].contact == self.by_ref[known[0]].contact]

    def _said(self, item: SuggestionItem, refs: list[str]) -> _Said:
        is_good = self._stands(item.title, refs) and self._stands(item.reason, refs)
        return _Said(
            about=tuple((self.by_ref[ref].id, self.candidates[ref].digest) for ref in refs),
            title=item.title.strip()[:_LONGEST_TITLE] if is_good else "",
            reason=item.reason.strip()[:_LONGEST_REASON] if is_good else "",
            message=item.message.strip()[:_LONGEST_MESSAGE] if self._stands(item.message, refs) else "",
        )

    def _stands(self, text: str, refs: list[str]) -> bool:
        checked = self.ground.check(text, refs)
        ground = " ".join(self.ground.records[ref] for ref in refs)
        return bool(checked and checked.is_verified) and not names_somebody_else(text, ground, known=self.names)
