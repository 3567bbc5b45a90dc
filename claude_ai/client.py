"""Speaks to the API through the SDK, and is the only module that does.

What goes wrong comes out as an `errors.ClaudeError` without a trace of the SDK's own exception,
which holds the request, the key in its headers included.
"""

import datetime as dt
import os
import time
from asyncio import get_running_loop
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal, TypeVar
from weakref import WeakKeyDictionary

from django.conf import settings

from claude_ai import errors, families
from claude_ai.backpressure import left_unread
from claude_ai.keys import Key
from claude_ai.server_events import Events
from claude_ai.tokens import TokenCounts

if TYPE_CHECKING:  # importing the SDK takes a second, which only those who call it wait for
    import anthropic
    import httpx2

T = TypeVar("T")
Lifecycle = Literal["active", "deprecated", "retired"]

_LIFECYCLES: tuple[Lifecycle, ...] = ("active", "deprecated", "retired")
_SECONDS_TO_CONNECT = 5.0
# A list is nice to have: a page waits for it.
_SECONDS_TO_LIST = 4.0


@dataclass(frozen=True)
class Reply:
    text: str
    stop_reason: str
    model: str
    usage: TokenCounts
    request_id: str | None
    latency_ms: int


@dataclass(frozen=True)
class ListedModel:
    """A model as the API describes it."""

    id: str
    name: str
    line: str
    lifecycle: Lifecycle
    retires_at: dt.date | None
    created_at: dt.date | None


def create_message(  # noqa: PLR0913  # the parameters are the API's
    *,
    key: Key,
    model: str,
    system: str,
    messages: list[dict[str, Any]],
    max_tokens: int,
    output_schema: dict[str, Any] | None = None,
) -> Reply:
    """One answer, whole. `max_tokens` is what a person sees; room to think is added to it here."""
    family = families.of(model)
    output: dict[str, Any] = {}
    if family.effort:
        output["effort"] = family.effort
    if output_schema is not None:
        output["format"] = {"type": "json_schema", "schema": output_schema}
    request: dict[str, Any] = {
        "model": model,
        "system": system,
        "messages": messages,
        "max_tokens": family.max_tokens(max_tokens),
    }
    if output:
        request["output_config"] = output

    def call() -> Reply:
        started = time.monotonic()
        message = _sdk(key).messages.create(**request, timeout=_timeout(settings.CLAUDE_TIMEOUT_SECONDS))
        return _reply_of(message, latency_ms=round((time.monotonic() - started) * 1000))

    return _explained(call)


@dataclass(frozen=True)
class Text:
    """A piece of an answer, as it comes."""

    text: str


@dataclass(frozen=True)
class ToolUse:
    id: str
    name: str
    arguments: Any


@dataclass(frozen=True)
class Turn:
    """A whole answer: `content` goes back unchanged with the results of the tools that it asks for."""

    content: list[dict[str, Any]]
    tool_uses: tuple[ToolUse, ...]
    reply: Reply


