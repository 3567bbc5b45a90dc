"""The briefing by rules: the same four parts, from the same records, without Claude."""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils import formats, translation
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from claude_ai.dossier import Person, Promise, Rows, Talk, for_rules
from contacts import reminders
from contacts.models import Interaction
from contacts.templatetags.days import seen_from
from contacts.written import date_format

EXCERPT = 220
TALKS_QUOTED = 3
WISH_DAYS = 14
# A meeting of which nothing was written down is still remembered for so long.
REMEMBERED_DAYS = 7


@dataclass(frozen=True)
class Line:
    """A sentence, and the references of the records that it was made from."""

    text: str
    refs: tuple[str, ...]


@dataclass(frozen=True)
class LocalBriefing:
    summary: str
    summary_refs: tuple[str, ...]
    key_points: tuple[Line, ...]
    pending_follow_ups: tuple[Line, ...]
    suggestions: tuple[Line, ...]


def briefing(rows: Rows) -> LocalBriefing:
    """In the language that is active now."""
    rules = _Rules(rows)
    summary = list(rules.summary())
    return LocalBriefing(
        summary=" ".join(line.text for line in summary),
        summary_refs=tuple(dict.fromkeys(ref for line in summary for ref in line.refs)),
        key_points=tuple(rules.key_points()),
        pending_follow_ups=tuple(rules.pending()),
        suggestions=tuple(rules.suggestions()),
    )


