"""The briefing before a meeting: Claude's, checked and cached, or the rules' from the same records."""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from claude_ai import calls, flights, local
from claude_ai import dossier as dossiers
from claude_ai.calls import Answer, Caller
from claude_ai.dossier import Dossier, Rows
from claude_ai.errors import ClaudeError
from claude_ai.grounding import Checked, Ground
from claude_ai.prompts import briefing as prompts
from claude_ai.schemas import BRIEFING_SCHEMA, Item, read_briefing
from contacts.book import Book
from contacts.models import Contact
from contacts.records import Source

_KEPT_SECONDS = 30 * 24 * 3600


@dataclass(frozen=True)
class Line:
    text: str
    sources: tuple[Source, ...]
    is_verified: bool = True

    def as_dict(self) -> dict[str, Any]:
        return {
            "text": self.text,
            "sources": [source.as_dict() for source in self.sources],
            "verified": self.is_verified,
        }


@dataclass(frozen=True)
class Briefing:
    contact_id: int
    source: str
    summary: Line
    key_points: tuple[Line, ...]
    pending_follow_ups: tuple[Line, ...]
    suggestions: tuple[Line, ...]
    generated_at: dt.datetime
    model: str = ""
    model_name: str = ""
    cached: bool = False
    usage: dict[str, Any] | None = None
    warning: dict[str, str] | None = None
    # How many records are new, gone or different since it was made.
    changed_since: int = 0

    def as_dict(self) -> dict[str, Any]:
        return {
            "contact_id": self.contact_id,
            "source": self.source,
            "model": self.model or None,
            "generated_at": self.generated_at.isoformat(),
            "cached": self.cached,
            "summary": self.summary.text,
            "key_points": [line.as_dict() for line in self.key_points],
            "pending_follow_ups": [line.as_dict() for line in self.pending_follow_ups],
            "suggestions": [line.as_dict() for line in self.suggestions],
            "usage": self.usage,
            "warning": self.warning,
        }


def by_rules(book: Book, contact: Contact, *, warning: dict[str, str] | None = None) -> Briefing:
    """From everything that is kept here, whatever may be sent."""
    rows = dossiers.read(book, contact)
    made = local.briefing(rows)

    def lines(given: Iterable[local.Line]) -> tuple[Line, ...]:
        return tuple(Line(line.text, _sources(rows, line.refs)) for line in given)

    return Briefing(
        contact_id=contact.pk,
        source="local",
        summary=Line(made.summary, _sources(rows, made.summary_refs)),
        key_points=lines(made.key_points),
        pending_follow_ups=lines(made.pending_follow_ups),
        suggestions=lines(made.suggestions),
        generated_at=book.now,
        warning=warning,
    )


def by_claude(book: Book, contact: Contact, *, caller: Callable[[], Caller], refresh: bool = False) -> Briefing:
    """Claude's, from the cache when nothing has changed; the rules' with a warning when there is none to be had."""
    if not contact.share_with_ai:
        return by_rules(book, contact, warning=not_shared())
    try:
        who = caller()
        return _Request(dossiers.read(book, contact), who).answer(refresh=refresh)
    except ClaudeError as error:
        return by_rules(book, contact, warning=error.as_dict())


def kept(book: Book, contact: Contact, *, caller: Callable[[], Caller]) -> Briefing | None:
    """Claude's latest without asking anew: the current one, else the one before with how much has changed."""
    if not contact.share_with_ai:
        return None
    try:
        who = caller()
    except ClaudeError:
        return None
    request = _Request(dossiers.read(book, contact), who)
    return request.kept() or request.outdated()


def not_shared() -> dict[str, str]:
    return {"code": "forbidden", "message": _("This contact is not shared with the AI: nothing was sent.")}


def _sources(rows: Rows, refs: Iterable[str]) -> tuple[Source, ...]:
    return tuple(rows.sources[ref] for ref in refs if ref in rows.sources)


