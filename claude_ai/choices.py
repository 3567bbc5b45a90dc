"""Which model a user chose and how long an answer may be: for their session, else the server's."""

from dataclasses import asdict, dataclass

from django.conf import settings
from django.http import HttpRequest

_PLACE = "claude_ai"


@dataclass(frozen=True)
class Choices:
    model: str
    max_tokens: int


def defaults() -> Choices:
    return Choices(settings.CLAUDE_MODEL, settings.CLAUDE_MAX_TOKENS)


def of(request: HttpRequest) -> Choices:
    return Choices(**(asdict(defaults()) | request.session.get(_PLACE, {})))


def keep(request: HttpRequest, **changed: str | int) -> None:
    if changed:
        request.session[_PLACE] = request.session.get(_PLACE, {}) | changed
