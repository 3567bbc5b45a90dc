"""`manage.py claude_test`: does the server's own key work?"""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, no_translations

from claude_ai import calls, connection
from claude_ai.calls import Answer
from claude_ai.errors import ClaudeError, NoApiKey


class Command(BaseCommand):
    help = "Tests the connection to Claude with the key from the environment (CLAUDE_API_KEY)."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--model", help="a model other than CLAUDE_MODEL")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    @no_translations
    def handle(self, *, model: str | None, **options: Any) -> None:
        try:
            answer = connection.test(calls.caller_from_environment(model=model))
        except NoApiKey:
            self._fail("no_api_key", "There is no key: set CLAUDE_API_KEY in the environment or in .env.", exit_code=2)
        except ClaudeError as error:
            self._fail(error.code, str(error.message), exit_code=1)
        else:
            self.stdout.write(json.dumps(_as_dict(answer)) if options["json"] else _as_text(answer))

    def _fail(self, code: str, message: str, *, exit_code: int) -> None:
        self.stderr.write(f"{code}: {message}")
        sys.exit(exit_code)


def _as_dict(answer: Answer) -> dict[str, Any]:
    return {
        "ok": True,
        "model": answer.model,
        "display_name": answer.display_name,
        "lifecycle": answer.lifecycle,
        "latency_ms": answer.latency_ms,
        "usage": answer.usage,
        "warnings": list(answer.notices),
    }


def _as_text(answer: Answer) -> str:
    lines = [
        f"Model:        {answer.model}",
        f"Display name: {answer.display_name}",
        f"Life cycle:   {answer.lifecycle}",
        f"Latency:      {answer.latency_ms} ms",
        f"Tokens:       {answer.usage['input_tokens']} in, {answer.usage['output_tokens']} out",
    ]
    return "\n".join(lines + [f"Note:         {notice['message']}" for notice in answer.notices])
