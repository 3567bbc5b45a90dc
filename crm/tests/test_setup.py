"""The link that makes the first account."""

import datetime as dt

import pytest
from django.contrib.auth.models import User
from django.core import signing

from crm import setup_link

GOOD = {"username": "ada", "password1": "correct horse battery staple", "password2": "correct horse battery staple"}


@pytest.fixture
def visitor(client, db):
    client.defaults["HTTP_HOST"] = "localhost"
    return client


def test_the_first_account_administers_and_is_signed_in(visitor):
    assert visitor.get(setup_link.path()).status_code == 200
    page = visitor.post(setup_link.path(), GOOD)
    assert page.url == "/"
    ada = User.objects.get()
    assert (ada.username, ada.is_staff, ada.is_superuser) == ("ada", True, True)
    assert ada.check_password(GOOD["password1"])
    assert visitor.get("/admin/").status_code == 200


def test_a_link_works_once(visitor, client_of):
    link = setup_link.path()
    visitor.post(link, GOOD)
    for somebody in (visitor, client_of(User.objects.get())):
        assert somebody.get(link).status_code == 404
        assert somebody.post(link, GOOD | {"username": "eve"}).status_code == 404
    assert User.objects.count() == 1


def test_a_link_is_dead_as_soon_as_there_is_any_account(visitor, charlie):
    assert visitor.get(setup_link.path()).status_code == 404
    assert visitor.post(setup_link.path(), GOOD).status_code == 404
    assert list(User.objects.all()) == [charlie]


def test_a_link_lives_for_a_day(visitor, time_machine):
    time_machine.move_to(dt.datetime(2026, 11, 23, 10, tzinfo=dt.UTC), tick=False)
    link = setup_link.path()
    time_machine.move_to(dt.datetime(2026, 11, 24, 9, 59, 59, tzinfo=dt.UTC), tick=False)
    assert visitor.get(link).status_code == 200
    time_machine.move_to(dt.datetime(2026, 11, 24, 10, 0, 1, tzinfo=dt.UTC), tick=False)
    assert visitor.get(link).status_code == 404
    assert visitor.post(link, GOOD).status_code == 404
    assert not User.objects.exists()


def test_a_token_that_was_not_made_for_this_is_no_link(visitor, settings):
    settings.SECRET_KEY = "another server's"
    of_another_server = setup_link.path()
    settings.SECRET_KEY = "this server's"
    for link in (
        "/setup/x/",
        setup_link.path()[:-2] + "/",
        of_another_server,
        f"/setup/{signing.dumps('first account')}/",
    ):
        assert visitor.get(link).status_code == 404
        assert visitor.post(link, GOOD).status_code == 404
    assert not User.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [{"password1": "password", "password2": "password"}, {"password2": "another one"}, {"password1": ""}],
    ids=["common", "mistyped", "missing"],
)
def test_a_password_that_will_not_do_is_asked_for_again(visitor, wrong):
    page = visitor.post(setup_link.path(), GOOD | wrong)
    assert page.status_code == 422
    assert 'value="ada"' in page.text
    assert 'class="field-error"' in page.text
    assert GOOD["password1"] not in page.text
    assert not User.objects.exists()
    assert visitor.post(setup_link.path(), GOOD).status_code == 302


def test_a_name_that_cannot_be_is_asked_for_again(visitor):
    page = visitor.post(setup_link.path(), GOOD | {"username": "a b"})
    assert page.status_code == 422
    assert 'value="a b"' in page.text
