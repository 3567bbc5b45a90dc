"""What the three uses of Claude send and cost: a briefing, the suggestions of a day, ten turns with the assistant.

The prompts are the product's own, as they arrive at a stand-in on loopback (`bench.tokens_worker`). No
tokenizer is public: a token is taken as `CHARACTERS` of what was sent, and an answer has the length that the
stand-in gives it. Prompt caching is reckoned by the API's rules: of a request that asks for it, what an earlier
one of the conversation began with in the same bytes is read from the cache, and the rest is written to it.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from itertools import takewhile
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from bench.report import ROOT, Row

if TYPE_CHECKING:
    from bench.__main__ import Run

# Of French and JSON, about: said beside the figures, for they stand on it.
CHARACTERS = 3.5
ANSWER_TOKENS = 300
# The shortest beginning that the API keeps, by the end of the model's name (claude_ai.catalogue has the prices).
SHORTEST_KEPT = {"sonnet-4-5-20250929": 1_024, "haiku-4-5-20251001": 4_096, "opus-4-6": 4_096}
SHORTEST_KEPT_BY_OTHERS = 512
MODELS = (
    "claude-sonnet-4-5-20250929",
    "claude-haiku-4-5-20251001",
    "claude-opus-4-6",
    "claude-sonnet-5-5",
    "claude-haiku-5-5",
    "claude-opus-5-5",
)


def rows(run: "Run") -> Iterator[Row]:
    from claude_ai.catalogue import TABLE
    from claude_ai.tokens import TokenCounts

    models = {model.id: model for model in TABLE}
    for use, requests in _sent().items():
        where = f"{len(requests)} request{'s' if len(requests) > 1 else ''}"
        sent = sum(_tokens(request["text"]) for request in requests)
        yield Row("tokens", f"{use}: tokens sent", where, sent, "tokens")
        if any(request["asks_to_cache"] for request in requests):
            read, _written = _cached(requests, SHORTEST_KEPT_BY_OTHERS)
            yield Row("tokens", f"{use}: of them read from the cache", where, read, "tokens")
        for model in MODELS:
            read, written = _cached(requests, SHORTEST_KEPT.get(model.removeprefix("claude-"), SHORTEST_KEPT_BY_OTHERS))
            counts = TokenCounts(sent - read - written, ANSWER_TOKENS * len(requests), written, read)
            cost: Decimal = models[model].cost_of(counts)
            yield Row("tokens", f"{use}: cost", model.removeprefix("claude-"), float(cost) * 100, "US cents")


def _sent() -> dict[str, list[dict[str, Any]]]:
    with TemporaryDirectory() as folder:
        database = f"sqlite:///{folder}/book.sqlite3"
        settings = {"DJANGO_SETTINGS_MODULE": "crm.settings", "DATABASE_URL": database, "CACHE_URL": "locmemcache://"}
        environ = os.environ | settings
        command = [sys.executable, "-W", "ignore", "-m", "bench.tokens_worker"]
        done = subprocess.run(command, cwd=ROOT, env=environ, check=True, stdout=subprocess.PIPE)
    found: dict[str, list[dict[str, Any]]] = json.loads(done.stdout)
    return found


def _tokens(text: str) -> int:
    return round(len(text) / CHARACTERS)


def _cached(requests: list[dict[str, Any]], shortest: int) -> tuple[int, int]:
    """Tokens read from the cache, and written to it, over all requests."""
    read = written = 0
    before = ""
    for request in requests:
        if not request["asks_to_cache"] or _tokens(request["text"]) < shortest:
            continue
        same = takewhile(lambda pair: pair[0] == pair[1], zip(before, request["text"], strict=False))
        known = round(sum(1 for _ in same) / CHARACTERS)
        known = known if known >= shortest else 0
        read += known
        written += _tokens(request["text"]) - known
        before = request["text"]
    return read, written