async def stream_message(  # noqa: PLR0913  # the parameters are the API's
    *,
    key: Key,
    model: str,
    system: list[dict[str, Any]],
    messages: list[dict[str, Any]],
    tools: list[dict[str, Any]],
    max_tokens: int,
    may_use_tools: bool = True,
    is_alone: bool = False,
    pause: Callable[[], Awaitable[None] | None] | None = None,
) -> AsyncIterator[Text | Turn]:
    """The pieces of one answer as they come, and the whole at the end.

    What fails is a `ClaudeError` whose `spent` is what the API had counted by then. `is_alone`
    is for an event loop that ends with this call. `pause` is asked after each read that brought text: what it returns,
    if anything, is waited for before the next, and what comes meanwhile is read at once, as one piece.
    """
    family = families.of(model)
    request: dict[str, Any] = {
        "model": model,
        "system": system,
        "messages": messages,
        "tools": tools,
        "tool_choice": {"type": "auto" if may_use_tools else "none"},
        "max_tokens": family.max_tokens(max_tokens),
        # The whole prompt so far is read from the API's cache in the next round and the next turn.
        "cache_control": {"type": "ephemeral"},
    }
    if family.effort:
        request["output_config"] = {"effort": family.effort}
    import anthropic
    import httpx2
    from anthropic._streaming import SSEDecoder

    started, message, events = time.monotonic(), _Message(), Events(SSEDecoder())
    failure: errors.ClaudeError
    try:
        async with _async_sdk(key, is_alone=is_alone) as sdk:
            timeout = _timeout(settings.CLAUDE_TIMEOUT_SECONDS)
            async with await sdk.messages.create(**request, stream=True, timeout=timeout) as stream:
                async for data in stream.response.aiter_bytes():
                    text = ""
                    for name, event in events.whole_in(data):
                        if name == "error":
                            if text:
                                yield Text(text)
                            raise anthropic.APIStatusError("", response=stream.response, body=event)
                        text += message.take(event)
                    if text:
                        yield Text(text)
                        if pause and (waiting := pause()):
                            with left_unread(stream.response):
                                await waiting
            request_id = stream.response.headers.get("request-id")
            latency_ms = round((time.monotonic() - started) * 1000)
            turn = _turn_of(message.whole(), request_id, latency_ms=latency_ms)
    except errors.ClaudeError as error:
        failure = error.with_traceback(None)
        failure.__context__ = None
    except (anthropic.AnthropicError, httpx2.HTTPError, httpx2.InvalidURL) as error:
        failure = _failure_of(error)
        if message.typed is not None and type(failure) is errors.Unreachable:
            failure = errors.BrokenOff()
    except ValueError:
        failure = errors.BadResponse()
    else:
        yield turn
        return
    failure.spent = _spent_in(message.typed) or failure.spent
    raise failure


def list_models(*, key: Key) -> tuple[ListedModel, ...]:
    """All that the key's account may know of, retired ones included."""

    def call() -> tuple[ListedModel, ...]:
        timeout = _timeout(min(_SECONDS_TO_LIST, settings.CLAUDE_TIMEOUT_SECONDS))
        page = _sdk(key, max_retries=0).models.list(limit=1000, lifecycle=list(_LIFECYCLES), timeout=timeout)
        return tuple(_listed(page.data))

    return _explained(call)


# --- The SDK's client -------------------------------------------------------------------------


def _sdk(key: Key, *, max_retries: int = 1) -> "anthropic.Anthropic":
    """The shared client, speaking for this key; making one costs 18 ms, this next to nothing."""
    if not key.value.isascii() or not key.value.isprintable():  # no header can carry it
        raise errors.InvalidApiKey
    _ignore_the_machines_settings()
    return _shared(settings.CLAUDE_BASE_URL).with_options(api_key=key.value, max_retries=max_retries)


@asynccontextmanager
async def _async_sdk(key: Key, *, is_alone: bool) -> AsyncIterator["anthropic.AsyncAnthropic"]:
    """One client for each event loop: its connections belong to that loop."""
    from anthropic import AsyncAnthropic, DefaultAioHttpClient

    if not key.value.isascii() or not key.value.isprintable():
        raise errors.InvalidApiKey
    _ignore_the_machines_settings()
    url = settings.CLAUDE_BASE_URL

    def make() -> AsyncAnthropic:
        # aiohttp takes half the time for a piece of a stream that the SDK's own choice takes.
        return AsyncAnthropic(
            api_key="none",
            base_url=url,
            open_telemetry=False,
            middleware=[_no_long_wait_async],
            http_client=DefaultAioHttpClient(),
        )

    if is_alone:
        async with make() as alone:
            yield alone.with_options(api_key=key.value, max_retries=1)
        return
    clients = _async_clients.setdefault(get_running_loop(), {})
    if url not in clients:
        clients[url] = make()
    yield clients[url].with_options(api_key=key.value, max_retries=1)


_async_clients: WeakKeyDictionary[Any, dict[str, Any]] = WeakKeyDictionary()


def _timeout(seconds: float) -> "httpx2.Timeout":
    """Said with each request, because a client's own can make the SDK refuse long answers."""
    import httpx2

    return httpx2.Timeout(seconds, connect=min(seconds, _SECONDS_TO_CONNECT))


@lru_cache(maxsize=4)
def _shared(base_url: str) -> "anthropic.Anthropic":
    """One pool of connections for each address. Every call brings its own key."""
    from anthropic import Anthropic

    return Anthropic(api_key="none", base_url=base_url, open_telemetry=False, middleware=[_no_long_wait])


