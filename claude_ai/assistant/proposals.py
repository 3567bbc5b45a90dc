"""What the assistant may propose to write, and how it is written once the user has confirmed it.

Proposing makes a row of `Proposal` and nothing else. Confirming goes through the forms of
`contacts`, as the user's own entry does, and only while the record still says what it said.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, ClassVar, Literal

from django import forms
from django.db import transaction
from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import Field

from claude_ai.assistant.forms import ContactFieldForm, TagForm, value_of
from claude_ai.assistant.reading import Arguments, Reader, ToolError
from claude_ai.models import Conversation, Proposal
from contacts import people
from contacts.book import Book
from contacts.forms.contact import ContactForm
from contacts.forms.follow_up import FollowUpForm
from contacts.forms.interaction import InteractionForm
from contacts.forms.relationship import RelationshipForm
from contacts.models import Contact, FollowUp, Interaction, Relationship

MOST_PER_TURN = 10


class ProposeFollowUp(Arguments):
    person: str = Field(description="Reference of a person, such as c12.")
    title: str = Field(max_length=300)
    due_on: dt.date | None = None
    owed_by: Literal["me", "them"] = "me"


class ProposeClosing(Arguments):
    follow_up: str = Field(description="Reference of a follow-up, such as f3.")


class ProposeInteraction(Arguments):
    people: list[str] = Field(min_length=1, max_length=20, description="References of people, such as c12.")
    kind: Literal["meeting", "call", "email", "message", "note"] = "meeting"
    at: dt.datetime = Field(description="Where the user lives, without a time zone; in the future it is planned.")
    title: str = Field("", max_length=200)
    text: str = Field("", max_length=10_000)


class ProposeContactChange(Arguments):
    person: str = Field(description="Reference of a person, such as c12.")
    field: Literal[tuple(ContactFieldForm.base_fields)]  # type: ignore[valid-type]
    value: str = Field(
        max_length=10_000,
        description="The whole new value. Dates as YYYY-MM-DD; a birthday as --MM-DD where its year is not known.",
    )


class ProposePerson(Arguments):
    first_name: str = Field("", max_length=150)
    last_name: str = Field("", max_length=150)
    organization: str = Field("", max_length=200)
    job_title: str = Field("", max_length=200)
    city: str = Field("", max_length=150)
    how_met: str = Field("", max_length=10_000)


class ProposeTag(Arguments):
    person: str = Field(description="Reference of a person, such as c12.")
    tag: str = Field(min_length=1, max_length=200)


class ProposeRelationship(Arguments):
    person: str = Field(description="Reference of a person, such as c12.")
    other: str = Field(description="Reference of the other person.")
    kind: Literal[tuple(Relationship.Kind.values)] = Field(description="What the other is to the person.")  # type: ignore[valid-type]


class DraftMessage(Arguments):
    person: str = Field(description="Reference of a person, such as c12.")
    subject: str = Field("", max_length=200)
    text: str = Field(max_length=5_000)


class Changed(Exception):  # noqa: N818  # says what is
    """The record is not any more as it was when this was proposed."""


class Refused(Exception):  # noqa: N818
    """The form does not take it; its errors are in the user's language."""

    def __init__(self, form: forms.BaseForm) -> None:
        super().__init__("invalid")
        self.form = form


