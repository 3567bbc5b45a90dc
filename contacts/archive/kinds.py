"""What an archive holds: a file of JSON lines for each kind of row, in the order in which they can be read back."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Field, ForeignKey, Model

from contacts import models, rows
from contacts.book import Book

FORMAT, VERSION = "personal-crm", 1
MANIFEST, VCARDS = "manifest.json", "contacts.vcf"


@dataclass(frozen=True)
class Kind:
    """`book` is the property of `Book` that has its rows; `linked` a many-to-many field that goes with each row."""

    name: str
    model: type[Model]
    book: str
    linked: str = ""

    @property
    def file(self) -> str:
        return f"{self.name}.jsonl"

    @property
    def columns(self) -> list[Field]:
        return [field for field in rows.columns(self.model) if not is_of_user(field)]


# Rows come after those that they point to, but for a contact who was met through another one.
KINDS = (
    Kind("organizations", models.Organization, "organizations"),
    Kind("tags", models.Tag, "tags"),
    Kind("contacts", models.Contact, "contacts", linked="tags"),
    Kind("contact_methods", models.ContactMethod, "methods"),
    Kind("important_dates", models.ImportantDate, "dates"),
    Kind("relationships", models.Relationship, "relationships"),
    Kind("interactions", models.Interaction, "interactions", linked="contacts"),
    Kind("follow_ups", models.FollowUp, "follow_ups"),
    Kind("dismissals", models.Dismissal, "dismissals"),
    Kind("not_same", models.NotSame, "not_same"),
    Kind("column_mappings", models.ColumnMapping, "column_mappings"),
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

Part = Callable[[Book], Iterable[dict[str, Any]]]
_parts: dict[str, Part] = {}


def brings(name: str) -> Callable[[Part], Part]:
    """Registers the decorated function: its dictionaries become the lines of `name`, which is not read back."""

    def register(part: Part) -> Part:
        _parts[name] = part
        return part

    return register


def parts() -> dict[str, Part]:
    return dict(_parts)
