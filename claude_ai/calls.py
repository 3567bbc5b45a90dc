"""What features ask Claude through: on or off, whose key, which model, what it may cost."""

import datetime as dt
import logging
import time
from dataclasses import asdict, dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import connections
from django.http import HttpRequest
from django.utils import timezone

from claude_ai import catalogue, choices, client, usage
from claude_ai.catalogue import Model, Resolution
from claude_ai.errors import AiDisabled, ClaudeError, ModelUnavailable, NoApiKey
from claude_ai.keys import Key, key_in_force, key_of_environment
from claude_ai.usage import Outcome
from contacts.book import Book

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Caller:
    """On whose behalf to ask: `user` is None for the server itself."""

    user: AbstractBaseUser | AnonymousUser | None
    key: Key
    model: str
    max_tokens: int


@dataclass(frozen=True)
class Answer:
    text: str
    # The one that answered: another than was asked for, if that one is retired.
    model: str
    display_name: str
    lifecycle: str
    # Ended by `max_tokens`: the text stops somewhere.
    is_cut: bool
    # Tokens by kind, and the estimated `cost_usd`; JSON-able.
    usage: dict[str, Any]
    # Warnings, `{"code", "message"}`: the model was replaced, or soon will be.
    notices: tuple[dict[str, str], ...]
    latency_ms: int


def configured(request: HttpRequest) -> bool:
    """Whether Claude can be asked at all; looks nowhere but at home."""
    return bool(settings.ENABLE_AI_FEATURES) and key_in_force(request) is not None


def caller_of(request: HttpRequest) -> Caller:
    """The request's user, with the session's key and choices."""
    _check_enabled()
    return _caller(request.user, key_in_force(request), choices.of(request))


def caller_with_pasted_key(request: HttpRequest, key: Key) -> Caller:
    """The same with a key that is only tried out."""
    _check_enabled()
    return _caller(request.user, key, choices.of(request))


def caller_from_environment(user: AbstractBaseUser | AnonymousUser | None = None, model: str | None = None) -> Caller:
    """For commands, which know no session."""
    _check_enabled()
    defaults = choices.defaults()
    return _caller(user, key_of_environment(), choices.Choices(model or defaults.model, defaults.max_tokens))


def ask(
    caller: Caller,
    *,
    feature: str,
    system: str,
    messages: list[dict[str, Any]],
    output_schema: dict[str, Any] | None = None,
) -> Answer:
    """One answer, or a `ClaudeError`. Each call made is in the ledger, failed ones too."""
    _check_enabled()
    prompt = {"system": system, "messages": messages, "output_schema": output_schema}
    chosen = _choose(caller)
    try:
        reply = _call(caller, chosen.model, feature, prompt)
    except ModelUnavailable:
        catalogue.remember_gone(chosen.model.id, caller.key)
        other = _choose(caller, anew=True)
        if other.model.id == chosen.model.id:
            raise
        chosen = other
        reply = _call(caller, chosen.model, feature, prompt)
    return _answer(reply, chosen, _today(caller))


def _choose(caller: Caller, *, anew: bool = False) -> Resolution:
    models = catalogue.refreshed(caller.key, anew=anew)
    return catalogue.resolve(caller.model, today=_today(caller), models=models)


def _today(caller: Caller) -> dt.date:
    return Book(caller.user).today if caller.user else timezone.localdate()


def _call(caller: Caller, model: Model, feature: str, prompt: dict[str, Any]) -> client.Reply:
    usage.check_budget(caller.user)
    give_back_database()
    started, outcome = time.monotonic(), Outcome()
    try:
        reply = client.create_message(key=caller.key, model=model.id, max_tokens=caller.max_tokens, **prompt)
        outcome = Outcome("ok", reply.usage, request_id=reply.request_id)
    except ClaudeError as error:
        outcome = Outcome(error.code, error.spent, request_id=error.request_id)
        raise
    finally:
        outcome.latency_ms = round((time.monotonic() - started) * 1000)
        usage.record(caller.user, feature=feature, model=model, outcome=outcome)
        logger.debug("%s with %s: %s in %d ms", feature, model.id, outcome.status, outcome.latency_ms)
    return reply


def _answer(reply: client.Reply, chosen: Resolution, today: dt.date) -> Answer:
    return Answer(
        text=reply.text,
        model=chosen.model.id,
        display_name=chosen.model.name,
        lifecycle=chosen.model.lifecycle(today),
        is_cut=reply.stop_reason in ("max_tokens", "model_context_window_exceeded"),
        usage={**asdict(reply.usage), "cost_usd": float(round(chosen.model.cost_of(reply.usage), 6))},
        notices=chosen.notices,
        latency_ms=reply.latency_ms,
    )


def _check_enabled() -> None:
    if not settings.ENABLE_AI_FEATURES:
        raise AiDisabled


def _caller(user: AbstractBaseUser | AnonymousUser | None, key: Key | None, chosen: choices.Choices) -> Caller:
    if key is None:
        raise NoApiKey
    return Caller(user, key, chosen.model, chosen.max_tokens)


def give_back_database() -> None:
    """A call can take a minute, and others wait for the few connections that there are."""
    for connection in connections.all(initialized_only=True):
        if not connection.in_atomic_block:
            connection.close()
