"""Rows as JSON and back, column by column, without losing anything: for what is undone and what is taken away."""

import base64
import binascii
import datetime as dt
import uuid
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import BinaryField, Field, ForeignKey, JSONField, Model
from django.utils.translation import gettext as _


def columns(model: type[Model]) -> list[Field]:
    """All that are stored but those that the database keeps by itself."""
    return [field for field in model._meta.concrete_fields if not field.generated]


def dump(row: Model, names: Iterable[str] | None = None) -> dict[str, Any]:
    """The columns of `row` by attribute name (`contact_id`), or only those of `names`."""
    wanted = None if names is None else set(names)
    return {
        field.attname: _as_json(field.value_from_object(row))
        for field in columns(type(row))
        if wanted is None or field.attname in wanted
    }


def load(model: type[Model], values: dict[str, Any]) -> dict[str, Any]:
    """What `dump` gave, as the columns take it. Raises `ValidationError` for what none of them holds."""
    by_name = {field.attname: field for field in columns(model)}
    return {name: _from_json(by_name[name], value) for name, value in values.items()}


def _as_json(value: Any) -> Any:
    if isinstance(value, dt.datetime | dt.date):
        return value.isoformat()
    if isinstance(value, Decimal | uuid.UUID):
        return str(value)
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(bytes(value)).decode("ascii")
    return value


def _from_json(field: Field, value: Any) -> Any:
    if value is None or isinstance(field, JSONField):
        return value
    if isinstance(field, BinaryField):
        return _bytes(value)
    target = field.target_field if isinstance(field, ForeignKey) else field
    return target.to_python(value)


def _bytes(value: Any) -> bytes:
    try:
        return base64.b64decode(value, validate=True)
    except (TypeError, ValueError, binascii.Error):
        raise ValidationError(_("This is no Base64.")) from None