# Two processes must not read from one connection.
os.register_at_fork(after_in_child=_shared.cache_clear)


def _no_long_wait(request: "anthropic.APIRequest", call_next: "anthropic.CallNext") -> Any:
    """Retries are for a hiccup, while someone is waiting.

    The SDK sleeps as long as `retry-after` says, an hour too, and would wait for a second
    time-out after the first. Those go to the person instead, who may try again.
    """
    import anthropic

    try:
        response = call_next(request)
    except anthropic.APITimeoutError:
        raise errors.TimedOut from None
    headers = response.http_response.headers
    if response.status_code == 429 or "retry-after" in headers or "retry-after-ms" in headers:
        headers["x-should-retry"] = "false"
    return response


async def _no_long_wait_async(request: "anthropic.APIRequest", call_next: Any) -> Any:
    """As `_no_long_wait`."""
    import anthropic

    try:
        response = await call_next(request)
    except anthropic.APITimeoutError:
        raise errors.TimedOut from None
    headers = response.http_response.headers
    if response.status_code == 429 or "retry-after" in headers or "retry-after-ms" in headers:
        headers["x-should-retry"] = "false"
    return response


def _ignore_the_machines_settings() -> None:
    """Takes `ANTHROPIC_*` out of this process's environment.

    The SDK reads headers, log level and more from it whenever a client is made or copied, and
    has no option against that. Where data goes and who pays is said in our settings only.
    """
    for name in [name for name in os.environ if name.startswith("ANTHROPIC_")]:
        del os.environ[name]


# --- What comes back --------------------------------------------------------------------------


def _reply_of(message: Any, *, latency_ms: int) -> Reply:
    """The SDK checks no answer: anything can be missing, or be something else."""
    try:
        spent = _tokens(message.usage)
        text = "".join(block.text for block in message.content if block.type == "text")
        reply = Reply(text, message.stop_reason or "", message.model or "", spent, message._request_id, latency_ms)
    except (AttributeError, TypeError):
        raise errors.BadResponse from None
    if reply.stop_reason == "refusal":
        raise errors.Refused(request_id=reply.request_id, spent=spent)
    if not reply.text.strip():
        raise errors.BadResponse(request_id=reply.request_id, spent=spent)
    return reply


class _Message:
    """An answer that its events put together.

    The SDK's own stream makes a typed event of each piece of text, and of the answer so far, which nobody reads: more
    than half of what a piece costs.
    """

    def __init__(self) -> None:
        # As the SDK has it, without the pieces of text.
        self.typed: Any = None
        self._arguments: dict[int, bytes] = {}
        self._texts: dict[int, list[str]] = {}

    def take(self, event: Any) -> str:
        """The text that it brings, if any. What comes before a message begins is not of it."""
        try:
            return self._taken(event)
        except (AttributeError, TypeError, LookupError):
            raise errors.BadResponse from None

    def _taken(self, event: dict[str, Any]) -> str:
        kind, delta = event["type"], event.get("delta")
        if self.typed is None and kind != "message_start":
            return ""
        if kind == "content_block_delta" and delta["type"] == "text_delta":  # type: ignore[index]
            text: str = delta["text"]  # type: ignore[index]
            self._texts.setdefault(event["index"], []).append(text)
            return text
        from anthropic.lib.streaming._messages import accumulate_event

        self.typed = accumulate_event(event=event, current_snapshot=self.typed, json_bufs=self._arguments)  # type: ignore[arg-type]
        return ""

    def whole(self) -> Any:
        if self.typed is None:  # what came was no stream
            raise errors.BadResponse
        try:
            for index, pieces in self._texts.items():
                self.typed.content[index].text += "".join(pieces)
        except (AttributeError, TypeError, LookupError):
            raise errors.BadResponse from None
        return self.typed


