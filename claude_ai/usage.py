"""The ledger of calls, and the monthly budget that is kept with it."""

import datetime as dt
import logging
from collections.abc import Callable
from dataclasses import asdict, dataclass
from decimal import Decimal

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import DatabaseError, transaction
from django.db.models import Count, Sum

from claude_ai.catalogue import Model
from claude_ai.errors import NOTHING_SPENT, BudgetExceeded
from claude_ai.models import Usage
from claude_ai.tokens import TokenCounts
from contacts.book import Book

User = AbstractBaseUser | AnonymousUser

logger = logging.getLogger(__name__)


@dataclass
class Outcome:
    """What became of a call; filled in as far as it gets."""

    status: str = "interrupted"
    tokens: TokenCounts = NOTHING_SPENT
    latency_ms: int = 0
    request_id: str | None = None


@dataclass(frozen=True)
class Month:
    """What a user has spent since the first of the month, where they live."""

    calls: int
    tokens: int
    cost_usd: Decimal
    budget_usd: Decimal | None
    # When the next month begins.
    ends_in_seconds: int

    @property
    def is_over(self) -> bool:
        return self.budget_usd is not None and self.cost_usd >= self.budget_usd


def begin(user: User | None, *, feature: str, model: Model, at_most: Callable[[], TokenCounts]) -> Usage:
    """A call that may be made now, for `record` when it is over. Raises `BudgetExceeded` once the month's have cost it.

    Where there is a budget, what the call may cost at most is in the ledger before it is made:
    calls at the same time, of whichever process, do not all spend what is left. One that nobody
    lives to record keeps that estimate. The server itself has no budget.
    """
    call = Usage(user_id=user.pk if user else None, feature=feature, model=model.id[:100])
    if user is None or user.pk is None or settings.CLAUDE_MONTHLY_BUDGET_USD is None:
        return call
    call.status, call.cost_usd = Outcome.status, round(model.cost_of(at_most()), 6)
    with transaction.atomic():
        # Whoever else begins a call of this user's waits here.
        get_user_model().objects.select_for_update(no_key=True).filter(pk=user.pk).first()
        month = this_month(user)
        if month.is_over:
            raise BudgetExceeded(retry_after=month.ends_in_seconds)
        call.save()
    return call


def record(call: Usage, *, model: Model, outcome: Outcome) -> None:
    """Writes down what became of the call. Where that fails, the answer that was paid for is still given."""
    call.cost_usd = round(model.cost_of(outcome.tokens), 6)
    call.latency_ms, call.status = outcome.latency_ms, outcome.status
    call.request_id = (outcome.request_id or "")[:100]
    for kind, count in asdict(outcome.tokens).items():
        setattr(call, kind, count)
    try:
        with transaction.atomic():
            call.save()
    except DatabaseError as error:
        logger.error("A call to Claude is not in the ledger: %s", type(error).__name__)  # noqa: TRY400  # one line


def this_month(user: User) -> Month:
    book = Book(user)
    first = book.today.replace(day=1)
    next_first = (first + dt.timedelta(days=32)).replace(day=1)
    totals = Usage.objects.filter(user=user.pk, created_at__gte=book.start_of(first)).aggregate(
        calls=Count("pk"), input=Sum("input_tokens"), output=Sum("output_tokens"), cost=Sum("cost_usd")
    )
    budget = settings.CLAUDE_MONTHLY_BUDGET_USD
    return Month(
        calls=totals["calls"],
        tokens=(totals["input"] or 0) + (totals["output"] or 0),
        cost_usd=totals["cost"] or Decimal(0),
        budget_usd=None if budget is None else Decimal(str(budget)),
        ends_in_seconds=int((book.start_of(next_first) - book.now).total_seconds()),
    )


def month_total(user: User) -> Decimal:
    return this_month(user).cost_usd