@dataclass
class Proposer:
    """The tools that propose; one for each turn."""

    reader: Reader
    conversation: Conversation

    TOOLS: ClassVar[dict[str, tuple[type[Arguments], str]]] = {
        "propose_follow_up": (ProposeFollowUp, "Proposes a follow-up: something promised, by the user or by them."),
        "propose_closing": (ProposeClosing, "Proposes to mark a follow-up as done."),
        "propose_interaction": (ProposeInteraction, "Proposes to log a talk, or to plan a meeting in the future."),
        "propose_contact_change": (ProposeContactChange, "Proposes a new value for one field of a person."),
        "propose_person": (ProposePerson, "Proposes to enter somebody who is not in the book yet."),
        "propose_tag": (ProposeTag, "Proposes to give a person a tag."),
        "propose_relationship": (ProposeRelationship, "Proposes to note what one person is to another."),
        "draft_message": (DraftMessage, "Shows the user a message to copy or to open in their mail program."),
    }

    def run(self, name: str, arguments: Arguments) -> Proposal:
        """A row that is open; raises `ToolError` where it could not be meant."""
        if self.conversation.proposals.filter(message=None).count() >= MOST_PER_TURN:
            raise ToolError("That is enough for one answer: ask the user to decide on these first.")
        make: Callable[[Any], Proposal] = getattr(self, f"_{name}")
        return make(arguments)

    def _propose_follow_up(self, asked: ProposeFollowUp) -> Proposal:
        contact = self.reader.person(asked.person)
        data = {"title": asked.title, "due_on": asked.due_on, "owed_by": asked.owed_by}
        return self._open("follow_up", data, {"contact": contact.pk})

    def _propose_closing(self, asked: ProposeClosing) -> Proposal:
        number = asked.follow_up.removeprefix("f")
        mine = self.reader.book.follow_ups.open().filter(contact__share_with_ai=True)
        found = mine.filter(pk=int(number)).first() if number.isdecimal() and len(number) < 19 else None
        if found is None:
            raise ToolError("There is no open follow-up with this reference.")
        return self._open("closing", {}, {"follow_up": found.pk}, {"title": found.title})

    def _propose_interaction(self, asked: ProposeInteraction) -> Proposal:
        with_whom = [self.reader.person(ref) for ref in dict.fromkeys(asked.people)]
        at = asked.at.replace(tzinfo=None).isoformat(timespec="minutes")
        data = {"kind": asked.kind, "occurred_at": at, "title": asked.title, "body": asked.text}
        return self._open("interaction", data, {"contacts": [contact.pk for contact in with_whom]})

    def _propose_contact_change(self, asked: ProposeContactChange) -> Proposal:
        contact = self.reader.person(asked.person)
        before: dict[str, Any] = {asked.field: value_of(contact, asked.field)}
        return self._open("contact", {asked.field: asked.value}, {"contact": contact.pk}, before)

    def _propose_person(self, asked: ProposePerson) -> Proposal:
        if not (asked.first_name or asked.last_name or asked.organization):
            raise ToolError("Give a first name, a last name or an organization.")
        return self._open("person", asked.model_dump(), {})

    def _propose_tag(self, asked: ProposeTag) -> Proposal:
        return self._open("tag", {"tag": asked.tag}, {"contact": self.reader.person(asked.person).pk})

    def _propose_relationship(self, asked: ProposeRelationship) -> Proposal:
        contact, other = self.reader.person(asked.person), self.reader.person(asked.other)
        return self._open("relationship", {"kind": asked.kind}, {"contact": contact.pk, "other": other.pk})

    def _draft_message(self, asked: DraftMessage) -> Proposal:
        contact = self.reader.person(asked.person)
        return self._open("message", {"subject": asked.subject, "text": asked.text}, {"contact": contact.pk})

    def _open(
        self, kind: str, data: dict[str, Any], target: dict[str, Any], before: dict[str, Any] | None = None
    ) -> Proposal:
        data = {name: value.isoformat() if isinstance(value, dt.date) else value for name, value in data.items()}
        return Proposal.objects.create(
            conversation=self.conversation, kind=kind, data=data, target=target, before=before or {}
        )


# --- Deciding -------------------------------------------------------------------------------------


LABELS = {
    "follow_up": gettext_lazy("A follow-up"),
    "closing": gettext_lazy("Mark as done"),
    "interaction": gettext_lazy("An interaction"),
    "contact": gettext_lazy("A change of a contact"),
    "person": gettext_lazy("A new contact"),
    "tag": gettext_lazy("A tag"),
    "relationship": gettext_lazy("A relationship"),
    "message": gettext_lazy("A message"),
}


@transaction.atomic
def confirm(book: Book, proposal: Proposal, edited: dict[str, Any]) -> None:
    """Writes it, as `edited` by the user where they did. Raises `Changed`, or `Refused` with the form's errors."""
    row = Proposal.objects.select_for_update().get(pk=proposal.pk)
    if row.state != Proposal.State.OPEN or row.is_expired:
        raise Changed
    row.data = row.data | {name: value for name, value in edited.items() if name in row.data}
    row.undo = _WRITERS[row.kind](book, row)
    row.state = Proposal.State.CONFIRMED
    row.save()
    proposal.refresh_from_db()


def refuse(proposal: Proposal) -> None:
    Proposal.objects.filter(pk=proposal.pk, state=Proposal.State.OPEN).update(state=Proposal.State.REFUSED)
    proposal.refresh_from_db()


