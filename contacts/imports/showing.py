"""Rows of a batch as a person reads them: what each field becomes, who it may be, what can be chosen."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.forms import BoundField, Form
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from contacts import people
from contacts.book import Book
from contacts.imports import plans, stored
from contacts.imports.matching import CERTAIN
from contacts.imports.plans import Change, Known, Plan
from contacts.imports.tables import Layout
from contacts.models import Contact, ContactMethod, Decision, Import, ImportFile, ImportRow, Relationship
from contacts.written import date_format

Verdict = ImportRow.Verdict
_SAMPLES = 3


@dataclass(frozen=True)
class Line:
    """One field: what it says now, what it will say; `is_kept`: what the contact has stays."""

    label: str
    before: str
    after: str
    is_kept: bool = False


@dataclass(frozen=True)
class Likeness:
    """Somebody of the book who may be the same."""

    contact: Contact
    percent: int
    reasons: str


@dataclass(frozen=True)
class Sibling:
    """The row before it that it may be; what it adds to that one is what is shown."""

    row: ImportRow
    percent: int
    reasons: str
    is_certain: bool


@dataclass(frozen=True)
class Choice:
    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True)
class Shown:
    row: ImportRow
    lines: list[Line] = field(default_factory=list)
    likenesses: list[Likeness] = field(default_factory=list)
    sibling: Sibling | None = None
    choices: list[Choice] = field(default_factory=list)
    remarks: tuple[str, ...] = ()
    # What tells them apart at a glance.
    gist: str = ""


def shown(book: Book, batch: Import, rows: Sequence[ImportRow]) -> list[Shown]:
    """In a constant number of queries; `rows` are with their cards."""
    wanted = {row.target_id for row in rows if row.target_id}
    wanted |= {contact for row in rows for contact, _score, _reasons in row.matches}
    known = plans.known(book, wanted, with_ties=True)
    siblings = _siblings(batch, rows)
    return [_shown(batch, row, known, siblings.get(row.number)) for row in rows]


def _siblings(batch: Import, rows: Sequence[ImportRow]) -> dict[int, Sibling]:
    """By the number of the row that is the second one."""
    twins = {row.number: row.twin for row in rows if row.twin}
    if not twins:
        return {}
    before = batch.rows.filter(number__in={number for number, _score, _reasons in twins.values()})
    by_number = {row.number: row for row in before.select_related("file", "target__organization")}
    return {
        second: Sibling(by_number[first], round(score * 100), " · ".join(reasons), is_certain=score >= CERTAIN)
        for second, (first, score, reasons) in twins.items()
        if first in by_number
    }


def _shown(batch: Import, row: ImportRow, known: dict[int, Known], sibling: Sibling | None) -> Shown:
    if row.verdict == Verdict.UNREADABLE:
        return Shown(row)
    card = stored.from_json(row.card)
    is_written = row.state not in (ImportRow.State.READ, ImportRow.State.WAITING)
    target = None if is_written or row.decision == Decision.NEW else known.get(row.target_id or 0)
    if sibling and row.decision != Decision.NEW and target is None and not is_written:
        target = plans.as_known(stored.from_json(sibling.row.card))
    plan = plans.of(card, target or Known(Contact()))
    likenesses = [
        Likeness(known[contact].contact, round(score * 100), " · ".join(reasons))
        for contact, score, reasons in row.matches
        if contact in known
    ]
    return Shown(
        row,
        lines=list(_lines(plan, takes_file=batch.takes_file or target is None)),
        likenesses=likenesses,
        sibling=sibling,
        choices=_choices(row, likenesses, sibling) if row.state == ImportRow.State.WAITING else [],
        remarks=card.remarks,
        gist=" · ".join(filter(None, (card.job_title, card.organization, *(one.value for one in card.methods[:2])))),
    )


def _choices(row: ImportRow, likenesses: Iterable[Likeness], sibling: Sibling | None) -> list[Choice]:
    """What the user may decide."""
    updating = _("update %(name)s")
    choices = [
        Choice(
            f"{Decision.UPDATE}:{one.contact.pk}",
            updating % {"name": people.label(one.contact)},
            is_chosen=row.decision == Decision.UPDATE and row.target_id == one.contact.pk,
        )
        for one in likenesses
    ]
    if sibling:
        joining = _("join with %(name)s") % {"name": sibling.row.label}
        choices.append(Choice(f"{Decision.UPDATE}:", joining, is_chosen=row.decision == Decision.UPDATE))
    choices += [
        Choice(decision, str(decision.label), is_chosen=row.decision == decision)
        for decision in (Decision.NEW, Decision.SKIP)
    ]
    if row.verdict == Verdict.DUPLICATE and not (sibling and sibling.is_certain):
        choices.insert(0, Choice("", _("to be decided"), is_chosen=not row.decision))
    return choices


def _lines(plan: Plan, *, takes_file: bool) -> Iterator[Line]:
    for change in plan.changes:
        if change.key != plans.UID:
            is_kept = change.is_conflict and not takes_file
            yield Line(_label(change), _text(change.before), _text(change.after), is_kept)
    for method in plan.methods:
        label = str(ContactMethod.Kind(method.kind).label)
        yield Line(capfirst(label), "", f"{method.value} ({method.label})" if method.label else method.value)
    for date in plan.dates:
        yield Line(capfirst(date.label), "", str(date.date))
    if plan.tags:
        yield Line(capfirst(_("tags")), "", ", ".join(plan.tags))
    for tie in plan.ties:
        kind = Relationship.Kind(tie.kind).label if tie.kind in Relationship.Kind.values else tie.kind
        yield Line(capfirst(str(kind)), "", tie.name)


def _label(change: Change) -> str:
    if change.field == "extra":
        return capfirst(_("other properties"))
    if change.field == "birthday":
        return capfirst(_("birthday"))
    return capfirst(str(Contact._meta.get_field(change.field).verbose_name))  # type: ignore[union-attr]


def _text(value: Any) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, dict):
        return ", ".join(map(str, value))
    if isinstance(value, list):
        return ", ".join(str(entry.get("name", "…")) if isinstance(entry, dict) else str(entry) for entry in value)
    return date_format(value, "DATE_FORMAT") if isinstance(value, dt.date) else str(value)


@dataclass(frozen=True)
class Tab:
    """A part of the rows that can be listed by itself."""

    show: str
    label: str
    count: int


def tabs(batch: Import) -> list[Tab]:
    """All rows, those of each verdict that there is, and after an undo those that were kept."""
    counts = batch.rows.verdicts()
    found = [Tab("", _("all"), sum(counts.values()))]
    found += [Tab(verdict, str(verdict.label), counts[verdict]) for verdict in Verdict if verdict in counts]
    if batch.state == Import.State.UNDONE:
        found += [Tab("kept", _("kept"), batch.rows.shown("kept").count())]
    return found


@dataclass(frozen=True)
class Column:
    """One of a table: the field of the form that says what it is, and what is in it."""

    field: BoundField
    samples: list[str]


def columns(form: Form, layout: Layout) -> list[Column]:
    """In their order, with the first few texts in each."""
    return [
        Column(
            form[f"column-{position}"],
            [cells[position] for cells in layout.sample if position < len(cells) and cells[position]][:_SAMPLES],
        )
        for position in range(len(layout.columns))
    ]


def layout(found: Layout) -> dict[str, str]:
    """What was found, for the form that puts it right."""
    encoding = "utf-16" if found.encoding.startswith("utf-16") else found.encoding
    return {"delimiter": found.delimiter, "encoding": encoding, "date_order": found.date_order}


def tables_of(batch: Import) -> list[ImportFile]:
    """Those of which the columns can still be named otherwise."""
    if batch.state != Import.State.READY:
        return []
    return list(batch.files.exclude(content=b"").defer("content"))
