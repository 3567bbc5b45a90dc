"""Reading what Claude answers, whole or cut."""

import json

import pytest

from claude_ai.errors import BadResponse
from claude_ai.schemas import BRIEFING_SCHEMA, BriefingAnswer, read_briefing

ANSWER = {
    "summary": "An old friend.",
    "summary_sources": ["c1"],
    "key_points": [{"text": "First", "sources": ["i1", "i12"]}, {"text": "Second", "sources": ["i2"]}],
    "pending_follow_ups": [{"text": "Third", "sources": ["f3"]}],
    "suggestions": [{"text": "Fourth", "sources": ["c1"]}],
}
TEXT = json.dumps(ANSWER)


def test_a_whole_answer_is_read():
    assert read_briefing(TEXT, is_cut=False) == BriefingAnswer(**ANSWER)
    assert read_briefing(TEXT, is_cut=True) == BriefingAnswer(**ANSWER)


@pytest.mark.parametrize("text", ["", "no json", "[]", "null", '{"summary": 3}', '{"key_points": []}', TEXT[:-1]])
def test_what_is_no_answer_is_refused_without_quoting_it(text):
    with pytest.raises(BadResponse) as caught:
        read_briefing(text, is_cut=False)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


@pytest.mark.parametrize("length", range(TEXT.index('"summary_sources"'), len(TEXT)))
def test_of_an_answer_that_is_cut_only_whole_items_are_kept(length):
    """Wherever it is cut, each item that is kept is one of the real ones, with all of its sources."""
    kept = read_briefing(TEXT[:length], is_cut=True)
    for part in ("key_points", "pending_follow_ups", "suggestions"):
        whole = [item.model_dump() for item in getattr(kept, part)]
        assert whole == ANSWER[part][: len(whole)]
    if length > TEXT.index('"Second"'):
        assert kept.key_points[0].text == "First"


def test_an_answer_cut_before_its_summary_ends_is_none():
    with pytest.raises(BadResponse):
        read_briefing(TEXT[:5], is_cut=True)


def test_the_schema_is_one_that_the_api_takes():
    """No object without `additionalProperties: false`, and nothing of a person in it."""

    def objects(schema):
        if schema.get("type") == "object":
            yield schema
            for value in schema["properties"].values():
                yield from objects(value)
        elif schema.get("type") == "array":
            yield from objects(schema["items"])

    found = list(objects(BRIEFING_SCHEMA))
    assert len(found) == 4
    for schema in found:
        assert schema["additionalProperties"] is False
        assert set(schema["required"]) == set(schema["properties"])
    assert set(BRIEFING_SCHEMA["properties"]) == set(BriefingAnswer.model_fields)
