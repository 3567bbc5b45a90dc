"""The connection test: the smallest question that shows that key, model and account work."""

from dataclasses import replace

from claude_ai import calls
from claude_ai.calls import Answer, Caller

_MAX_TOKENS = 16


def test(caller: Caller) -> Answer:
    """Asks one word; raises the `ClaudeError` that any feature would meet."""
    return calls.ask(
        replace(caller, max_tokens=_MAX_TOKENS),
        feature="test",
        system="This is a connection test.",
        messages=[{"role": "user", "content": "Answer with the single word: OK"}],
    )
