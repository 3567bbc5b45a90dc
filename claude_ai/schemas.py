"""What Claude answers where code reads the answer."""

from typing import Any

import pydantic_core
from pydantic import BaseModel, ConfigDict, ValidationError

from claude_ai.errors import BadResponse


class _Answer(BaseModel):
    model_config = ConfigDict(extra="ignore")


class Item(_Answer):
    text: str
    sources: list[str]


class BriefingAnswer(_Answer):
    summary: str
    summary_sources: list[str]
    key_points: list[Item]
    pending_follow_ups: list[Item]
    suggestions: list[Item]


class SuggestionItem(_Answer):
    candidates: list[str]
    title: str
    reason: str
    message: str = ""


_SUGGESTION = {
    "type": "object",
    "properties": {
        "candidates": {"type": "array", "items": {"type": "string"}},
        "title": {"type": "string"},
        "reason": {"type": "string"},
        "message": {"type": "string"},
    },
    "required": ["candidates", "title", "reason", "message"],
    "additionalProperties": False,
}
SUGGESTIONS_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"suggestions": {"type": "array", "items": _SUGGESTION}},
    "required": ["suggestions"],
    "additionalProperties": False,
}


def read_suggestions(text: str, *, is_cut: bool) -> list[SuggestionItem]:
    """Raises `BadResponse` unless it is a list of them; of one that was cut, those that came whole."""
    try:
        answer = pydantic_core.from_json(text, allow_partial=is_cut)
        items = answer["suggestions"]
        if is_cut:  # the last one may have lost its end
            items = [item for item in items[:-1] if isinstance(item, dict)]
        return [SuggestionItem.model_validate(item) for item in items]
    except (ValueError, KeyError, TypeError):  # `ValidationError` is a `ValueError`; its text would quote the answer
        raise BadResponse from None


_ITEM = {
    "type": "object",
    "properties": {"text": {"type": "string"}, "sources": {"type": "array", "items": {"type": "string"}}},
    "required": ["text", "sources"],
    "additionalProperties": False,
}
_PARTS = ("key_points", "pending_follow_ups", "suggestions")
# In the order in which a reader wants them: an answer that is cut keeps the beginning.
BRIEFING_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "summary": {"type": "string"},
        "summary_sources": {"type": "array", "items": {"type": "string"}},
        **{part: {"type": "array", "items": _ITEM} for part in _PARTS},
    },
    "required": ["summary", "summary_sources", *_PARTS],
    "additionalProperties": False,
}


def read_briefing(text: str, *, is_cut: bool) -> BriefingAnswer:
    """Raises `BadResponse` unless it is one; of an answer that was cut, the items that came whole."""
    try:
        if not is_cut:
            return BriefingAnswer.model_validate_json(text)
        return BriefingAnswer.model_validate(_whole_parts(text))
    except ValidationError:  # its text would quote the answer
        raise BadResponse from None


def _whole_parts(text: str) -> dict[str, Any]:
    """What is complete in a JSON object that stops somewhere."""
    try:
        # Drops a string, a number or a literal that is not closed, and keeps the lists around it.
        answer = pydantic_core.from_json(text, allow_partial=True)
    except ValueError:
        raise BadResponse from None
    if not isinstance(answer, dict) or not isinstance(answer.get("summary"), str):
        raise BadResponse
    whole: dict[str, Any] = {"summary": answer["summary"], "summary_sources": answer.get("summary_sources", [])}
    for part in _PARTS:
        items = answer.get(part, [])
        whole[part] = [item for item in items if _is_whole(item, text)] if isinstance(items, list) else []
    return whole


def _is_whole(item: Any, text: str) -> bool:
    """An item of which the last source was being written has lost it, or keeps a shorter list."""
    if not isinstance(item, dict) or not isinstance(item.get("text"), str) or not item.get("sources"):
        return False
    return not _ends_inside(item, text)


def _ends_inside(item: dict[str, Any], text: str) -> bool:
    """Whether the text stops before the object of this item is closed: then nothing follows its last source."""
    last = pydantic_core.to_json(item["sources"][-1]).decode()
    return "]" not in text[text.rfind(last) + len(last) :]