# --- Claude's ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Made:
    """What is cached: an answer, checked against the dossier that it was made from."""

    summary: Checked
    key_points: tuple[Checked, ...]
    pending_follow_ups: tuple[Checked, ...]
    suggestions: tuple[Checked, ...]
    model: str
    model_name: str
    generated_at: dt.datetime
    usage: dict[str, Any]
    notices: tuple[dict[str, str], ...]
    is_cut: bool
    # Of each record, to tell what has changed since.
    digests: dict[str, str] = field(default_factory=dict)


class _Request:
    """One user's wish for Claude's briefing about one contact, in the language that is active."""

    def __init__(self, rows: Rows, caller: Caller) -> None:
        self.rows = rows
        self.dossier = dossiers.for_claude(rows)
        self.caller = caller
        self.language = translation.get_language() or settings.LANGUAGE_CODE
        about = f"{prompts.VERSION}:{rows.book.owner.pk}:{rows.contact.pk}:{self.language}"
        wanted = f"{self.dossier.hash}:{caller.model}:{caller.max_tokens}"
        self.latest_key = f"briefing:{about}"
        self.key = f"briefing:{about}:{sha256(wanted.encode()).hexdigest()}"

    def answer(self, *, refresh: bool) -> Briefing:
        if not refresh and (found := self.kept()):
            return found
        return flights.once(self.key, ask=self._ask_and_keep, kept=self.kept, refresh=refresh)

    def _ask_and_keep(self) -> Briefing:
        made = self._ask()
        cache.set_many({self.key: made, self.latest_key: made}, timeout=_KEPT_SECONDS)
        return self._shown(made)

    def kept(self) -> Briefing | None:
        made: _Made | None = cache.get(self.key)
        return replace(self._shown(made), cached=True) if made else None

    def outdated(self) -> Briefing | None:
        made: _Made | None = cache.get(self.latest_key)
        if made is None:
            return None
        now = self.dossier.digests
        changed = sum(now.get(ref) != made.digests.get(ref) for ref in {*now, *made.digests})
        return replace(self._shown(made), cached=True, changed_since=changed)

    def _ask(self) -> _Made:
        prompt = prompts.build(self.dossier, language=self.language)
        answer = calls.ask(
            self.caller,
            feature="briefing",
            system=prompt.system,
            messages=prompt.messages,
            output_schema=BRIEFING_SCHEMA,
        )
        return _checked(answer, self.dossier)

    def _shown(self, made: _Made) -> Briefing:
        def line(checked: Checked) -> Line:
            return Line(checked.text, _sources(self.rows, checked.refs), checked.is_verified)

        return Briefing(
            contact_id=self.rows.contact.pk,
            source="claude",
            summary=line(made.summary),
            key_points=tuple(map(line, made.key_points)),
            pending_follow_ups=tuple(map(line, made.pending_follow_ups)),
            suggestions=tuple(map(line, made.suggestions)),
            generated_at=made.generated_at,
            model=made.model,
            model_name=made.model_name,
            usage=made.usage,
            warning=_warning(made),
        )


def _checked(answer: Answer, dossier: Dossier) -> _Made:
    said, ground = read_briefing(answer.text, is_cut=answer.is_cut), Ground(dossier.today, dossier.records)

    def items(given: list[Item]) -> tuple[Checked, ...]:
        return tuple(checked for item in given if (checked := ground.check(item.text, item.sources)))

    summary = ground.check(said.summary, said.summary_sources, by_all=True)
    return _Made(
        summary=summary or Checked("", (), is_verified=True),
        key_points=items(said.key_points),
        pending_follow_ups=items(said.pending_follow_ups),
        suggestions=items(said.suggestions),
        model=answer.model,
        model_name=answer.display_name,
        generated_at=timezone.now(),
        usage=answer.usage,
        notices=answer.notices,
        is_cut=answer.is_cut,
        digests=dossier.digests,
    )


def _warning(made: _Made) -> dict[str, str] | None:
    """A model that was replaced comes before an answer that is short."""
    if made.notices:
        return dict(made.notices[0])
    if made.is_cut:
        return {"code": "max_tokens", "message": _("The answer was cut at the limit of tokens: the end is missing.")}
    return None