def _turn_of(message: Any, request_id: str | None, *, latency_ms: int) -> Turn:
    try:
        spent = _tokens(message.usage)
        text = "".join(block.text for block in message.content if block.type == "text")
        uses = tuple(
            ToolUse(block.id, block.name, block.input) for block in message.content if block.type == "tool_use"
        )
        content = message.to_param()["content"]
        reply = Reply(text, message.stop_reason or "", message.model or "", spent, request_id, latency_ms)
    except (AttributeError, TypeError, KeyError):
        raise errors.BadResponse from None
    if not reply.stop_reason:  # the stream ended before the message did, and the SDK does not mind
        raise errors.BrokenOff(request_id=request_id, spent=spent)
    if reply.stop_reason == "refusal":
        raise errors.Refused(request_id=request_id, spent=spent)
    if not uses and not text.strip():
        raise errors.BadResponse(request_id=request_id, spent=spent)
    return Turn(content, uses, reply)


def _spent_in(message: Any) -> TokenCounts | None:
    """What the API had counted when a stream broke; None before it said anything."""
    try:
        return _tokens(message.usage)
    except AttributeError:
        return None


def _tokens(usage: Any) -> TokenCounts:
    counts = {name: getattr(usage, name, None) for name in TokenCounts.__dataclass_fields__}
    return TokenCounts(**{name: count for name, count in counts.items() if isinstance(count, int) and count > 0})


def _listed(models: Iterable[Any]) -> Iterable[ListedModel]:
    for model in models or ():
        id_ = getattr(model, "id", None)
        if not isinstance(id_, str) or not id_:
            continue
        lifecycle = getattr(model, "lifecycle", None)
        yield ListedModel(
            id=id_,
            name=str(getattr(model, "display_name", None) or id_),
            line=str(getattr(model, "line", None) or ""),
            lifecycle=lifecycle if lifecycle in _LIFECYCLES else "active",
            retires_at=_day(getattr(model, "retires_at", None)),
            created_at=_day(getattr(model, "created_at", None)),
        )


def _day(moment: Any) -> dt.date | None:
    return moment.date() if isinstance(moment, dt.datetime) else None


# --- What goes wrong --------------------------------------------------------------------------


def _explained(call: Callable[[], T]) -> T:
    """Raised outside of the handler, so that the SDK's exception hangs on nowhere."""
    _ignore_the_machines_settings()
    import anthropic
    import httpx2

    try:
        return call()
    except errors.ClaudeError as error:
        failure = error.with_traceback(None)
        failure.__context__ = None
    except (anthropic.AnthropicError, httpx2.HTTPError, httpx2.InvalidURL) as error:
        failure = _failure_of(error)
    except ValueError:  # a body that is no JSON, or not of the shape that the SDK parses
        failure = errors.BadResponse()
    raise failure


def _failure_of(error: Exception) -> errors.ClaudeError:
    import anthropic
    import httpx2

    if isinstance(error, anthropic.APIStatusError):
        return _status_failure(error)
    if isinstance(error, anthropic.APITimeoutError | httpx2.TimeoutException):
        return errors.TimedOut()
    if isinstance(error, anthropic.APIResponseValidationError):
        return errors.BadResponse()
    return errors.Unreachable()


_BY_STATUS: dict[int, type[errors.ClaudeError]] = {
    400: errors.NotAccepted,
    401: errors.InvalidApiKey,
    402: errors.Unpaid,
    403: errors.NotPermitted,
    404: errors.ModelUnavailable,
    408: errors.TimedOut,
    413: errors.TooLarge,
    422: errors.NotAccepted,
    429: errors.RateLimited,
    504: errors.TimedOut,
}
# Where the status says less: a spending limit is a 400, and a stream that fails a 200.
_BY_TYPE: dict[str, type[errors.ClaudeError]] = {
    "billing_error": errors.Unpaid,
    "overloaded_error": errors.Overloaded,
    "timeout_error": errors.TimedOut,
}


def _status_failure(error: "anthropic.APIStatusError") -> errors.ClaudeError:
    kind = _BY_TYPE.get(error.type or "") or _BY_STATUS.get(error.status_code)
    if error.status_code == 400 and "spend_limit" in (error.error_code or ""):
        kind = errors.Unpaid
    if kind is None:
        kind = errors.Overloaded if error.status_code >= 500 else errors.BadResponse
    seconds = _seconds(error.response.headers.get("retry-after"))
    return kind(retry_after=seconds, request_id=error.request_id)


def _seconds(header: str | None) -> int | None:
    """`Retry-After` as a number; the API sends no dates there."""
    return int(header) if header and header.isascii() and header.isdigit() else None
