"""One answer of the assistant: Claude's turns and the tools between them, bounded, as a stream of events."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from functools import cache
from time import monotonic
from typing import Any

from django.utils import translation
from pydantic import ValidationError

from claude_ai import calls
from claude_ai.assistant import text as texts
from claude_ai.assistant.proposals import Proposer
from claude_ai.assistant.reading import Arguments, Reader, ToolError, as_json
from claude_ai.calls import Caller, StreamedTurn
from claude_ai.client import Text, ToolUse
from claude_ai.errors import ClaudeError
from claude_ai.models import Proposal
from claude_ai.prompts import assistant as prompts
from claude_ai.tokens import TokenCounts
from contacts.threads import in_thread

# What one question may take; over any of it the answer says what is missing.
MOST_ROUNDS, MOST_CALLS, MOST_SECONDS, MOST_PROMPT_TOKENS = 6, 24, 150, 400_000


@dataclass(frozen=True)
class Piece:
    text: str


@dataclass(frozen=True)
class Looking:
    """Tools are running: what is looked up, by name."""

    tools: tuple[str, ...]


@dataclass(frozen=True)
class Proposed:
    proposals: tuple[Proposal, ...]


@dataclass
class Outcome:
    """What became of the question so far; whole when the stream is over."""

    text: str = ""
    status: str = "stopped"
    notice: dict[str, Any] | None = None
    sources: list[dict[str, Any]] = field(default_factory=list)
    consulted: list[dict[str, Any]] = field(default_factory=list)
    model: str = ""
    usage: dict[str, Any] = field(default_factory=dict)
    proposals: list[Proposal] = field(default_factory=list)
    # How many of the oldest messages were not told, for their length.
    left_out: int = 0


class Engine:
    """Asked once. `outcome` is true at any moment, also after the stream was left.

    `pause` may be set to what says, after each read of text, what is waited for before the next.
    """

    def __init__(self, caller: Caller, reader: Reader, proposer: Proposer, *, is_alone: bool = False) -> None:
        self.caller, self.reader, self.proposer = caller, reader, proposer
        self.is_alone = is_alone
        self.pause: Callable[[], Awaitable[None] | None] | None = None
        self.language = translation.get_language()
        self.outcome = Outcome()
        self.calls_made = 0
        self.error: ClaudeError | None = None

    async def answer(self, messages: list[dict[str, Any]]) -> AsyncIterator[Piece | Looking | Proposed]:
        """Never raises a `ClaudeError`: what went wrong is the outcome's notice, and the text that came is kept."""
        try:
            async for event in self._rounds(messages):
                yield event
        except ClaudeError as error:
            self.fail(error)
        finally:
            self._settle()

    def fail(self, error: ClaudeError) -> None:
        self.error = error
        with translation.override(self.language):
            self.outcome.notice = error.as_dict()
        self.outcome.status = "failed"

    async def _rounds(self, messages: list[dict[str, Any]]) -> AsyncIterator[Piece | Looking | Proposed]:
        messages, deadline = list(messages), monotonic() + MOST_SECONDS
        for number in range(1, MOST_ROUNDS + 1):
            may_go_on = number < MOST_ROUNDS and monotonic() < deadline and not self._is_over()
            turn: StreamedTurn | None = None
            async for piece in self._ask(messages, may_use_tools=may_go_on):
                if isinstance(piece, Text):
                    self.outcome.text += piece.text
                    yield Piece(piece.text)
                else:
                    turn = piece
            assert turn is not None
            self._count(turn)
            if not turn.tool_uses:
                self.outcome.status = "cut" if turn.answer.is_cut else "done"
                return
            yield Looking(tuple(use.name for use in turn.tool_uses))
            results, proposals = await in_thread(self._run)(turn.tool_uses)
            if proposals:
                self.outcome.proposals += proposals
                yield Proposed(tuple(proposals))
            messages += [{"role": "assistant", "content": turn.content}, {"role": "user", "content": results}]
            if self.outcome.text and not self.outcome.text.endswith("\n"):
                self.outcome.text += "\n\n"

    def _ask(self, messages: list[dict[str, Any]], *, may_use_tools: bool) -> AsyncIterator[Text | StreamedTurn]:
        return calls.stream(
            self.caller,
            feature="assistant",
            system=prompts.system_blocks(),
            messages=messages,
            tools=tool_definitions(),
            may_use_tools=may_use_tools,
            is_alone=self.is_alone,
            pause=self.pause,
        )

    def _is_over(self) -> bool:
        return self.calls_made >= MOST_CALLS or self.outcome.usage.get("input_tokens", 0) > MOST_PROMPT_TOKENS

    # --- Tools ------------------------------------------------------------------------------------

    def _run(self, uses: tuple[ToolUse, ...]) -> tuple[list[dict[str, Any]], list[Proposal]]:
        """All calls of one turn in one go; each has its result, whatever it asked for."""
        results, proposals = [], []
        with translation.override(self.language):
            for use in uses:
                self.calls_made += 1
                content, proposal, is_error = self._result(use)
                results.append(
                    {"type": "tool_result", "tool_use_id": use.id, "content": content}
                    | ({"is_error": True} if is_error else {})
                )
                if proposal:
                    proposals.append(proposal)
        return results, proposals

    def _result(self, use: ToolUse) -> tuple[str, Proposal | None, bool]:
        try:
            return *self._of_tool(use), False
        except ToolError as error:
            return str(error), None, True

    def _of_tool(self, use: ToolUse) -> tuple[str, Proposal | None]:
        if self.calls_made > MOST_CALLS:
            raise ToolError("No more calls for this question: answer with what there is, and say what is missing.")
        if use.name in Reader.TOOLS:
            arguments = _arguments(Reader.TOOLS[use.name][0], use.arguments)
            return as_json(self.reader.run(use.name, arguments)), None
        if use.name in Proposer.TOOLS:
            arguments = _arguments(Proposer.TOOLS[use.name][0], use.arguments)
            return "Shown to the user, who decides. Nothing is written yet.", self.proposer.run(use.name, arguments)
        raise ToolError(f"There is no tool called {use.name[:60]!r}.")

    # --- The outcome ------------------------------------------------------------------------------

    def _count(self, turn: StreamedTurn) -> None:
        self.outcome.model = turn.answer.model
        if turn.answer.notices and self.outcome.notice is None:
            self.outcome.notice = dict(turn.answer.notices[0])
        kinds = (*TokenCounts.__dataclass_fields__, "cost_usd")
        used = self.outcome.usage
        self.outcome.usage = {kind: used.get(kind, 0) + turn.answer.usage.get(kind, 0) for kind in kinds}

    def _settle(self) -> None:
        self.outcome.text = self.outcome.text.strip()
        named = texts.references(self.outcome.text)
        consulted = self.reader.consulted
        self.outcome.sources = [{"ref": ref} | consulted[ref].as_dict() for ref in named if ref in consulted]
        self.outcome.consulted = [{"ref": source.ref} | source.as_dict() for source in list(consulted.values())[:200]]


def _arguments(kind: type[Arguments], given: Any) -> Arguments:
    try:
        return kind.model_validate(given)
    except ValidationError as error:
        wrong = [{"field": ".".join(map(str, each["loc"])), "problem": each["msg"]} for each in error.errors()]
        raise ToolError(json.dumps({"wrong arguments": wrong})) from None


@cache
def tool_definitions() -> list[dict[str, Any]]:
    """The same each time, so that the API's cache holds them; made once, because it takes as long as a page."""
    return [
        {"name": name, "description": description, "input_schema": _schema(kind)}
        for name, (kind, description) in (*Reader.TOOLS.items(), *Proposer.TOOLS.items())
    ]


def _schema(kind: type[Arguments]) -> dict[str, Any]:
    schema = kind.model_json_schema()
    for field_schema in schema.get("properties", {}).values():
        field_schema.pop("title", None)
    return {name: value for name, value in schema.items() if name != "title"}
