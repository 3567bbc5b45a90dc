"""Uses Claude as a person would, on the sample data, and prints what was sent: `python -m bench.tokens_worker`."""

import json
import logging
import sys
from importlib import import_module
from typing import Any

import django

QUESTIONS = (
    "Qui dois-je appeler cette semaine ?",
    "Parle-moi de la dernière rencontre.",
    "Que lui ai-je promis ?",
    "Et elle, que me doit-elle ?",
    "Quels anniversaires arrivent ?",
    "Qui connaît-elle que je connais aussi ?",
    "Qu’avons-nous dit du budget ?",
    "Qui n’ai-je pas vu depuis longtemps ?",
    "De quoi lui parler jeudi ?",
    "Rédige un court message pour elle.",
)


def main() -> None:
    django.setup()
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    from django.conf import settings
    from django.core.management import call_command
    from django.test import Client
    from pytest_httpserver import HTTPServer

    from contacts.demo import account, builder

    call_command("migrate", interactive=False, verbosity=0)
    user = account.create("")
    builder.fill(user)
    client = Client(headers={"host": "localhost", "accept-language": "fr"})
    client.force_login(user)
    stand_in: Any = import_module("claude_ai.tests.stand_in")
    settings.CLAUDE_API_KEY = stand_in.GOOD_KEY
    with HTTPServer(host="127.0.0.1", port=0, threaded=True) as server:
        claude = stand_in.StandIn(server)
        settings.CLAUDE_BASE_URL = claude.url
        uses = {"briefing": _briefing, "suggestions": _suggestions, "ten turns with tools": _conversation}
        json.dump({name: _sent(claude, use, client) for name, use in uses.items()}, sys.stdout)


def _sent(claude: Any, use: Any, client: Any) -> list[dict[str, Any]]:
    claude.requests.clear()
    use(claude, client)
    return [_said(request.json) for request in claude.requests]


def _said(request: dict[str, Any]) -> dict[str, Any]:
    """As the API reads it, in the order in which it caches: tools, system, messages."""
    asks = '"cache_control"' in json.dumps(request)
    parts = [request.get("tools", []), request.get("system", ""), request["messages"]]
    text = "".join(json.dumps(part, ensure_ascii=False).strip("[]") for part in parts)
    return {"text": text, "asks_to_cache": asks}


def _longest() -> Any:
    from django.db.models import Count

    from contacts.models import Contact

    return Contact.objects.annotate(talks=Count("interactions")).order_by("-talks", "pk")[0]


def _briefing(claude: Any, client: Any) -> None:
    claude.answers_json({"summary": {"text": "", "sources": []}})
    client.get(f"/api/claude/briefing/{_longest().pk}")


def _suggestions(claude: Any, client: Any) -> None:
    claude.answers_json({"suggestions": []})
    client.get("/api/claude/suggestions")


def _conversation(claude: Any, client: Any) -> None:
    """Each turn looks something up, and is answered in some hundred words."""
    person = f"c{_longest().pk}"
    tools: list[tuple[str, dict[str, Any]]] = [
        ("slipping_away", {}),
        ("read_contact", {"person": person}),
        ("follow_ups", {"person": person}),
        ("follow_ups", {"owed_by": "them"}),
        ("coming_dates", {"days": 30}),
        ("relationships", {"person": person}),
        ("search_interactions", {"text": "budget"}),
        ("search_people", {"not_seen_for_days": 90}),
        ("search_interactions", {"person": person}),
        ("read_contact", {"person": person}),
    ]
    conversation = ""
    for question, tool in zip(QUESTIONS, tools, strict=True):
        claude.streams(tools=[tool]).streams("Voici ce que disent vos fiches. " * 32)
        said = {"question": question, "conversation": conversation}
        answer = client.post("/api/claude/assistant", said, content_type="application/json")
        conversation = str(answer.json()["conversation"])


if __name__ == "__main__":
    main()
