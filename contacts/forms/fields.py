"""Fields that know whose book they are about, and the inputs that browsers do well by themselves."""

import zoneinfo
from functools import cache
from typing import Any

from django import forms
from django.urls import reverse

from contacts import people
from contacts.book import Book
from contacts.models import Contact


class DateInput(forms.DateInput):
    """The browser's own calendar; it speaks ISO 8601 whatever the user's language."""

    input_type = "date"

    def __init__(self, **attrs: Any) -> None:
        super().__init__(attrs=attrs, format="%Y-%m-%d")


class DateTimeInput(forms.DateTimeInput):
    input_type = "datetime-local"

    def __init__(self, **attrs: Any) -> None:
        super().__init__(attrs=attrs, format="%Y-%m-%dT%H:%M")


class PersonInput(forms.TextInput):
    """A text with offers under it, which htmx fetches while one types."""

    template_name = "contacts/widgets/person.html"

    def __init__(self, **attrs: Any) -> None:
        super().__init__(attrs={"autocomplete": "off", **attrs})

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["offers_id"] = f"{context['widget']['attrs'].get('id', name)}_offers"
        context["offers_url"] = f"{reverse('people')}?field={name}"
        return context


class PersonField(forms.CharField):
    """One contact of the book, named as `contacts.people` reads names."""

    widget = PersonInput
    book: Book

    def prepare_value(self, value: Any) -> Any:
        return people.label(value) if isinstance(value, Contact) else value

    def to_python(self, value: Any) -> Any:
        if isinstance(value, Contact):
            return value
        text = super().to_python(value)
        return people.find(self.book, text) if text else None

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)


class PeopleInput(forms.Widget):
    """As many `PersonInput` of one name as there are people, and an empty one for the next."""

    template_name = "contacts/widgets/people.html"

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        one = PersonInput()
        base = (attrs or {}).get("id", f"id_{name}")
        shared = {key: entry for key, entry in (attrs or {}).items() if key != "id"}
        values = [*(value or []), ""]
        context["inputs"] = [
            one.render(name, entry, shared | {"id": base if number == 0 else f"{base}_{number}"})
            for number, entry in enumerate(values)
        ]
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        texts = data.getlist(name) if hasattr(data, "getlist") else data.get(name, [])
        return [text.strip() for text in texts if text.strip()]

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in data


class PeopleField(forms.Field):
    """Any number of contacts of the book."""

    widget = PeopleInput
    book: Book

    def prepare_value(self, value: Any) -> Any:
        return [people.label(entry) if isinstance(entry, Contact) else entry for entry in value or []]

    def to_python(self, value: Any) -> list[Contact]:
        return [people.find(self.book, text) for text in value or []]


class BookForm(forms.BaseForm):
    """Mixin: hands `book` to every field that offers rows of it, so that no other rows can be chosen."""

    def __init__(self, *args: Any, book: Book, **kwargs: Any) -> None:
        self.book = book
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field, PersonField | PeopleField):
                field.book = book


def grow(rows: int) -> forms.Textarea:
    """A text that grows with what is typed."""
    return forms.Textarea(attrs={"rows": rows})


@cache
def time_zones() -> list[str]:
    """All that this machine knows, for a list of offers; reading them takes a while."""
    return sorted(zoneinfo.available_timezones())
