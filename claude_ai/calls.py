"""What features ask Claude through: on or off, whose key, which model, what it may cost."""

import asyncio
import datetime as dt
import json
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import asdict, dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.http import HttpRequest
from django.utils import timezone

from claude_ai import catalogue, choices, client, families, usage
from claude_ai.catalogue import Model, Resolution
from claude_ai.errors import AiDisabled, ClaudeError, ModelUnavailable, NoApiKey
from claude_ai.keys import Key, key_in_force, key_of_environment
from claude_ai.models import Usage
from claude_ai.tokens import TokenCounts
from claude_ai.usage import Outcome
from contacts.book import Book
from contacts.threads import give_back_database, in_thread

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


@dataclass(frozen=True)
class StreamedTurn:
    """What a stream ends with: the answer, and what goes back with the results of its tools."""

    content: list[dict[str, Any]]
    tool_uses: tuple[client.ToolUse, ...]
    answer: Answer


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


async def stream(  # noqa: PLR0913  # the parameters are the API's
    caller: Caller,
    *,
    feature: str,
    system: list[dict[str, Any]],
    messages: list[dict[str, Any]],
    tools: list[dict[str, Any]],
    may_use_tools: bool = True,
    is_alone: bool = False,
    pause: Callable[[], Awaitable[None] | None] | None = None,
) -> AsyncIterator[client.Text | StreamedTurn]:
    """As `ask`, piece by piece; the last piece is the whole turn. A caller who leaves ends the call upstream.

    `is_alone` and `pause` are told to `client.stream_message`.
    """
    _check_enabled()
    prompt = {"system": system, "messages": messages, "tools": tools, "may_use_tools": may_use_tools}
    chosen = await in_thread(_choose)(caller)
    way = {"is_alone": is_alone, "pause": pause}
    try:
        async for piece in _stream(caller, chosen, feature, prompt, way):
            yield piece
    except ModelUnavailable:
        catalogue.remember_gone(chosen.model.id, caller.key)
        other = await in_thread(_choose)(caller, anew=True)
        if other.model.id == chosen.model.id:
            raise
        async for piece in _stream(caller, other, feature, prompt, way):
            yield piece


async def _stream(
    caller: Caller, chosen: Resolution, feature: str, prompt: dict[str, Any], way: dict[str, Any]
) -> AsyncIterator[client.Text | StreamedTurn]:
    call, today = await in_thread(lambda: (_begin(caller, chosen.model, feature, prompt), _today(caller)))()
    started, outcome = time.monotonic(), Outcome()
    pieces = client.stream_message(key=caller.key, model=chosen.model.id, max_tokens=caller.max_tokens, **prompt, **way)
    try:
        async for piece in pieces:
            if isinstance(piece, client.Turn):
                outcome = Outcome("ok", piece.reply.usage, request_id=piece.reply.request_id)
                yield StreamedTurn(piece.content, piece.tool_uses, _answer(piece.reply, chosen, today))
            else:
                yield piece
    except ClaudeError as error:
        outcome = Outcome(error.code, error.spent, request_id=error.request_id)
        raise
    finally:
        outcome.latency_ms = round((time.monotonic() - started) * 1000)
        await asyncio.shield(asyncio.ensure_future(_close_and_record(pieces, call, chosen.model, outcome)))


async def _close_and_record(pieces: Any, call: Usage, model: Model, outcome: Outcome) -> None:
    """Also for a call that nobody waits for any more: its socket is closed, and it is in the ledger."""
    await pieces.aclose()
    await in_thread(usage.record)(call, model=model, outcome=outcome)


def _choose(caller: Caller, *, anew: bool = False) -> Resolution:
    models = catalogue.refreshed(caller.key, anew=anew)
    return catalogue.resolve(caller.model, today=_today(caller), models=models)


def _today(caller: Caller) -> dt.date:
    return Book(caller.user).today if caller.user else timezone.localdate()


def _call(caller: Caller, model: Model, feature: str, prompt: dict[str, Any]) -> client.Reply:
    entry = _begin(caller, model, feature, prompt)
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
        usage.record(entry, model=model, outcome=outcome)
        logger.debug("%s with %s: %s in %d ms", feature, model.id, outcome.status, outcome.latency_ms)
    return reply


def _begin(caller: Caller, model: Model, feature: str, prompt: dict[str, Any]) -> Usage:
    def at_most() -> TokenCounts:
        """The prompt is a guess: three characters for a token are few."""
        prompt_tokens = len(json.dumps(prompt, default=str)) // 3
        return TokenCounts(prompt_tokens, families.of(model.id).max_tokens(caller.max_tokens))

    return usage.begin(caller.user, feature=feature, model=model, at_most=at_most)


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
