"""What becomes of the rows around the contact who goes: they follow, and what would be there twice is dropped.

Every model that refers to contacts is moved, by what Django knows of it; only those are named here
for which there is more to it.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import Any

from django.db.models import ForeignKey, ManyToOneRel, Model, QuerySet, TextField
from django.db.models.functions import Cast

from contacts import naming
from contacts.book import Book
from contacts.merging.journal import Journal
from contacts.models import Contact, ContactMethod, ImportantDate, ImportRow, NotSame, Relationship

# What makes two rows of a contact the same, beyond the model's constraints.
_SAME: dict[type[Model], Callable[[Any], Hashable]] = {
    ContactMethod: lambda method: (method.kind, method.normalized or method.value),
    ImportantDate: lambda date: (" ".join(naming.words(date.label)), date.day, date.month, date.year),
}


def move(book: Book, journal: Journal, *, kept: Contact, gone: Contact) -> None:
    _yield_preference(journal, kept, gone)
    for model, field in _references():
        _move_rows(journal, model, field, kept, gone)
    _move_introductions(book, journal, kept, gone)
    _move_relationships(book, journal, kept, gone)
    _move_differences(book, journal, kept, gone)
    _move_mentions(book, journal, kept, gone)


def _references() -> Iterator[tuple[type[Model], ForeignKey]]:
    for relation in Contact._meta.get_fields(include_hidden=True):
        if isinstance(relation, ManyToOneRel) and relation.related_model not in (Contact, Relationship, NotSame):
            yield relation.related_model, relation.field


def _move_rows(journal: Journal, model: type[Model], field: ForeignKey, kept: Contact, gone: Contact) -> None:
    rows = list(model._base_manager.filter(**{field.name: gone.pk}).order_by("pk"))
    if not rows:
        return
    identities = _identities(model, field)
    known = {identity(row) for row in model._base_manager.filter(**{field.name: kept.pk}) for identity in identities}
    moving: list[Model] = []
    doubles: list[Model] = []
    for row in rows:
        own = {identity(row) for identity in identities}
        (moving if own.isdisjoint(known) else doubles).append(row)
        known |= own
    journal.delete(doubles)
    journal.update(moving, **{field.attname: kept.pk})


def _identities(model: type[Model], field: ForeignKey) -> list[Callable[[Any], Hashable]]:
    """What no two rows of a contact may have in common."""
    unique = [list(together) for together in model._meta.unique_together]
    unique += [list(constraint.fields) for constraint in model._meta.total_unique_constraints]
    unique += [[field.name]] if field.unique else []
    found = [_columns(names, but=field.name) for names in unique if field.name in names]
    return [*found, _SAME[model]] if model in _SAME else found


def _columns(names: list[str], *, but: str) -> Callable[[Any], Hashable]:
    others = tuple(name for name in names if name != but)
    return lambda row: (others, *(getattr(row, row._meta.get_field(name).attname) for name in others))


def _yield_preference(journal: Journal, kept: Contact, gone: Contact) -> None:
    """There is one preferred detail of each kind: the kept contact's, where they have one."""
    kinds = ContactMethod.objects.filter(contact=kept, is_primary=True).values("kind")
    yielding = ContactMethod.objects.filter(contact=gone, is_primary=True, kind__in=kinds)
    journal.update(list(yielding), is_primary=False)


def _move_introductions(book: Book, journal: Journal, kept: Contact, gone: Contact) -> None:
    """Whom the one who goes introduced."""
    journal.update(book.contacts.filter(met_through=gone).exclude(pk=kept.pk), met_through_id=kept.pk)


def _move_relationships(book: Book, journal: Journal, kept: Contact, gone: Contact) -> None:
    """One between the two says nothing any more; the same thing said from the other end is said already."""
    known = {said for tie in book.relationships.around(kept) for said in _both_ways(tie)}
    for tie in book.relationships.around(gone).order_by("pk"):
        ends = {
            "from_contact_id": kept.pk if tie.from_contact_id == gone.pk else tie.from_contact_id,
            "to_contact_id": kept.pk if tie.to_contact_id == gone.pk else tie.to_contact_id,
        }
        said = (ends["from_contact_id"], ends["to_contact_id"], tie.kind)
        if said in known or said[0] == said[1]:
            journal.delete([tie])
            continue
        journal.update([tie], **ends)
        known |= _both_ways(tie)


def _both_ways(tie: Relationship) -> set[tuple[int, int, str]]:
    return {
        (tie.from_contact_id, tie.to_contact_id, tie.kind),
        (tie.to_contact_id, tie.from_contact_id, tie.inverse_kind),
    }


def _move_differences(book: Book, journal: Journal, kept: Contact, gone: Contact) -> None:
    """Who is not the one who goes is not the one who stays; of the two themselves that is over."""
    known = set(book.not_same.values_list("one", "other"))
    for noted in [*book.not_same.filter(one=gone), *book.not_same.filter(other=gone)]:
        third = noted.other_id if noted.one_id == gone.pk else noted.one_id
        pair = (min(third, kept.pk), max(third, kept.pk))
        if third == kept.pk or pair in known:
            journal.delete([noted])
            continue
        journal.update([noted], one_id=pair[0], other_id=pair[1])
        known.add(pair)


def _move_mentions(book: Book, journal: Journal, kept: Contact, gone: Contact) -> None:
    """Ids that are kept in lists: whom a calendar put on a meeting, whom a person of a file may be."""
    stays = {gone.pk: kept.pk}
    events = _mentioning(book.calendar_events.defer("attendees"), "contacts_put", gone)
    journal.update_each(
        "contacts_put",
        [(event, list(dict.fromkeys(stays.get(pk, pk) for pk in event.contacts_put))) for event in events],
    )
    waiting = book.import_rows.filter(state=ImportRow.State.WAITING).defer("card", "journal")
    found = _mentioning(waiting, "matches", gone)
    journal.update_each("matches", [(row, _matches(row, stays)) for row in found])


def _mentioning(rows: QuerySet[Any], column: str, contact: Contact) -> Iterable[Any]:
    """Those that name the contact, and perhaps others with the same digits."""
    found: Iterable[Any] = (
        rows.annotate(said=Cast(column, TextField())).filter(said__contains=str(contact.pk)).order_by("pk")
    )
    return found


def _matches(row: ImportRow, stays: dict[int, int]) -> list[list[Any]]:
    """Where both were named, the likelier, which comes first."""
    found: dict[int, list[Any]] = {}
    for pk, *why in row.matches:
        one = stays.get(pk, pk)
        found.setdefault(one, [one, *why])
    return list(found.values())