@transaction.atomic
def undo(book: Book, proposal: Proposal) -> None:
    """Takes back what confirming wrote. Raises `Changed` where the record was changed again since."""
    row = Proposal.objects.select_for_update().get(pk=proposal.pk)
    said = row.undo
    # Nothing to take back: it wrote nothing, or not in this book.
    if row.state != Proposal.State.CONFIRMED or not said:
        raise Changed
    book.follow_ups.filter(pk=said.get("follow_up", 0)).delete()
    book.interactions.filter(pk=said.get("interaction", 0)).delete()
    book.relationships.filter(pk=said.get("relationship", 0)).delete()
    if closed := book.follow_ups.filter(pk=said.get("closed", 0)).first():
        closed.reopen()
    if contact := book.contacts.filter(pk=said.get("contact", 0)).first():
        if row.kind == "contact":
            _put_back(book, contact, row)
        if row.kind == "person":
            _take_out(contact, said["updated_at"])
        if row.kind == "tag":
            contact.tags.remove(*book.tags.filter(pk=said["tag"]))
    row.state = Proposal.State.UNDONE
    row.save()
    proposal.refresh_from_db()


def _put_back(book: Book, contact: Contact, proposal: Proposal) -> None:
    [(name, before)] = proposal.before.items()
    if value_of(contact, name) != proposal.undo["after"]:
        raise Changed
    _valid(ContactFieldForm({name: before}, instance=contact, name=name, book=book)).save()


def _take_out(contact: Contact, updated_at: str) -> None:
    """Whoever was changed since, or has anything of their own by now, stays."""
    if contact.updated_at.isoformat() != updated_at or any(asdict(contact.belongings()).values()):
        raise Changed
    contact.delete()


def _contact(book: Book, proposal: Proposal, name: str = "contact") -> Contact:
    found = book.contacts.filter(pk=proposal.target[name]).first()
    if found is None:
        raise Changed
    return found


def _valid(form: Any) -> Any:
    if not form.is_valid():
        raise Refused(form)
    return form


def _write_follow_up(book: Book, proposal: Proposal) -> dict[str, Any]:
    form = _valid(FollowUpForm(proposal.data, instance=FollowUp(contact=_contact(book, proposal))))
    return {"follow_up": form.save().pk}


def _write_closing(book: Book, proposal: Proposal) -> dict[str, Any]:
    found = book.follow_ups.open().filter(pk=proposal.target["follow_up"]).first()
    if found is None or found.title != proposal.before["title"]:
        raise Changed
    found.mark_done()
    return {"closed": found.pk}


def _write_interaction(book: Book, proposal: Proposal) -> dict[str, Any]:
    contacts = list(book.contacts.filter(pk__in=proposal.target["contacts"]).select_related("organization"))
    if len(contacts) != len(proposal.target["contacts"]):
        raise Changed
    kind = proposal.data["kind"]
    counts = kind in Interaction.Kind.values and Interaction.Kind(kind).is_contact
    data = proposal.data | {"people": [people.label(contact, numbered=True) for contact in contacts]}
    form = _valid(InteractionForm(data | ({"counts_as_contact": "on"} if counts else {}), book=book))
    return {"interaction": form.save().pk}


def _write_contact(book: Book, proposal: Proposal) -> dict[str, Any]:
    contact = _contact(book, proposal)
    [name] = proposal.data
    if value_of(contact, name) != proposal.before[name]:
        raise Changed
    contact = _valid(ContactFieldForm(proposal.data, instance=contact, name=name, book=book)).save()
    return {"contact": contact.pk, "after": value_of(contact, name)}


def _write_person(book: Book, proposal: Proposal) -> dict[str, Any]:
    data = proposal.data | {"share_with_ai": "on"}
    contact = _valid(ContactForm(data, instance=Contact(), book=book)).save()
    proposal.target = {"contact": contact.pk}
    return {"contact": contact.pk, "updated_at": contact.updated_at.isoformat()}


def _write_tag(book: Book, proposal: Proposal) -> dict[str, Any]:
    contact, form = _contact(book, proposal), _valid(TagForm(proposal.data))
    tag = book.tag_named(form.cleaned_data["tag"])
    if contact.tags.filter(pk=tag.pk).exists():
        return {}
    contact.tags.add(tag)
    return {"contact": contact.pk, "tag": tag.pk}


def _write_relationship(book: Book, proposal: Proposal) -> dict[str, Any]:
    contact, other = _contact(book, proposal), _contact(book, proposal, "other")
    data = proposal.data | {"to_contact": people.label(other, numbered=True)}
    form = _valid(RelationshipForm(data, book=book, contact=contact))
    return {"relationship": form.save().pk}


def _write_nothing(_book: Book, _proposal: Proposal) -> dict[str, Any]:
    """A message is copied or opened by the user: nothing is sent from here."""
    return {}


