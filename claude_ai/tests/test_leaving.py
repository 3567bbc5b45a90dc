"""A key that somebody stored is forgotten in every browser when their account goes."""

from django.core.cache import caches

from claude_ai import keys


def test_stored_keys_of_all_browsers_are_forgotten(as_alice, alice, client_of):
    other = client_of(alice)
    for browser in (as_alice, other):
        answer = browser.post("/api/claude/settings", {"api_key": "sk-ant-api03-" + "x" * 40})
        assert answer.status_code == 200, answer.text
    places = [keys._hmac("session", browser.session.session_key) for browser in (as_alice, other)]
    assert all(caches["secrets"].get(place) for place in places)
    as_alice.post("/account/delete/", {"password": "correct horse battery staple"})
    assert not any(caches["secrets"].get(place) for place in places)
