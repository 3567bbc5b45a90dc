"""Where a key is, how long, and for whom."""

import pytest
from django.contrib.auth import login, logout
from django.contrib.sessions.backends.db import SessionStore
from django.core.cache import caches
from django.test import RequestFactory

from claude_ai import keys
from claude_ai.tests.stand_in import GOOD_KEY


@pytest.fixture
def request_of(rf: RequestFactory):
    """A request in the user's session, which nothing has saved yet."""

    def make(user, session=None):
        request = rf.get("/")
        request.session, request.user = session or SessionStore(), user
        return request

    return make


@pytest.fixture
def request_of_alice(request_of, alice):
    return request_of(alice)


def stored_values():
    return str(vars(caches["secrets"])["_cache"])


def test_a_stored_key_is_in_force_in_its_own_session_only(request_of, request_of_alice, alice):
    keys.store(request_of_alice, GOOD_KEY)
    key = keys.key_in_force(request_of_alice)
    assert (key.value, key.source, key.hint) == (GOOD_KEY, "session", "LAST")
    assert keys.key_in_force(request_of(alice)) is None


def test_the_cache_holds_neither_the_key_nor_the_session(request_of_alice):
    keys.store(request_of_alice, GOOD_KEY)
    assert GOOD_KEY not in stored_values()
    assert request_of_alice.session.session_key not in stored_values()


def test_the_sessions_key_wins_over_the_servers(request_of_alice, settings):
    settings.CLAUDE_API_KEY = "sk-of-the-server"
    assert keys.key_in_force(request_of_alice).source == "environment"
    keys.store(request_of_alice, GOOD_KEY)
    assert keys.key_in_force(request_of_alice).value == GOOD_KEY
    keys.forget(request_of_alice)
    assert keys.key_in_force(request_of_alice).value == "sk-of-the-server"


def test_a_blank_key_of_the_server_is_none(request_of_alice, settings):
    settings.CLAUDE_API_KEY = " \n"
    assert keys.key_in_force(request_of_alice) is None


def test_signing_out_forgets_the_key(request_of_alice):
    keys.store(request_of_alice, GOOD_KEY)
    logout(request_of_alice)
    assert stored_values() == "OrderedDict()"


def test_who_signs_in_over_a_session_does_not_inherit_its_key(request_of_alice, alice, charlie):
    login(request_of_alice, alice)
    keys.store(request_of_alice, GOOD_KEY)
    login(request_of_alice, charlie)
    assert keys.key_in_force(request_of_alice) is None


def test_another_user_in_the_same_session_does_not_get_the_key(request_of, request_of_alice, charlie):
    keys.store(request_of_alice, GOOD_KEY)
    assert keys.key_in_force(request_of(charlie, request_of_alice.session)) is None


def test_a_key_ends_with_its_session(request_of_alice, time_machine):
    time_machine.move_to("2026-11-23 12:00", tick=False)
    request_of_alice.session.set_expiry(3600)
    keys.store(request_of_alice, GOOD_KEY)
    time_machine.move_to("2026-11-23 12:59", tick=False)
    assert keys.key_in_force(request_of_alice).value == GOOD_KEY
    time_machine.move_to("2026-11-23 13:01", tick=False)
    assert keys.key_in_force(request_of_alice) is None


def test_a_key_that_no_longer_decrypts_is_none(request_of_alice, settings):
    keys.store(request_of_alice, GOOD_KEY)
    (place,) = (name.split(":", 2)[2] for name in vars(caches["secrets"])["_cache"])
    caches["secrets"].set(place, b"something else")
    assert keys.key_in_force(request_of_alice) is None


def test_a_new_secret_key_of_the_server_makes_stored_keys_useless(request_of_alice, settings):
    keys.store(request_of_alice, GOOD_KEY)
    settings.SECRET_KEY = "another-" * 8
    assert keys.key_in_force(request_of_alice) is None


def test_a_key_never_shows_itself():
    key = keys.Key(GOOD_KEY, source="session")
    assert GOOD_KEY not in f"{key} {key!r} {key.digest}"
    assert keys.Key("abc", source="session").hint == ""
