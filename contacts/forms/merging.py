"""Which value stays when two contacts become one."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from contacts.book import Book
from contacts.forms.fields import BookForm, PersonField
from contacts.merging import Choice, acting
from contacts.merging.fields import FIELDS, Field
from contacts.models import Contact


@dataclass(frozen=True)
class Side:
    """One value that can be chosen."""

    said: str
    radio: Any


@dataclass(frozen=True)
class Line:
    """A field of which the two say different things; `both` where the two can be joined."""

    label: str
    kept: Side
    gone: Side
    both: Side | None
    is_text: bool


class MergeForm(forms.Form):
    """Offers a choice for each field of which the two say different things."""

    as_seen = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, data: Any, *, kept: Contact, gone: Contact) -> None:
        super().__init__(data, initial={"as_seen": acting.seen(kept, gone)})
        self.contacts = kept, gone
        self.differing = [field for field in FIELDS if field.said(kept) != field.said(gone)]
        for field in self.differing:
            sides = ["kept", "gone", *(["both"] if self._can_join(field) else [])]
            self.fields[field.name] = forms.ChoiceField(
                label=field.label,
                choices=[(side, side) for side in sides],
                initial=field.default(kept, gone),
                widget=forms.RadioSelect,
                error_messages={"required": _("Choose one of the two.")},
            )

    def _can_join(self, field: Field) -> bool:
        return field.is_text and all(field.value(contact) for contact in self.contacts)

    def lines(self) -> Iterator[Line]:
        for field in self.differing:
            radios = list(self[field.name])
            said = [field.said(contact) for contact in self.contacts]
            kept, gone = (Side(text, radio) for text, radio in zip(said, radios, strict=False))
            yield Line(field.label, kept, gone, Side("", radios[2]) if len(radios) > 2 else None, field.is_text)

    def common(self) -> list[tuple[str, str]]:
        """What both say, by label."""
        kept, _gone = self.contacts
        return [(f.label, f.said(kept)) for f in FIELDS if f not in self.differing and f.value(kept)]

    @property
    def choices(self) -> dict[str, Choice]:
        return {field.name: cast(Choice, self.cleaned_data[field.name]) for field in self.differing}


class OtherForm(BookForm, forms.Form):
    """Names whom a contact is to be merged with."""

    other = PersonField(label=_("the other one"))

    def __init__(self, *args: Any, book: Book, contact: Contact, **kwargs: Any) -> None:
        super().__init__(*args, book=book, **kwargs)
        self.contact = contact

    def clean_other(self) -> Contact:
        other: Contact = self.cleaned_data["other"]
        if other == self.contact:
            raise forms.ValidationError(_("Choose somebody else: this is the contact itself."))
        return other
