"""What each row would do to the book, before anything is done."""

from collections.abc import Sequence

from django.db.models import Min
from django.utils.translation import gettext as _

from contacts.book import Book
from contacts.imports import matching, plans, stored
from contacts.imports.card import Card
from contacts.imports.matching import Match
from contacts.imports.plans import Known, Plan
from contacts.imports.saving import save as save_rows
from contacts.imports.twins import Twin, Twins
from contacts.models import Decision, Import, ImportRow

COMPARED_COLUMNS = ("state", "verdict", "decision", "target", "matches", "twin", "adds", "differs", "reason")
Verdict = ImportRow.Verdict
# What is done about a verdict unless the user says otherwise; a duplicate waits for them.
DEFAULTS = {
    Verdict.NEW: Decision.NEW,
    Verdict.UPDATE: Decision.UPDATE,
    Verdict.UNCHANGED: Decision.SKIP,
    Verdict.DUPLICATE: "",
    Verdict.UNREADABLE: Decision.SKIP,
}


def compare(book: Book, batch: Import, rows: Sequence[ImportRow], *, finder: matching.Finder, twins: Twins) -> None:
    """Gives each of `rows` its verdict; a constant number of queries."""
    cards = [stored.from_json(row.card) for row in rows]
    matches = finder.of(cards, [row.digest for row in rows])
    best = [found[0].contact for found in matches if found]
    known = plans.known(book, best, with_ties=any(card.names_others for card in cards))
    first = _first_of_twins(batch, rows)
    for row, card, found in zip(rows, cards, matches, strict=True):
        _judge(batch, row, card, matches=found, known=known)
        same = first.get(row.digest, row.number)
        if row.verdict == Verdict.NEW and same < row.number:
            _say_twice(row, Twin(same, 1.0, ()), decision=Decision.SKIP)
            row.reason = _("It is there twice.")
        elif twin := twins.of(row.number, card, is_asked=row.verdict == Verdict.NEW):
            _say_twice(row, twin, decision=Decision.UPDATE if twin.is_certain else "")
    save_rows(rows, COMPARED_COLUMNS)


def choose_side(batch: Import, *, takes_file: bool) -> None:
    """Says who is right where the book and the file differ; what only differs is then an update, or is none."""
    batch.takes_file = takes_file
    batch.save(update_fields=["takes_file"])
    waiting = batch.rows.filter(state=ImportRow.State.WAITING, adds=False, differs=True)
    old, new = (Verdict.UNCHANGED, Verdict.UPDATE) if takes_file else (Verdict.UPDATE, Verdict.UNCHANGED)
    waiting.filter(verdict=old).update(verdict=new, decision=DEFAULTS[new])


def _judge(batch: Import, row: ImportRow, card: Card, *, matches: Sequence[Match], known: dict[int, Known]) -> None:
    best = matches[0] if matches and matches[0].contact in known else None
    plan = plans.of(card, known[best.contact]) if best else Plan()
    row.state = ImportRow.State.WAITING
    row.target_id = best.contact if best else None
    row.matches = [[match.contact, match.score, list(match.reasons)] for match in matches] if best else []
    row.adds, row.differs = plan.adds, plan.differs
    row.verdict = _verdict(best, plan, takes_file=batch.takes_file)
    row.decision = DEFAULTS[row.verdict]


def _say_twice(row: ImportRow, twin: Twin, *, decision: str) -> None:
    """To update it is to add to the first what the second one says more."""
    row.verdict, row.decision = Verdict.DUPLICATE, decision
    row.twin = [twin.number, twin.score, list(twin.reasons)]


def _verdict(best: Match | None, plan: Plan, *, takes_file: bool) -> ImportRow.Verdict:
    if best is None:
        return Verdict.NEW
    if not plan.adds and not plan.differs:
        return Verdict.UNCHANGED
    if not best.is_certain:
        return Verdict.DUPLICATE
    return Verdict.UPDATE if plan.adds or takes_file else Verdict.UNCHANGED


def _first_of_twins(batch: Import, rows: Sequence[ImportRow]) -> dict[str, int]:
    """The first row of the batch that says the same, by its digest."""
    same = batch.rows.filter(digest__in={row.digest for row in rows}).exclude(verdict=Verdict.UNREADABLE)
    return dict(same.values("digest").annotate(first=Min("number")).values_list("digest", "first"))
