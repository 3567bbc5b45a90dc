"""The models: what each is good for, what it costs, how long it lives, and what comes after it.

Our own table is enough to work with; what the models endpoint says of a model is believed over
it. The prices are Anthropic's list prices, and whatever is computed from them is an estimate.
"""

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from claude_ai import client
from claude_ai.client import Lifecycle, ListedModel
from claude_ai.errors import ClaudeError
from claude_ai.keys import Key
from claude_ai.tokens import TokenCounts
from contacts.written import date_format

PRICES_AS_OF = dt.date(2026, 11, 23)

_MILLION = 1_000_000
_LIST_KEPT_SECONDS = 6 * 3600
_FAILURE_KEPT_SECONDS = 600
_ANNOUNCED_DAYS = 60


@dataclass(frozen=True)
class Price:
    """US dollars for a million tokens."""

    input: Decimal
    output: Decimal
    cache_read: Decimal

    @property
    def cache_write(self) -> Decimal:
        return self.input * Decimal("1.25")

    def of(self, tokens: TokenCounts) -> Decimal:
        total = (
            tokens.input_tokens * self.input
            + tokens.output_tokens * self.output
            + tokens.cache_creation_input_tokens * self.cache_write
            + tokens.cache_read_input_tokens * self.cache_read
        )
        return total / _MILLION


def _price(input_: str, output: str, cache_read: str) -> Price:
    return Price(Decimal(input_), Decimal(output), Decimal(cache_read))


@dataclass(frozen=True)
class Line:
    """What all models of one line have in common."""

    usage: str | Promise
    speed: str | Promise
    cost: str | Promise


LINES = {
    "sonnet": Line(gettext_lazy("Everyday use: briefings and questions"), gettext_lazy("fast"), gettext_lazy("medium")),
    "haiku": Line(gettext_lazy("Short and frequent requests"), gettext_lazy("very fast"), gettext_lazy("low")),
    "opus": Line(gettext_lazy("Hard questions about a lot of history"), gettext_lazy("slower"), gettext_lazy("high")),
}
_OTHER_LINE = Line("", "", "")


@dataclass(frozen=True)
class Model:
    id: str
    name: str
    line: str
    price: Price | None = None
    price_of_long_prompts: Price | None = None
    retires_at: dt.date | None = None
    created_at: dt.date | None = None
    # What the endpoint says, or a 404 for the model; None while only the dates are known.
    said: Lifecycle | None = None
    is_listed: bool = False
    is_offered: bool = False

    def lifecycle(self, today: dt.date) -> Lifecycle:
        """By the endpoint if it spoke: a date can be put off."""
        if self.said:
            return self.said
        if self.retires_at is None:
            return "active"
        return "retired" if self.retires_at < today else "deprecated"

    def is_retiring(self, today: dt.date) -> bool:
        """Still there, but not for long."""
        return (
            self.retires_at is not None
            and self.lifecycle(today) != "retired"
            and self.retires_at - today <= dt.timedelta(days=_ANNOUNCED_DAYS)
        )

    @property
    def age(self) -> tuple[dt.date, list[int]]:
        """Sorts by release, then by the version in the id (`-20250929` is no version)."""
        version = [int(number) for number in re.findall(r"\d+", self.id) if len(number) < 3]
        return self.created_at or dt.date.min, version

    def cost_of(self, tokens: TokenCounts) -> Decimal:
        """An estimate; a model without a price counts as the dearest that we know."""
        price = self.price or max((m.price for m in TABLE if m.price), key=lambda price: price.output)
        if self.price_of_long_prompts and tokens.prompt > 100_000:
            price = self.price_of_long_prompts
        return price.of(tokens)

    def as_dict(self, today: dt.date) -> dict[str, Any]:
        line = LINES.get(self.line, _OTHER_LINE)
        return {
            "id": self.id,
            "name": self.name,
            "usage": str(line.usage),
            "speed": str(line.speed),
            "cost": self._cost(line),
            "lifecycle": self.lifecycle(today),
            "retires_at": self.retires_at.isoformat() if self.retires_at else None,
        }

    def _cost(self, line: Line) -> str:
        if self.price is None:
            return str(line.cost)
        prices = {"level": line.cost, "input": self.price.input, "output": self.price.output}
        return _("%(level)s ($%(input)s in, $%(output)s out per million tokens)") % prices


TABLE = (
    Model(
        "claude-sonnet-4-5-20250929",
        "Claude Sonnet 4.5",
        "sonnet",
        _price("3", "15", "0.30"),
        retires_at=dt.date(2026, 11, 30),
        is_offered=True,
    ),
    Model("claude-haiku-4-5-20251001", "Claude Haiku 4.5", "haiku", _price("1", "5", "0.10"), is_offered=True),
    Model("claude-opus-4-6", "Claude Opus 4.6", "opus", _price("5", "25", "0.50"), is_offered=True),
    Model("claude-sonnet-4-6", "Claude Sonnet 4.6", "sonnet", _price("3", "15", "0.30")),
    Model("claude-sonnet-5-5", "Claude Sonnet 5.5", "sonnet", _price("2", "10", "0.10")),
    Model(
        "claude-haiku-5-5",
        "Claude Haiku 5.5",
        "haiku",
        _price("0.10", "0.50", "0.01"),
        price_of_long_prompts=_price("0.50", "2.50", "0.05"),
    ),
    Model("claude-opus-5-5", "Claude Opus 5.5", "opus", _price("4", "20", "0.20")),
)
_ALIASES = {"claude-sonnet-4-5": "claude-sonnet-4-5-20250929", "claude-haiku-4-5": "claude-haiku-4-5-20251001"}


