"""One call for one question."""

from claude_ai import flights


def test_an_answer_that_came_between_looking_for_it_and_asking_is_taken():
    assert flights.once("weather", ask=lambda: 1 / 0, kept=lambda: "sunny") == "sunny"


def test_whoever_wants_it_anew_asks_although_there_is_one():
    assert flights.once("weather", ask=lambda: "rain", kept=lambda: "sunny", refresh=True) == "rain"