class _Rules:
    def __init__(self, rows: Rows) -> None:
        self.book = rows.book
        self.contact = rows.contact
        self.dossier = for_rules(rows)
        self.person: Person = self.dossier.person
        self.today = rows.book.today

    # --- Summary --------------------------------------------------------------------------------

    def summary(self) -> Iterator[Line]:
        yield Line(self._who(), (self.person.ref,))
        if self.person.deceased_on:
            yield self._of_person(_("Died on %(day)s.") % {"day": _day(self.person.deceased_on)})
        if met := self._how_met():
            yield self._of_person(met)
        yield self._last_contact()
        for talk in self.dossier.planned[:1]:
            words = {
                "day": _day(talk.at),
                "time": formats.time_format(talk.at, "TIME_FORMAT"),
                "what": self._called(talk),
            }
            yield Line(_("Next, on %(day)s at %(time)s: %(what)s.") % words, (talk.ref,))

    def _who(self) -> str:
        person = self.person
        what = ", ".join(part for part in (person.job_title, person.organization, person.city) if part)
        if not what or what == person.name:
            return _("%(name)s: what they do is not noted.") % {"name": person.name}
        return _("%(name)s: %(what)s.") % {"name": person.name, "what": what}

    def _how_met(self) -> str:
        words = {"day": _day(self.person.met_on), "through": self.person.met_through}
        if self.person.met_on and self.person.met_through:
            return _("You met on %(day)s through %(through)s.") % words
        if self.person.met_on:
            return _("You met on %(day)s.") % words
        return _("You met through %(through)s.") % words if self.person.met_through else ""

    def _last_contact(self) -> Line:
        if not self.person.last_contact_on:
            return self._of_person(_("No contact is noted yet."))
        last = self.person.last_contact_on
        count = self.person.interactions_in_all
        text = ngettext(
            "Last contact on %(day)s (%(ago)s); %(count)d interaction is noted in all.",
            "Last contact on %(day)s (%(ago)s); %(count)d interactions are noted in all.",
            count,
        )
        refs = tuple(talk.ref for talk in self.dossier.interactions if talk.at.date() == last)
        words = {"day": _day(last), "ago": seen_from(last, self.today), "count": count}
        return Line(text % words, refs or (self.person.ref,))

    # --- Key points -----------------------------------------------------------------------------

    def key_points(self) -> Iterator[Line]:
        if self.person.notes:
            yield self._of_person(_("Your notes: “%(text)s”") % {"text": _excerpt(self.person.notes)})
        if self.person.how_met:
            yield self._of_person(_("How you met: “%(text)s”") % {"text": _excerpt(self.person.how_met)})
        told = [talk for talk in self.dossier.interactions if talk.text]
        for talk in told[:TALKS_QUOTED]:
            words = {"day": _day(talk.at), "what": self._called(talk), "text": _excerpt(talk.text)}
            yield Line(_("%(day)s, %(what)s: “%(text)s”") % words, (talk.ref,))
        yield from self._dates()
        yield from self._ties()
        if not (self.person.notes or self.person.how_met or told):
            words = {"name": self.person.name}
            yield self._of_person(_("Nothing that %(name)s told you is noted yet.") % words)

    def _dates(self) -> Iterator[Line]:
        for date in self.dossier.coming_dates:
            words = {"label": date.label, "day": _day(date.next_on), "years": date.years}
            words["when"] = seen_from(date.next_on, self.today)
            if date.years is None:
                yield Line(_("Coming: %(label)s, %(day)s (%(when)s).") % words, (date.ref,))
            else:
                text = ngettext(
                    "Coming: %(label)s, %(day)s (%(when)s), %(years)d year.",
                    "Coming: %(label)s, %(day)s (%(when)s), %(years)d years.",
                    date.years,
                )
                yield Line(text % words, (date.ref,))

    def _ties(self) -> Iterator[Line]:
        ties = self.dossier.relationships
        if ties:
            people = ", ".join(f"{tie.name} ({tie.kind})" for tie in ties[:6])
            refs = tuple(tie.ref for tie in ties[:6])
            yield Line(_("Around %(name)s: %(people)s.") % {"name": self.person.name, "people": people}, refs)

    # --- Pending follow-ups ---------------------------------------------------------------------

    def pending(self) -> Iterator[Line]:
        for promise in self.dossier.open_follow_ups:
            yield Line(self._owed(promise), (promise.ref,))

    def _owed(self, promise: Promise) -> str:
        words = {"title": promise.title, "name": self.person.name}
        if not promise.due_on:
            if promise.owed_by == "me":
                return _("You promised: %(title)s (no date).") % words
            return _("Promised to you: %(title)s (no date).") % words
        words |= {"day": _day(promise.due_on), "when": seen_from(promise.due_on, self.today)}
        if promise.owed_by == "me":
            return _("You promised: %(title)s, for %(day)s (%(when)s).") % words
        return _("Promised to you: %(title)s, for %(day)s (%(when)s).") % words

    # --- Suggestions ----------------------------------------------------------------------------

    def suggestions(self) -> Iterator[Line]:
        yield from self._promises_to_keep()
        if self.contact.is_deceased:
            return
        yield from self._meeting_to_write_down()
        for date in self.dossier.coming_dates:
            if date.days_away <= WISH_DAYS:
                words = {"label": date.label, "when": seen_from(date.next_on, self.today)}
                yield Line(_("Have a word ready for: %(label)s, %(when)s.") % words, (date.ref,))
        yield from self._next_contact()

    def _promises_to_keep(self) -> Iterator[Line]:
        for promise in self.dossier.open_follow_ups:
            if not promise.due_on or promise.due_on > self.today:
                continue
            words = {"title": promise.title}
            if promise.owed_by == "me":
                yield Line(_("Keep this promise before you meet: %(title)s.") % words, (promise.ref,))
            else:
                yield Line(_("Ask where this is: %(title)s.") % words, (promise.ref,))

    def _meeting_to_write_down(self) -> Iterator[Line]:
        for talk in self.dossier.interactions[:1]:
            age = self.today - talk.at.date()
            if talk.kind == "meeting" and not talk.text and age.days <= REMEMBERED_DAYS:
                words = {"what": self._called(talk), "day": _day(talk.at)}
                yield Line(_("Write down what was said: %(what)s, %(day)s.") % words, (talk.ref,))

    def _next_contact(self) -> Iterator[Line]:
        if self.contact.is_archived or self.person.paused_until or self.dossier.planned:
            return
        if slip := reminders.slip_of(self.book, self.contact):
            text = ngettext(
                "Get back in touch: you are %(days)d day past the cadence that you chose.",
                "Get back in touch: you are %(days)d days past the cadence that you chose.",
                slip.days_late,
            )
            yield self._of_person(text % {"days": slip.days_late})
        else:
            yield self._of_person(_("Nothing is planned: propose a date for the next time."))

    # --- In common ------------------------------------------------------------------------------

    def _of_person(self, text: str) -> Line:
        return Line(text, (self.person.ref,))

    def _called(self, talk: Talk) -> str:
        return talk.title or str(Interaction.Kind(talk.kind).label)


def _day(day: dt.date | None) -> str:
    """In the user's language; empty for none."""
    return date_format(day, "DATE_FORMAT") if day else ""


def _excerpt(text: str) -> str:
    """The beginning of a text, to be put between quotation marks: its own become the inner ones."""
    text = Truncator(" ".join(text.split())).chars(EXCERPT)
    whole = re.fullmatch(r"[«“\"]\s*([^«»“”\"]*?)\s*[»”\"]", text)
    text = whole[1] if whole else text
    if (translation.get_language() or "")[:2] == "fr":
        return re.sub(r"\s*»", "”", re.sub(r"«\s*", "“", text))
    return text.replace("“", "‘").replace("”", "’")
