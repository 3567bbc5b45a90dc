"""Writes that remember what was there, and can be taken back as long as nobody wrote over them."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import groupby
from typing import Any

from django.apps import apps
from django.db.models import ForeignKey, Model

from contacts import rows

# The form in which a change is kept: the model's label, the row's id, what it was called, its columns
# before and after; `after` is None where the row is gone.
Change = dict[str, Any]

# Written by programs, who go on after a merge: a row that has been changed since, or is gone, is left as
# it is, and does not keep the rest from being taken back.
_BOOKKEEPING = {"contacts.calendarevent", "contacts.importrow"}
# When a row was changed, as it says itself; so is this.
_STAMP = "updated_at"
# What one query may name; SQLite's bound is some 30,000.
_ROWS_PER_QUERY = 5_000


class ChangedSince(Exception):  # noqa: N818  # says what is
    """Rows are not any more as the journal left them; `what` names some of them."""

    def __init__(self, what: list[str]) -> None:
        super().__init__("changed")
        self.what = what


class Journal:
    def __init__(self) -> None:
        self.changes: list[Change] = []

    def update(self, found: Iterable[Model], **values: Any) -> None:
        """Writes columns, named as in the database (`contact_id`), of rows of one model."""
        changed = [row for row in found if any(getattr(row, name) != value for name, value in values.items())]
        for some in _chunks(changed):
            type(some[0])._base_manager.filter(pk__in=[row.pk for row in some]).update(**values)
        for row in changed:
            own = {name: value for name, value in values.items() if getattr(row, name) != value}
            before = rows.dump(row, own)
            for name, value in own.items():
                setattr(row, name, value)
            self.changes.append(_change(row, before, rows.dump(row, own)))

    def update_each(self, column: str, values: Iterable[tuple[Model, Any]]) -> None:
        """Writes one column of rows of one model, for each its own value."""
        changed = [(row, value) for row, value in values if getattr(row, column) != value]
        for row, value in changed:
            before = rows.dump(row, [column])
            setattr(row, column, value)
            self.changes.append(_change(row, before, rows.dump(row, [column])))
        if changed:
            found = [row for row, _value in changed]
            type(found[0])._base_manager.bulk_update(found, [column], batch_size=_ROWS_PER_QUERY // 10)

    def stamp(self, row: Model, *, before: dt.datetime) -> None:
        """Notes that `row` says since now that it was changed, and not any more that it was at `before`."""
        after = rows.dump(row, [_STAMP])
        self.changes.append(_change(row, {_STAMP: before.isoformat()}, after))

    def delete(self, found: Iterable[Model]) -> None:
        """Deletes rows of one model to which nothing refers."""
        gone = list(found)
        self.changes += [_change(row, rows.dump(row), None) for row in gone]
        for some in _chunks(gone):
            type(some[0])._base_manager.filter(pk__in=[row.pk for row in some]).delete()


def _change(row: Model, before: dict[str, Any], after: dict[str, Any] | None) -> Change:
    return {"model": row._meta.label_lower, "pk": row.pk, "said": _said(row), "before": before, "after": after}


def _said(row: Model) -> str:
    """Empty for a row that only ties two others together."""
    return "" if row._meta.auto_created else str(row)[:100]


def _chunks(found: list[Model]) -> Iterator[list[Model]]:
    return (found[start : start + _ROWS_PER_QUERY] for start in range(0, len(found), _ROWS_PER_QUERY))


# --- Taking it back -----------------------------------------------------------------------------


def take_back(changes: Sequence[Change]) -> None:
    """Everything as it was before. Raises `ChangedSince`, and has written nothing, where that would undo more."""
    known = _without_changed_bookkeeping([change for change in changes if change["model"] in _models()])
    _check_rows(known)
    _check_references(known)
    backwards = list(reversed(known))
    for (label, _is_gone, _before), group in groupby(backwards, key=_kind_of_step):
        _restore(_models()[label], list(group))


@cache
def _models() -> dict[str, type[Model]]:
    """Without those of an app that is not installed any more."""
    return {model._meta.label_lower: model for model in apps.get_models(include_auto_created=True)}


def _without_changed_bookkeeping(changes: list[Change]) -> list[Change]:
    found = _rows_of((change["model"], change["pk"]) for change in changes if _is_bookkeeping(change))
    return [
        change
        for change in changes
        if not _is_bookkeeping(change) or _is_as(found.get((change["model"], change["pk"])), change["after"])
    ]


def _is_bookkeeping(change: Change) -> bool:
    return change["model"] in _BOOKKEEPING or set(change["before"]) == {_STAMP}


def references(changes: Iterable[Change]) -> set[tuple[str, Any]]:
    """What must still be there when `changes` are taken back: the labels of models, with ids."""
    known = [change for change in changes if change["model"] in _models()]
    return {reference for change in known for reference in _references(change)}


def _check_rows(changes: list[Change]) -> None:
    """The last change of a row says how it must be now."""
    last = {(change["model"], change["pk"]): change for change in changes}
    expected: dict[tuple[str, Any], dict[str, Any]] = {}
    for change in changes:
        if change["after"] is not None:
            expected.setdefault((change["model"], change["pk"]), {}).update(change["after"])
    found = _rows_of(expected)
    altered = [
        change["said"] or _models()[change["model"]]._meta.verbose_name
        for key, change in last.items()
        if change["after"] is not None and not _is_as(found.get(key), expected[key])
    ]
    if altered:
        raise ChangedSince(list(map(str, altered)))


def _is_as(row: Model | None, values: dict[str, Any]) -> bool:
    return row is not None and rows.dump(row, values) == values


def _rows_of(keys: Iterable[tuple[str, Any]]) -> dict[tuple[str, Any], Model]:
    found: dict[tuple[str, Any], Model] = {}
    for label, group in groupby(sorted(keys), key=lambda key: key[0]):
        manager = _models()[label]._base_manager
        pks = [pk for _label, pk in group]
        for start in range(0, len(pks), _ROWS_PER_QUERY):
            some = manager.filter(pk__in=pks[start : start + _ROWS_PER_QUERY])
            found |= {(label, row.pk): row for row in some}
    return found


def _check_references(changes: list[Change]) -> None:
    """What the rows referred to before must be there, or come back with them."""
    returning = {(change["model"], change["pk"]) for change in changes if change["after"] is None}
    wanted = references(changes) - returning
    missing = wanted - _rows_of(wanted).keys()
    if missing:
        raise ChangedSince([str(_models()[label]._meta.verbose_name) for label, _pk in sorted(missing)])


def _references(change: Change) -> Iterator[tuple[str, Any]]:
    for field in rows.columns(_models()[change["model"]]):
        value = change["before"].get(field.attname)
        if isinstance(field, ForeignKey) and value is not None:
            yield field.related_model._meta.label_lower, value


def _kind_of_step(change: Change) -> tuple[str, bool, str]:
    """Changes of one kind in a row are taken back by one query."""
    is_gone = change["after"] is None
    return change["model"], is_gone, "" if is_gone else repr(sorted(change["before"].items()))


def _restore(model: type[Model], group: list[Change]) -> None:
    manager = model._base_manager
    before = rows.load(model, group[0]["before"])
    if group[0]["after"] is not None:
        for start in range(0, len(group), _ROWS_PER_QUERY):
            pks = [change["pk"] for change in group[start : start + _ROWS_PER_QUERY]]
            manager.filter(pk__in=pks).update(**before)
        return
    manager.bulk_create(model(**rows.load(model, change["before"])) for change in group)
