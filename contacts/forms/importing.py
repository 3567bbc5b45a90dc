"""Files that are dropped, and what is decided about the people in them."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from contacts.imports import tables
from contacts.models import Decision, ImportRow
from contacts.written import file_size

# Without one of these nobody is anybody.
_NAMING = {"first_name", "last_name", "full_name", "nickname", "organization", "email", "phone"}
# What the readers know; a file of any other name is tried all the same.
ENDINGS = ".vcf,.vcard,.csv,.txt,.tsv,.tab,.zip,text/vcard,text/x-vcard,text/csv"


class FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Any number of files; `clean` gives them as a list."""

    widget = FilesInput(attrs={"accept": ENDINGS})

    def clean(self, data: Any, initial: Any = None) -> Any:
        files: Sequence[UploadedFile] = data or []
        cleaned = [super(FilesField, self).clean(file, initial) for file in files]
        if not cleaned:
            raise ValidationError(self.error_messages["required"], code="required")
        if sum(file.size for file in cleaned) > settings.UPLOAD_MAX_BYTES:
            most = {"most": file_size(settings.UPLOAD_MAX_BYTES)}
            raise ValidationError(_("Together, the files are larger than %(most)s."), params=most)
        return cleaned


class UploadForm(forms.Form):
    upload = FilesField(
        label=_("files"),
        allow_empty_file=True,
        error_messages={"required": _("Choose at least one file."), "missing": _("Choose at least one file.")},
    )


class SideForm(forms.Form):
    """Who is right where the book and the file differ, and what becomes of all duplicates."""

    side = forms.ChoiceField(
        label=_("where the file and your book differ"),
        choices=[("mine", _("keep what I have")), ("file", _("take what the file says"))],
        widget=forms.RadioSelect,
        required=False,
    )
    duplicates = forms.ChoiceField(
        label=_("all probable duplicates"),
        choices=[
            ("", _("one by one")),
            (Decision.UPDATE, _("update those of my book, join those of the files")),
            (Decision.NEW, _("make new contacts")),
            (Decision.SKIP, _("leave them out")),
        ],
        required=False,
    )


class LayoutForm(forms.Form):
    """How a table is laid out; a field that is left out is found in the table."""

    delimiter = forms.ChoiceField(
        label=_("columns are separated by"),
        choices=[(",", _("comma")), (";", _("semicolon")), ("\t", _("tab")), ("|", _("vertical bar"))],
        required=False,
    )
    encoding = forms.ChoiceField(
        label=_("encoding"), choices=[(name, name) for name in tables.ENCODINGS], required=False
    )
    date_order = forms.ChoiceField(
        label=_("order of dates"),
        choices=[("dmy", _("day/month/year")), ("mdy", _("month/day/year")), ("ymd", _("year/month/day"))],
        required=False,
    )

    @property
    def said(self) -> dict[str, str]:
        """What makes sense of it."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class ColumnsForm(forms.Form):
    """What each column of a table is."""

    def __init__(self, data: Any, *, layout: tables.Layout) -> None:
        super().__init__(data)
        choices = [("", _("keep under its own name")), *((field.key, field.label) for field in tables.FIELDS)]
        for position, name in enumerate(layout.columns):
            self.fields[f"column-{position}"] = forms.ChoiceField(
                label=name, choices=choices, required=False, initial=layout.mapping.get(position, "")
            )

    def clean(self) -> dict[str, Any]:
        if not _NAMING & set(self.cleaned_data.values()):
            raise ValidationError(_("Say which column has the names, or the e-mail addresses or telephone numbers."))
        return self.cleaned_data

    @property
    def mapping(self) -> dict[int, str]:
        """The key of a field by the position of its column."""
        return {int(name.removeprefix("column-")): key for name, key in self.cleaned_data.items()}


class RowsForm(forms.Form):
    """Which rows are listed."""

    show = forms.ChoiceField(
        choices=[("", ""), *ImportRow.Verdict.choices, ("left_out", ""), ("kept", "")], required=False
    )


def decisions(data: Any) -> dict[int, tuple[str, int | None]]:
    """Of what was posted, for each row what to do and, for an update, whom: `row-12=update:34`."""
    found: dict[int, tuple[str, int | None]] = {}
    for name, value in data.items():
        number = name.removeprefix("row-")
        if number != name and number.isdecimal():
            decision, _colon, contact = value.partition(":")
            found[int(number[:18])] = (decision, int(contact[:18]) if contact.isdecimal() else None)
    return found
