"""What an archive holds: a file of JSON lines for each kind of row, in the order in which they can be read back."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from django.db.models import Field, ForeignKey, Model, QuerySet

from contacts import models, rows
from contacts.book import Book
from contacts.records import Ids
from contacts.suggestions import occasions

# Of what pluggable apps keep, the first version said only what there is to read.
FORMAT, VERSION, FIRST_VERSION = "personal-crm", 2, 1
MANIFEST, VCARDS = "manifest.json", "contacts.vcf"


def _as_it_is(_row: Any, _ids: Ids) -> bool:
    return True


def _all(_book: Book, found: Sequence[Any]) -> Sequence[Any]:
    return found


@dataclass(frozen=True)
class Kind:
    """One file of an archive, and how it comes back.

    - `rows` gives those of a book; `linked` is a many-to-many field that goes with each.
    - `left` are columns that are of no use elsewhere.
    - `settle` puts right what a row that comes back says of others by their ids, but for foreign keys, which are
      seen to without it. It gives whether the row is of any use now, and raises `ValueError` for what none says.
    - `wanted` are those of some rows that are not there yet.
    - Where `is_in_the_way`, a book that has such rows takes no archive.
    """

    name: str
    model: type[Model]
    rows: Callable[[Book], QuerySet[Any]]
    linked: str = ""
    left: frozenset[str] = frozenset()
    settle: Callable[[Any, Ids], bool] = _as_it_is
    wanted: Callable[[Book, Sequence[Any]], Sequence[Any]] = _all
    is_in_the_way: bool = True

    @property
    def file(self) -> str:
        return f"{self.name}.jsonl"

    @property
    def columns(self) -> list[Field]:
        return [field for field in rows.columns(self.model) if not is_of_user(field) and field.attname not in self.left]


def _dismissal(row: models.Dismissal, ids: Ids) -> bool:
    """Of something that is gone by now, it says nothing any more."""
    is_of_whole_type = not row.identity
    row.identity = occasions.renumbered(row.identity, ids) or ""
    return is_of_whole_type or bool(row.identity)


# Rows come after those that they point to, but for a contact who was met through another one.
KINDS = (
    Kind("organizations", models.Organization, attrgetter("organizations")),
    Kind("tags", models.Tag, attrgetter("tags")),
    Kind("contacts", models.Contact, attrgetter("contacts"), linked="tags"),
    Kind("contact_methods", models.ContactMethod, attrgetter("methods")),
    Kind("important_dates", models.ImportantDate, attrgetter("dates")),
    Kind("relationships", models.Relationship, attrgetter("relationships")),
    Kind("interactions", models.Interaction, attrgetter("interactions"), linked="contacts"),
    Kind("follow_ups", models.FollowUp, attrgetter("follow_ups")),
    Kind("dismissals", models.Dismissal, attrgetter("dismissals"), settle=_dismissal),
    Kind("not_same", models.NotSame, attrgetter("not_same")),
    Kind("column_mappings", models.ColumnMapping, attrgetter("column_mappings")),
)
PROFILE = "profile.json"
# What is of no use elsewhere, and why.
LEFT: dict[type[Model], str] = {
    models.Import: "a batch can be undone where it was read only",
    models.ImportFile: "a part of a batch",
    models.ImportRow: "a part of a batch",
    models.Merge: "what takes a merge apart again names the rows of this installation",
    models.CalendarFeed: "its address is of this installation, and only a hash of it is kept",
    models.CalendarSource: "its address is a secret; one subscribes again",
    models.CalendarEvent: "comes again with its calendar",
}


def is_of_user(field: Field) -> bool:
    return isinstance(field, ForeignKey) and field.related_model._meta.label == "auth.User"


# --- What a pluggable app keeps of the user -----------------------------------------------------

_brought: list[Kind] = []


def brings(*kinds: Kind) -> None:
    """Files that an additional app adds; they come back after those of the book, in this order."""
    _brought.extend(kinds)


def kinds(version: int = VERSION) -> tuple[Kind, ...]:
    """All that can be read back of an archive of this version."""
    return KINDS if version == FIRST_VERSION else (*KINDS, *_brought)
