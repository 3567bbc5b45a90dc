"""Cards into the book, many at a time; each row notes what was written, so that it can be undone."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import DatabaseError, transaction
from django.utils.translation import gettext as _

from contacts.book import Book
from contacts.imports import matching, plans, stored
from contacts.imports.card import Card
from contacts.imports.plans import Known, Plan
from contacts.imports.saving import save as save_rows
from contacts.models import Contact, ContactMethod, Decision, Import, ImportantDate, ImportRow, Organization, Tag
from contacts.models.base import Named, OwnedQuerySet

BIRTHDAY = ("birthday_day", "birthday_month", "birthday_year")
WRITTEN_COLUMNS = ("state", "target", "journal", "reason")


def write(book: Book, batch: Import, rows: Sequence[ImportRow]) -> None:
    """All of `rows`, in the caller's transaction; one that the database refuses fails alone."""
    try:
        with transaction.atomic():
            _write(book, batch, rows)
    except (DatabaseError, ValueError, OverflowError):
        if len(rows) == 1:
            _refuse(rows[0], _("The database does not take what this card says."))
            return
        for row in rows:
            write(book, batch, [ImportRow.objects.get(pk=row.pk)])


def _refuse(row: ImportRow, reason: str) -> None:
    row.state, row.reason, row.journal = ImportRow.State.FAILED, reason, {}
    row.save(update_fields=WRITTEN_COLUMNS)


def _write(book: Book, batch: Import, rows: Sequence[ImportRow]) -> None:
    writer = _Writer(book, batch, [(row, stored.from_json(row.card)) for row in rows])
    writer.write()
    save_rows(rows, WRITTEN_COLUMNS)
    if writer.labels.has_made:
        note_made(batch, writer.labels.made)


def note_made(batch: Import, made: dict[str, list[int]]) -> None:
    batch.made |= {name: [*batch.made.get(name, []), *pks] for name, pks in made.items()}
    batch.save(update_fields=["made"])


@dataclass
class _Written:
    """A row on its way: what is being made for it, and what of its contact was otherwise."""

    row: ImportRow
    contact: Contact
    is_new: bool
    fields: dict[str, list[Any]] = field(default_factory=dict)
    extra: dict[str, list[Any]] = field(default_factory=dict)
    methods: list[ContactMethod] = field(default_factory=list)
    dates: list[ImportantDate] = field(default_factory=list)
    tags: list[int] = field(default_factory=list)

    @property
    def changes_anything(self) -> bool:
        return bool(self.fields or self.extra or self.methods or self.dates or self.tags)

    @property
    def columns(self) -> set[str]:
        """Of the contact, those that have another value now."""
        names = {name for name in self.fields if name != "birthday"} | ({"extra"} if self.extra else set())
        return names | (set(BIRTHDAY) if "birthday" in self.fields else set())

    @property
    def journal(self) -> dict[str, Any]:
        noted = {
            "is_new": self.is_new,
            "updated_at": self.contact.updated_at.isoformat(),
            "fields": {} if self.is_new else self.fields,
            "extra": {} if self.is_new else self.extra,
            "methods": [[method.pk, method.kind, method.value] for method in self.methods],
            "dates": [[date.pk, date.label, *stored.date_parts(date.date)] for date in self.dates],
            "tags": self.tags,
        }
        return {name: value for name, value in noted.items() if value not in ([], {})}


