"""`manage.py claude_test`: does the server's own key work?"""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, no_translations

from claude_ai import calls, connection
from claude_ai.calls import Answer
from claude_ai.errors import ClaudeError, InvalidApiKey, NoApiKey


class Command(BaseCommand):
    help = "Tests the connection to Claude with the key from the environment (CLAUDE_API_KEY)."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--model", help="a model other than CLAUDE_MODEL")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    @no_translations
    def handle(self, *, model: str | None, **options: Any) -> None:
        as_json: bool = options["json"]
        try:
            answer = connection.test(calls.caller_from_environment(model=model))
        except NoApiKey:
            self._fail(NoApiKey.code, "There is no key: set CLAUDE_API_KEY in the environment or in .env.", as_json)
            sys.exit(2)
        except InvalidApiKey:
            self._fail(InvalidApiKey.code, "Claude does not accept this key: check CLAUDE_API_KEY.", as_json)
            sys.exit(1)
        except ClaudeError as error:
            self._fail(error.code, str(error.message), as_json)
            sys.exit(1)
        self.stdout.write(json.dumps(_as_dict(answer)) if as_json else _as_text(answer))

    def _fail(self, code: str, message: str, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps({"ok": False, "error": {"code": code, "message": message}}))
        else:
            self.stderr.write(f"{code}: {message}")


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
