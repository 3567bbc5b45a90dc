"""The ledger of calls, and the monthly budget that is kept with it."""

import datetime as dt
import logging
from dataclasses import asdict, dataclass
from decimal import Decimal

from django.conf import settings
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


def record(user: User | None, *, feature: str, model: Model, outcome: Outcome) -> None:
    """Writes the call down. Where that fails, the answer that was paid for is still given."""
    call = Usage(
        user_id=user.pk if user else None,
        feature=feature,
        model=model.id[:100],
        cost_usd=round(model.cost_of(outcome.tokens), 6),
        latency_ms=outcome.latency_ms,
        status=outcome.status,
        request_id=(outcome.request_id or "")[:100],
        **asdict(outcome.tokens),
    )
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


def check_budget(user: User | None) -> None:
    """Raises `BudgetExceeded` once the month's calls have cost the budget; the server itself has none."""
    if user is None or settings.CLAUDE_MONTHLY_BUDGET_USD is None:
        return
    month = this_month(user)
    if month.is_over:
        raise BudgetExceeded(retry_after=month.ends_in_seconds)