# --- What the endpoint adds -------------------------------------------------------------------


def refreshed(key: Key | None, *, anew: bool = False) -> tuple[Model, ...]:
    """The table with what the endpoint lists for this key; without a key, or a list, the table.

    Asks the endpoint once in six hours, or `anew`.
    """
    if key is None:
        return TABLE
    models = _merged(_list(key, anew))
    gone = [find(model, models.values()) for model in cache.get(_place("gone", key), ())]
    retired = {m.id: replace(m, said="retired", is_offered=m.is_offered and m.id in models) for m in gone}
    return tuple((models | retired).values())


def remember_gone(model: str, key: Key) -> None:
    """The API knows no such model any more, as it told this key."""
    place = _place("gone", key)
    cache.set(place, cache.get(place, frozenset()) | {model}, timeout=_LIST_KEPT_SECONDS)


def _list(key: Key, anew: bool) -> tuple[ListedModel, ...]:
    place = _place("list", key)
    listed: tuple[ListedModel, ...] | None = None if anew else cache.get(place)
    if listed is None:
        try:
            listed, seconds = client.list_models(key=key), _LIST_KEPT_SECONDS
        except ClaudeError:  # the table will do, and the call itself will say what is wrong
            listed, seconds = (), _FAILURE_KEPT_SECONDS
        cache.set(place, listed, timeout=seconds)
    return listed


def _place(kind: str, key: Key) -> str:
    """Accounts differ in the models that they may use."""
    return f"claude_ai.{kind}.{sha256(settings.CLAUDE_BASE_URL.encode()).hexdigest()[:16]}.{key.digest}"


def _merged(listed: Iterable[ListedModel]) -> dict[str, Model]:
    models = {model.id: model for model in TABLE}
    for said in listed:
        known = models.get(said.id) or Model(said.id, said.name, said.line or _line_of(said.id))
        models[said.id] = replace(
            known,
            name=said.name,
            retires_at=said.retires_at or known.retires_at,
            created_at=said.created_at,
            said=said.lifecycle,
            is_listed=True,
            # What is retired already is no news, unless the table of the product has it.
            is_offered=known.is_offered or said.lifecycle != "retired",
        )
    return models


# --- Choosing ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Resolution:
    """Which model to ask, and which retired one it stands in for."""

    model: Model
    replaced: Model | None
    notices: tuple[dict[str, str], ...]


def offered(models: Iterable[Model], *, chosen: str) -> list[Model]:
    """Those to choose from: the table's three, all that the endpoint lists, and the one in use."""
    known = list(models)
    if chosen not in {model.id for model in known}:
        known.append(find(chosen, known))
    return [model for model in known if model.is_offered or model.id == chosen]


def find(model: str, models: Iterable[Model]) -> Model:
    """By its id; of an unknown one only the line can be guessed, from the id."""
    known = {known.id: known for known in models}
    if found := known.get(model) or known.get(_ALIASES.get(model, "")):
        return replace(found, id=model)
    return Model(model, model, _line_of(model))


def resolve(model: str, *, today: dt.date, models: Iterable[Model] = TABLE) -> Resolution:
    """The model itself, or if it is retired the newest active one of its own line."""
    models = list(models)
    wanted = find(model, models)
    if wanted.lifecycle(today) != "retired":
        return Resolution(wanted, None, (_retiring(wanted, models, today),) if wanted.is_retiring(today) else ())
    successor = _successor(wanted, models, today)
    if successor is None:  # the API has the last word on it
        return Resolution(wanted, None, ())
    return Resolution(successor, wanted, (_retired(wanted, successor),))


def _successor(retired: Model, models: list[Model], today: dt.date) -> Model | None:
    line = [m for m in models if m.line == retired.line and m.lifecycle(today) == "active" and m.id != retired.id]
    # Where the endpoint lists the line, an active model that it leaves out is not for this account.
    candidates = [m for m in line if m.is_listed] or line
    return max(candidates, key=lambda m: m.age, default=None) if retired.line else None


def _line_of(model: str) -> str:
    return next((line for line in LINES if line in model), "")


def _retired(model: Model, successor: Model) -> dict[str, str]:
    message = _(
        "%(model)s is retired: %(successor)s answers in its place. You can choose another model in the settings."
    )
    return {"code": "model_retired", "message": message % {"model": model.name, "successor": successor.name}}


def _retiring(model: Model, models: list[Model], today: dt.date) -> dict[str, str]:
    assert model.retires_at is not None
    names = {"model": model.name, "day": date_format(model.retires_at, "DATE_FORMAT")}
    successor = _successor(model, models, today)
    if successor is None:
        message = _("%(model)s retires on %(day)s. Choose another model in the settings.") % names
    else:
        message = _("%(model)s retires on %(day)s. After that, %(successor)s will answer in its place.") % (
            names | {"successor": successor.name}
        )
    return {"code": "model_retiring", "message": message}
