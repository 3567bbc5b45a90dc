"""What tests of this app may ask for, beside the two owners."""

import pytest
from pytest_httpserver import HTTPServer

from claude_ai.tests.people import NOW
from claude_ai.tests.stand_in import GOOD_KEY, StandIn


@pytest.fixture(autouse=True)
def _travel(time_machine):
    """To a day on which the default model, which has an end, still answers."""
    time_machine.move_to(NOW, tick=True)


@pytest.fixture(scope="session")
def make_httpserver():
    """Several requests at once, as the API would."""
    with HTTPServer(host="127.0.0.1", port=0, threaded=True) as server:
        yield server


@pytest.fixture
def claude(httpserver, settings):
    """The stand-in for the API, which this server now speaks to. No key is set yet."""
    stand_in = StandIn(httpserver)
    settings.CLAUDE_BASE_URL = stand_in.url
    settings.CLAUDE_TIMEOUT_SECONDS = 5.0
    yield stand_in
    stand_in.release()


@pytest.fixture
def server_key(settings):
    """A key that the server has from its environment."""
    settings.CLAUDE_API_KEY = GOOD_KEY
    return GOOD_KEY
