"""What goes over the wire compressed, and what must not wait to be."""

import gzip

import pytest

from contacts.tests.factories import ContactFactory

pytestmark = pytest.mark.django_db

GZIP = {"accept-encoding": "gzip, deflate, br"}


def test_a_page_comes_compressed_to_a_browser_that_takes_it(as_alice, alice):
    ContactFactory(owner=alice, first_name="Hélène")
    plain, packed = as_alice.get("/contacts/"), as_alice.get("/contacts/", headers=GZIP)
    assert "Content-Encoding" not in plain
    assert packed["Content-Encoding"] == "gzip"
    assert "Hélène" in gzip.decompress(packed.content).decode()
    assert len(packed.content) < len(plain.content) / 2
    assert "Accept-Encoding" in plain["Vary"]


def test_no_two_answers_are_of_the_same_length_for_the_same_page(as_alice):
    """Or whoever sees their lengths could guess what is in them (BREACH)."""
    assert len({len(as_alice.get("/contacts/", headers=GZIP).content) for _time in range(10)}) > 1


def test_a_download_is_not_held_back_to_be_compressed(as_alice, alice):
    ContactFactory.create_batch(3, owner=alice)
    response = as_alice.get("/contacts/export/?format=vcard4", headers=GZIP)
    assert response.streaming
    assert "Content-Encoding" not in response
