"""The way into the admin, its front page, and the users, who are a superuser's business."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.urls import reverse

from contacts.models import Profile
from contacts.tests.factories import ContactFactory, UserFactory


@pytest.fixture
def staff(alice):
    alice.is_staff = True
    alice.save()


@pytest.fixture
def as_root(client_of, db):
    root = UserFactory(username="root", is_staff=True, is_superuser=True)
    Profile.objects.create(user=root, language="en")
    return client_of(root)


def test_a_visitor_is_sent_to_the_one_login_and_back(client, db):
    page = client.get("/admin/contacts/contact/?q=a", headers={"host": "localhost"})
    while page.url.startswith("/admin/"):
        page = client.get(page.url, headers={"host": "localhost"})
    assert page.url == "/login/?next=/admin/contacts/contact/%3Fq%3Da"


def test_who_is_not_staff_is_turned_away_and_not_in_a_circle(as_alice):
    page = as_alice.get("/admin/contacts/contact/", follow=True)
    assert page.status_code == 403
    assert len(page.redirect_chain) == 1


def test_who_no_longer_is_staff_is_turned_away(as_alice, alice, staff):
    assert as_alice.get("/admin/").status_code == 200
    alice.is_staff = False
    alice.save()
    contact = ContactFactory(owner=alice)
    assert (
        as_alice.post(f"/admin/contacts/contact/{contact.pk}/delete/", {"post": "yes"}, follow=True).status_code == 403
    )
    contact.refresh_from_db()


def test_the_login_of_the_admin_leads_staff_on(as_alice, staff):
    assert as_alice.get("/admin/login/").url == "/admin/"


def test_signing_out_of_the_admin_leads_to_the_login(as_alice, staff):
    assert as_alice.post("/admin/logout/").url == "/login/"


def test_the_password_is_changed_in_one_place(as_alice, staff):
    assert as_alice.get("/admin/password_change/").url == reverse("password_change")


def test_the_front_page_lists_what_is_entered_most_first(as_alice, staff):
    page = as_alice.get("/admin/")
    [app] = page.context["app_list"]
    assert [entry["object_name"] for entry in app["models"]] == [
        "Contact",
        "Interaction",
        "FollowUp",
        "ImportantDate",
        "Relationship",
        "Organization",
        "Tag",
    ]
    assert '<a href="/">View site</a>' in page.text
    assert "Personal CRM" in page.text


@pytest.mark.parametrize("model", ["auth_user", "auth_group", "contacts_profile"])
@pytest.mark.parametrize("allowed", [False, True], ids=["without permissions", "with every permission"])
def test_staff_do_not_see_the_users_whatever_they_were_allowed(as_alice, alice, charlie, staff, model, allowed):
    if allowed:
        alice.user_permissions.set(Permission.objects.all())
    Group.objects.create(name="g")
    row = {"auth_user": charlie.pk, "auth_group": 1, "contacts_profile": charlie.profile.pk}[model]
    for page in ("changelist", "add"):
        assert as_alice.get(reverse(f"admin:{model}_{page}")).status_code == 403
    for page in ("change", "delete"):
        assert as_alice.get(reverse(f"admin:{model}_{page}", args=[row])).status_code == 403
        assert as_alice.post(reverse(f"admin:{model}_{page}", args=[row]), {"post": "yes"}).status_code == 403
    assert "charlie" not in as_alice.get(reverse(f"admin:{model}_history", args=[row]), follow=True).text
    assert "/admin/auth/" not in as_alice.get("/admin/").text


def test_staff_cannot_change_the_password_of_another(as_alice, charlie, staff):
    assert as_alice.get(f"/admin/auth/user/{charlie.pk}/password/").status_code == 403


@pytest.mark.parametrize("model", ["auth_user", "auth_group", "contacts_profile"])
def test_a_superuser_manages_the_users(as_root, charlie, model):
    Group.objects.create(name="g")
    assert as_root.get(reverse(f"admin:{model}_changelist")).status_code == 200
    assert as_root.get(reverse(f"admin:{model}_add")).status_code == 200
    assert "charlie" in as_root.get("/admin/contacts/profile/", {"q": "charlie"}).text


def test_no_address_tells_whether_a_row_of_another_exists(as_alice, charlie, staff):
    contact = ContactFactory(owner=charlie)
    for content_type in range(1, 20):
        assert as_alice.get(f"/admin/r/{content_type}/{contact.pk}/").status_code == 404