class _Writer:
    def __init__(self, book: Book, batch: Import, cards: Sequence[tuple[ImportRow, Card]]) -> None:
        self.book = book
        self.takes_file = batch.takes_file
        self.cards = cards
        with_ties = any(card.names_others for _row, card in cards)
        by_uid = matching.contacts_by_uid(book, [card.uid for row, card in cards if _may_have_come(row, card)])
        targets = {row.target_id for row, _card in cards if row.decision == Decision.UPDATE and row.target_id}
        twins = _written_twins(batch, [row for row, _card in cards])
        self.known = plans.known(book, {*targets, *by_uid.values(), *twins.values()}, with_ties=with_ties)
        # Whom rows of the batch are, by the number of the row, also those of this chunk that came before.
        self.by_number = {number: self.known[pk] for number, pk in twins.items() if pk in self.known}
        # Those that came with an identifier, also earlier in this batch.
        self.by_uid = {uid: self.known[pk] for uid, pk in by_uid.items()}
        # By identity, and held: the identity of one that is gone is given to another.
        self.making: dict[int, Known] = {}
        self.labels = _Labels(book, [card for _row, card in cards])

    def write(self) -> None:
        written = [one for row, card in self.cards if (one := self._one(row, card))]
        Contact.objects.bulk_create(one.contact for one in written if one.is_new)
        for one in written:
            if not one.is_new and one.changes_anything:
                one.contact.save(update_fields=one.columns)
        ContactMethod.objects.bulk_create(method for one in written for method in one.methods)
        ImportantDate.objects.bulk_create(date for one in written for date in one.dates)
        links = {(one.contact.pk, tag) for one in written for tag in one.tags}
        through = Contact.tags.through
        through.objects.bulk_create([through(contact_id=contact, tag_id=tag) for contact, tag in sorted(links)])
        for one in written:
            one.row.target, one.row.journal = one.contact, one.journal

    def _one(self, row: ImportRow, card: Card) -> _Written | None:
        known = self._target(row, card)
        if known is None:
            row.state, row.reason = ImportRow.State.FAILED, _("The contact is no longer in your book.")
            return None
        self.by_number[row.number] = known
        row.state = ImportRow.State.TYING if card.names_others else ImportRow.State.WRITTEN
        plan = plans.of(card, known)
        one = _Written(row, known.contact, is_new=known.contact._state.adding and id(known) not in self.making)
        self.making[id(known)] = known
        self._change(one, plan, known)
        self._add(one, plan, known)
        if card.uid and card.uid == known.contact.extra.get(plans.UID):
            self.by_uid.setdefault(card.uid, known)
        return one

    def _target(self, row: ImportRow, card: Card) -> Known | None:
        """None where the contact to update is gone."""
        if row.decision == Decision.UPDATE and _joins_twin(row):
            # The first one may have been left out; then this is the first, also for the next that joins it.
            return self.by_number.setdefault(row.twin[0], Known(Contact(owner=self.book.user)))
        if row.decision == Decision.UPDATE:
            return self.known.get(row.target_id or 0)
        if _may_have_come(row, card) and card.uid in self.by_uid:
            return self.by_uid[card.uid]
        return Known(Contact(owner=self.book.user))

    def _change(self, one: _Written, plan: Plan, known: Known) -> None:
        contact = known.contact
        for change in plan.in_force(takes_file=self.takes_file):
            if change.field == plans.MET_THROUGH:  # when everybody has come
                continue
            if change.field == "extra":
                one.extra[change.key] = [change.before, change.after]
                contact.extra[change.key] = change.after
            elif change.field == "organization":
                one.fields["organization"] = [contact.organization_id, self.labels.organization(change.after).pk]
                contact.organization = self.labels.organization(change.after)
                known.organization = change.after
            elif change.field == "birthday":
                one.fields["birthday"] = [stored.date_parts(change.before), stored.date_parts(change.after)]
                for column, part in zip(BIRTHDAY, stored.date_parts(change.after), strict=True):
                    setattr(contact, column, part)
            else:
                one.fields[change.field] = [stored.plain(change.before), stored.plain(change.after)]
                setattr(contact, change.field, change.after)

    def _add(self, one: _Written, plan: Plan, known: Known) -> None:
        for method in plan.methods:
            is_primary = method.is_primary and method.kind not in known.primary_kinds
            one.methods.append(
                ContactMethod(
                    contact=known.contact,
                    kind=method.kind,
                    value=method.value,
                    label=method.label,
                    is_primary=is_primary,
                )
            )
            known.methods.add((method.kind, plans.normalized(method.kind, method.value)))
            if is_primary:
                known.primary_kinds.add(method.kind)
        for date in plan.dates:
            parts = dict(zip(("day", "month", "year"), stored.date_parts(date.date), strict=True))
            one.dates.append(ImportantDate(contact=known.contact, label=date.label, **parts))
            known.dates.add(plans.day_of(date))
        for tag in plan.tags:
            one.tags.append(self.labels.tag(tag).pk)
            known.tags.add(tag.lower())


def _joins_twin(row: ImportRow) -> bool:
    return bool(row.twin) and row.target_id is None


def _written_twins(batch: Import, rows: Sequence[ImportRow]) -> dict[int, int]:
    """By their numbers, whom the rows before are that some of `rows` belong to."""
    numbers = {row.twin[0] for row in rows if row.decision == Decision.UPDATE and _joins_twin(row)}
    if not numbers:
        return {}
    there = batch.rows.in_the_book()
    found = dict(there.filter(number__in=numbers).values_list("number", "target"))
    # Where the first one was left out, it is whoever came in its place.
    if left_out := numbers - found.keys() - {row.number for row in rows}:
        joined = there.filter(decision=Decision.UPDATE, twin__0__in=left_out).order_by("-number")
        found |= dict(joined.values_list("twin__0", "target"))
    return found


def _may_have_come(row: ImportRow, card: Card) -> bool:
    """Whether an earlier row of the batch may be the same card: unless the user has said that it is another person."""
    return bool(card.uid) and row.verdict == ImportRow.Verdict.NEW


class _Labels:
    """The organizations and tags that cards name: found without case mattering, the missing ones made at once."""

    def __init__(self, book: Book, cards: Iterable[Card]) -> None:
        self.book = book
        self.made: dict[str, list[int]] = {"organizations": [], "tags": []}
        cards = list(cards)
        employers = [card.organization.strip() for card in cards if card.organization.strip()]
        tags = [tag.strip() for card in cards for tag in card.tags if tag.strip()]
        self._organizations = self._named(Organization, book.organizations, employers)
        self._tags = self._named(Tag, book.tags, tags)

    @property
    def has_made(self) -> bool:
        return any(self.made.values())

    def organization(self, name: str) -> Organization:
        found: Organization = self._organizations[name.strip().lower()]
        return found

    def tag(self, name: str) -> Tag:
        found: Tag = self._tags[name.strip().lower()]
        return found

    def _named(self, model: Any, known: OwnedQuerySet[Any], names: Sequence[str]) -> dict[str, Any]:
        if not names:
            return {}
        # The names of all, and the rows of those that are asked for alone: a book has thousands.
        wanted = {name.lower() for name in names}
        there = [pk for pk, name in known.values_list("pk", "name") if name.lower() in wanted]
        found: dict[str, Named] = {row.name.lower(): row for row in known.filter(pk__in=there)}
        missing = {name.lower(): name for name in reversed(names) if name.lower() not in found}
        made = model.objects.bulk_create(model(owner=self.book.user, name=name) for name in missing.values())
        self.made[f"{model._meta.model_name}s"] += [row.pk for row in made]
        return found | {row.name.lower(): row for row in made}
