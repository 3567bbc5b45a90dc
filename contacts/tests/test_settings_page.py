"""What a user says about themselves, and that it holds at once."""

import re

import pytest

from contacts import slots
from contacts.models import Profile

ADDRESS = "/settings"


@pytest.fixture
def newcomer(alice):
    """Somebody who has not said anything yet."""
    Profile.objects.all().delete()
    return type(alice).objects.get(pk=alice.pk)


def test_the_page_shows_what_is_chosen_and_offers_every_time_zone(as_alice):
    page = as_alice.get(ADDRESS).text
    assert '<option value="en" selected>' in page
    assert 'value="Europe/Paris"' in page
    assert '<option value="Pacific/Auckland">' in page
    assert 'list="time-zones"' in page
    assert '<datalist id="time-zones">' in page


def test_what_is_saved_is_kept_and_said(as_alice, alice):
    response = as_alice.post(ADDRESS, {"language": "en", "time_zone": "Asia/Tokyo"}, follow=True)
    assert response.redirect_chain == [(ADDRESS, 302)]
    assert "Your settings are saved." in response.text
    profile = Profile.objects.get(user=alice)
    assert (profile.language, profile.time_zone) == ("en", "Asia/Tokyo")


def test_a_language_takes_effect_at_once_message_included(as_alice):
    response = as_alice.post(ADDRESS, {"language": "fr", "time_zone": "Europe/Paris"}, follow=True)
    assert '<html lang="fr">' in response.text
    assert "Your settings are saved." not in response.text


def test_without_a_choice_the_browser_decides(as_alice, alice):
    response = as_alice.post(
        ADDRESS, {"language": "", "time_zone": ""}, follow=True, headers={"accept-language": "fr-CH, fr;q=0.9"}
    )
    assert '<html lang="fr">' in response.text
    assert '<html lang="en">' in as_alice.get(ADDRESS, headers={"accept-language": "en-GB"}).text


def test_the_first_choice_makes_the_profile(newcomer, client_of):
    client_of(newcomer).post(ADDRESS, {"language": "en", "time_zone": "Europe/Madrid"})
    assert Profile.objects.get().time_zone == "Europe/Madrid"


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"language": "en", "time_zone": "Mars/Olympus"}, "is not a time zone"),
        ({"language": "en", "time_zone": "../../etc/passwd"}, "is not a time zone"),
        ({"language": "xx", "time_zone": "Europe/Paris"}, "xx"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_typed_is_lost(as_alice, alice, values, problem):
    response = as_alice.post(ADDRESS, values)
    assert response.status_code == 422
    assert problem in response.text
    assert f'value="{values["time_zone"]}"' in response.text
    assert 'aria-invalid="true"' in response.text
    assert Profile.objects.get(user=alice).time_zone == "Europe/Paris"


def test_a_refused_choice_is_tied_to_its_field_for_those_who_listen(as_alice):
    page = as_alice.post(ADDRESS, {"language": "en", "time_zone": "Mars/Olympus"}).text
    field = re.search(r'<input[^>]*name="time_zone"[^>]*>', page).group()
    described_by = re.search(r'aria-describedby="([^"]+)"', field).group(1)
    assert "id_time_zone_error" in described_by.split()
    assert all(f'id="{name}"' in page for name in described_by.split())


def test_nobody_changes_what_others_chose(as_charlie, alice, charlie):
    as_charlie.post(ADDRESS, {"language": "fr", "time_zone": "Asia/Tokyo", "user": alice.pk})
    assert Profile.objects.get(user=alice).time_zone == "Europe/Paris"
    assert Profile.objects.get(user=charlie).time_zone == "Asia/Tokyo"


def test_other_apps_add_their_sections(as_alice, monkeypatch):
    monkeypatch.setitem(slots._fillers, "settings.sections", [(1, lambda request: "A section from elsewhere")])
    assert "A section from elsewhere" in as_alice.get(ADDRESS).text


def test_the_password_is_changed_from_here(as_alice, alice):
    assert 'href="/password/"' in as_alice.get(ADDRESS).text
    typed = {
        "old_password": "correct horse battery staple",
        "new_password1": "another horse entirely",
        "new_password2": "another horse entirely",
    }
    response = as_alice.post("/password/", typed, follow=True)
    assert "Your password is changed" in response.text
    assert as_alice.get(ADDRESS).status_code == 200
    alice.refresh_from_db()
    assert alice.check_password("another horse entirely")


def test_a_wrong_old_password_changes_nothing(as_alice, alice):
    typed = {"old_password": "wrong", "new_password1": "another horse", "new_password2": "another horse"}
    response = as_alice.post("/password/", typed)
    assert "Your old password was entered incorrectly" in response.text
    assert '<header class="site-header">' in response.text
    alice.refresh_from_db()
    assert alice.check_password("correct horse battery staple")
