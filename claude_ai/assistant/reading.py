"""The tools that read: each within the user's own book, and without anybody who is not shared.

They answer with plain records and a reference for each; what they consulted is kept, so that a
reference which Claude names can be told from one that it made up.
"""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils import timezone
from pydantic import BaseModel, ConfigDict, Field

from claude_ai import dossier as dossiers
from claude_ai.redaction import Redactor, redactor_of, visible
from contacts import records, reminders, search
from contacts.book import Book
from contacts.models import Contact, ContactQuerySet, FollowUp, ImportantDate, Interaction
from contacts.records import Source

PAGE = 20
_TEXT = 600


class ToolError(Exception):
    """Told to Claude, who may try again: wrong arguments, or nobody there."""


class Arguments(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SearchPeople(Arguments):
    text: str = Field("", description="Words of a name, job, note, talk or place; all must be found.")
    tag: str = ""
    organization: str = ""
    city: str = ""
    not_seen_for_days: int | None = Field(None, ge=1, le=36_500)
    favorites_only: bool = False
    page: int = Field(1, ge=1, le=1_000)


class ReadContact(Arguments):
    person: str = Field(description="Reference of a person, such as c12.")


class SearchInteractions(Arguments):
    text: str = ""
    person: str = Field("", description="Reference of a person, such as c12.")
    since: dt.date | None = None
    until: dt.date | None = Field(None, description="Days in the future find what is planned.")
    page: int = Field(1, ge=1, le=1_000)


class FollowUps(Arguments):
    which: str = Field("open", pattern="^(open|overdue|done)$")
    owed_by: str = Field("", pattern="^(me|them|)$")
    person: str = ""
    page: int = Field(1, ge=1, le=1_000)


class ComingDates(Arguments):
    days: int = Field(30, ge=0, le=366)


class SlippingAway(Arguments):
    pass


class Relationships(Arguments):
    person: str = Field(description="Reference of a person, such as c12.")


@dataclass
class Reader:
    """Runs the tools of one turn, and remembers what they gave."""

    book: Book
    consulted: dict[str, Source] = field(default_factory=dict)

    TOOLS: ClassVar[dict[str, tuple[type[Arguments], str]]] = {
        "search_people": (
            SearchPeople,
            "Finds people in the user's address book by any text, tag, organization, city or how long they were "
            "not seen. `total` counts all that match; results come in pages.",
        ),
        "read_contact": (ReadContact, "Everything noted about one person: details, talks, follow-ups, dates, ties."),
        "search_interactions": (
            SearchInteractions,
            "Finds talks (meetings, calls, mails, notes), past and planned, by text, person and period.",
        ),
        "follow_ups": (FollowUps, "What was promised: by whom, for when; open, overdue or done."),
        "coming_dates": (ComingDates, "Birthdays and other dates of the coming days."),
        "slipping_away": (SlippingAway, "People with whom the wanted time between contacts has passed."),
        "relationships": (Relationships, "Who is what to a person."),
    }

    def run(self, name: str, arguments: Arguments) -> dict[str, Any]:
        """Raises `ToolError` where there is nothing to read."""
        tool: Callable[[Any], dict[str, Any]] = getattr(self, f"_{name}")
        return tool(arguments)

    # --- The tools --------------------------------------------------------------------------------

    def _search_people(self, asked: SearchPeople) -> dict[str, Any]:
        people = self._shared()
        if asked.tag:
            people = people.filter(tags__name__iexact=asked.tag)
        if asked.organization:
            people = people.filter(
                organization__in=search.named(self.book.organizations, asked.organization).values("pk")
            )
        if asked.city:
            people = people.filter(city__icontains=asked.city)
        if asked.favorites_only:
            people = people.favorites()
        if asked.not_seen_for_days:
            people = people.not_seen_since(self.book.start_of(self.book.today - dt.timedelta(asked.not_seen_for_days)))
        people = search.contacts(people, asked.text)
        ordered = search.by_relevance(people, asked.text) if asked.text else people.order_by("sort_name", "pk")
        page, about = self._page(ordered.select_related("organization").prefetch_related("tags"), asked.page)
        clean = self._redactor(page).clean
        return about | {"people": [self._person(person, clean) for person in page]}

    def _read_contact(self, asked: ReadContact) -> dict[str, Any]:
        contact = self.person(asked.person)
        rows = dossiers.read(self.book, contact)
        self.consulted |= rows.sources
        return {"dossier": _Raw(dossiers.for_claude(rows).as_json())}

    def _search_interactions(self, asked: SearchInteractions) -> dict[str, Any]:
        talks = self.book.interactions.filter(contacts__in=self._shared()).distinct()
        if asked.person:
            talks = talks.filter(contacts=self.person(asked.person))
        if asked.since:
            talks = talks.filter(occurred_at__gte=self.book.start_of(asked.since))
        if asked.until:
            talks = talks.filter(occurred_at__lt=self.book.start_of(asked.until + dt.timedelta(days=1)))
        found = search.interactions(talks, asked.text)
        page, about = self._page(found.prefetch_related("contacts__organization"), asked.page)
        clean = self._redactor([person for talk in page for person in talk.contacts.all()]).clean
        return about | {"talks": [self._talk(talk, clean) for talk in page]}

    def _follow_ups(self, asked: FollowUps) -> dict[str, Any]:
        promises = self.book.follow_ups.filter(contact__in=self._shared())
        wanted = {
            "open": promises.open(),
            "overdue": promises.overdue(self.book.today),
            "done": promises.done(),
        }[asked.which]
        if asked.owed_by:
            wanted = wanted.filter(owed_by=asked.owed_by)
        if asked.person:
            wanted = wanted.filter(contact=self.person(asked.person))
        page, about = self._page(wanted.select_related("contact__organization").soonest_first(), asked.page)
        clean = self._redactor([promise.contact for promise in page]).clean
        return about | {"follow_ups": [self._promise(promise, clean) for promise in page]}

    def _coming_dates(self, asked: ComingDates) -> dict[str, Any]:
        dates = [
            date
            for date in reminders.coming_dates(self.book, days=asked.days, limit=PAGE * 3)
            if date.contact.share_with_ai
        ]
        clean = self._redactor([date.contact for date in dates]).clean
        found = []
        for date in dates:
            source = (
                records.of_date(date.source, date.on)
                if isinstance(date.source, ImportantDate)
                else self._seen(date.contact)
            )
            self.consulted[source.ref] = source
            found.append(
                {"ref": source.ref, "person": self._named(date.contact), "label": clean(date.label), "on": date.on}
                | ({"years": date.years} if date.years is not None else {})
            )
        return {"total": len(found), "dates": found}

    def _slipping_away(self, _asked: SlippingAway) -> dict[str, Any]:
        slips = [slip for slip in reminders.slipping_away(self.book, limit=PAGE) if slip.contact.share_with_ai]
        people = [self._named(slip.contact) | {"wanted_by": slip.due_on, "days_late": slip.days_late} for slip in slips]
        return {"total": len(people), "people": people}

    def _relationships(self, asked: Relationships) -> dict[str, Any]:
        contact = self.person(asked.person)
        ties = self.book.relationships.around(contact).select_related(
            "from_contact__organization", "to_contact__organization"
        )
        found = []
        for tie in ties:
            other, kind = tie.seen_from(contact)
            if other.share_with_ai:
                found.append(self._named(other) | {"is": str(kind.value)})
        return {"person": self._named(contact), "ties": found}

    # --- In common --------------------------------------------------------------------------------

    def person(self, ref: str) -> Contact:
        """Whom a reference means; raises `ToolError` for nobody, another's or one who is not shared."""
        number = ref.removeprefix("c")
        people = self._shared(archived=True).select_related("organization", "met_through__organization")
        found = people.filter(pk=int(number)).first() if number.isdecimal() and len(number) < 19 else None
        if found is None:
            raise ToolError(f"There is nobody with the reference {ref[:40]!r}. Search for the person first.")
        self._seen(found)
        return found

    def _shared(self, *, archived: bool = False) -> ContactQuerySet:
        people = self.book.contacts.shared_with_ai()
        return people if archived else people.active()

    def _page(self, rows: QuerySet[Any], number: int) -> tuple[list[Any], dict[str, Any]]:
        total = rows.count()
        start = (number - 1) * PAGE
        page = list(rows[start : start + PAGE])
        more = {"next_page": number + 1} if start + PAGE < total else {}
        return page, {"total": total} | more

    def _redactor(self, people: Iterable[Contact]) -> Redactor:
        people = list(people)
        shared = [person for person in people if person.share_with_ai]
        names = [part for p in shared for part in (p.name, p.first_name, p.last_name, p.nickname)]
        employers = [str(person.organization) for person in shared if person.organization_id]
        return redactor_of(self.book, {person.pk for person in people}, allowed=[*names, *employers])

    def _seen(self, contact: Contact) -> Source:
        source = records.of_contact(contact)
        self.consulted[source.ref] = source
        return source

    def _named(self, contact: Contact) -> dict[str, Any]:
        return {"ref": self._seen(contact).ref, "name": visible(contact.name)}

    def _person(self, contact: Contact, clean: Callable[[str], str]) -> dict[str, Any]:
        last = contact.last_interaction_at
        return self._named(contact) | {
            "organization": clean(str(contact.organization or "")),
            "job_title": clean(contact.job_title),
            "city": clean(contact.city),
            "tags": [clean(tag.name) for tag in contact.tags.all()],
            "last_contact_on": last and timezone.localdate(last, self.book.zone),
        }

    def _talk(self, talk: Interaction, clean: Callable[[str], str]) -> dict[str, Any]:
        source = records.of_interaction(talk, self.book.zone)
        self.consulted[source.ref] = source
        text = clean(talk.body)
        return {
            "ref": source.ref,
            "kind": talk.kind,
            "at": timezone.localtime(talk.occurred_at, self.book.zone).isoformat(timespec="minutes")[:16],
            "with": [self._named(person) for person in talk.contacts.all() if person.share_with_ai],
            "title": clean(talk.title),
            "text": text[:_TEXT],
        } | ({"is_cut": True} if len(text) > _TEXT else {})

    def _promise(self, promise: FollowUp, clean: Callable[[str], str]) -> dict[str, Any]:
        source = records.of_follow_up(promise)
        self.consulted[source.ref] = source
        return {
            "ref": source.ref,
            "person": self._named(promise.contact),
            "title": clean(promise.title),
            "owed_by": promise.owed_by,
            "due_on": promise.due_on,
            "is_done": promise.is_done,
        }


class _Raw(str):
    """JSON already."""

    __slots__ = ()


def as_json(payload: dict[str, Any]) -> str:
    """Compact JSON of which no text can close a tag."""
    raw = payload.get("dossier")
    return str(raw) if isinstance(raw, _Raw) else dossiers.dump(payload)