_WRITERS: dict[str, Callable[[Book, Proposal], dict[str, Any]]] = {
    "follow_up": _write_follow_up,
    "closing": _write_closing,
    "interaction": _write_interaction,
    "contact": _write_contact,
    "person": _write_person,
    "tag": _write_tag,
    "relationship": _write_relationship,
    "message": _write_nothing,
}


def about(book: Book, proposal: Proposal) -> list[Contact]:
    """The contacts whom it is about, as far as they are still there."""
    target = proposal.target
    pks = [target[name] for name in ("contact", "other") if name in target] + target.get("contacts", [])
    if "follow_up" in target:
        pks += book.follow_ups.filter(pk=target["follow_up"]).values_list("contact", flat=True)
    found = {contact.pk: contact for contact in book.contacts.filter(pk__in=pks).select_related("organization")}
    return [found[pk] for pk in pks if pk in found]


@dataclass(frozen=True)
class CardField:
    """One value of a card: what it was, and what it would be."""

    name: str
    label: str
    before: str
    after: str
    is_long: bool
    # Values and what they are called, where only some are possible.
    choices: tuple[tuple[str, str], ...] = ()

    @property
    def input_type(self) -> str:
        return _INPUT_TYPES.get(self.name, "text")

    @property
    def said(self) -> str:
        return self._as_said(self.after)

    @property
    def said_before(self) -> str:
        return self._as_said(self.before)

    def _as_said(self, value: str) -> str:
        if self.input_type == "date" and (day := _day(value)):
            return date_format(day, "DATE_FORMAT")
        return dict(self.choices).get(value, value)


def _day(value: str) -> dt.date | None:
    """None for what whoever changed the card wrote instead of a date."""
    try:
        return parse_date(value)
    except ValueError:
        return None


_INPUT_TYPES = {
    "due_on": "date",
    "met_on": "date",
    "paused_until": "date",
    "occurred_at": "datetime-local",
    "cadence_days": "number",
}
_FIELD_LABELS = {
    "title": gettext_lazy("what"),
    "due_on": gettext_lazy("due on"),
    "owed_by": gettext_lazy("owed by"),
    "kind": gettext_lazy("kind"),
    "occurred_at": gettext_lazy("when"),
    "body": gettext_lazy("what was said"),
    "tag": gettext_lazy("tag"),
    "birthday": gettext_lazy("birthday"),
    "subject": gettext_lazy("subject"),
    "text": gettext_lazy("text"),
}


def can_be_shown(proposal: Proposal) -> bool:
    """Whether it is one that there are: of a row from elsewhere, `data` and `kind` may say anything."""
    names = {*_FIELD_LABELS, *ContactFieldForm.base_fields, *ProposePerson.model_fields}
    is_known = proposal.kind in LABELS and isinstance(proposal.data, dict) and proposal.data.keys() <= names
    return is_known and all(isinstance(value, str | None) for value in proposal.data.values())


def fields(proposal: Proposal) -> list[CardField]:
    """What a card shows, and what can be changed on it before it is confirmed."""
    found = []
    for name, value in proposal.data.items():
        label = _FIELD_LABELS.get(name) or Contact._meta.get_field(name).verbose_name  # type: ignore[union-attr]
        after = "" if value is None else str(value)
        is_long = name in ("body", "text", "notes", "how_met")
        before, choices = str(proposal.before.get(name) or ""), _choices(proposal.kind, name)
        found.append(CardField(name, str(label), before, after, is_long, choices))
    return found


def _choices(kind: str, name: str) -> tuple[tuple[str, str], ...]:
    known = {
        ("follow_up", "owed_by"): FollowUp.OwedBy,
        ("interaction", "kind"): Interaction.Kind,
        ("relationship", "kind"): Relationship.Kind,
    }.get((kind, name))
    return tuple((str(value), str(label)) for value, label in known.choices) if known else ()


def as_dict(book: Book, proposal: Proposal) -> dict[str, Any]:
    return {
        "id": proposal.pk,
        "kind": proposal.kind,
        "label": str(LABELS[proposal.kind]),
        "state": proposal.state,
        "contacts": [
            {"id": contact.pk, "name": contact.name, "url": contact.get_absolute_url()}
            for contact in about(book, proposal)
        ],
        "before": proposal.before,
        "after": proposal.data,
    }


def said(error: Exception) -> str:
    """Why a proposal was not written, for the user."""
    if isinstance(error, Refused):
        return " ".join(str(text) for errors in error.form.errors.values() for text in errors)
    return _("This is no longer as it was when it was proposed: nothing was written.")
