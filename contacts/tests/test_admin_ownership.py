"""Staff keep their own book in the admin and cannot see, pick or touch a row of another's."""

import re

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from contacts.models import (
    CalendarEvent,
    CalendarFeed,
    CalendarSource,
    ColumnMapping,
    Contact,
    ContactMethod,
    Dismissal,
    FollowUp,
    Import,
    ImportantDate,
    ImportFile,
    ImportRow,
    Interaction,
    Merge,
    NotSame,
    Organization,
    OwnedModel,
    Profile,
    Relationship,
    Tag,
)
from contacts.tests.factories import (
    ContactFactory,
    ContactMethodFactory,
    FollowUpFactory,
    ImportantDateFactory,
    InteractionFactory,
    OrganizationFactory,
    RelationshipFactory,
    TagFactory,
    UserFactory,
)
from contacts.tests.html_forms import form_data

# What is dismissed is no data to be entered: it comes from the dashboard, and is taken back in the settings.
# What only the pages keep: nobody enters it by hand.
OF_THE_PAGES = {
    CalendarEvent, CalendarFeed, CalendarSource, ColumnMapping, Dismissal, Import, ImportFile, ImportRow, Merge,
    NotSame,
}  # fmt: skip
OWNED = [
    model
    for model in apps.get_app_config("contacts").get_models()
    if issubclass(model, OwnedModel) and model not in OF_THE_PAGES
]
FORM = "application/x-www-form-urlencoded"
REGISTERED = [model for model in OWNED if admin.site.is_registered(model)]
# Every column of every model through which one row can name another.
LINKS = [
    (model, field.name)
    for model in OWNED
    for field in [*model._meta.fields, *model._meta.many_to_many]
    if field.is_relation and issubclass(field.related_model, OwnedModel)
]


@pytest.fixture(autouse=True)
def _staff(alice, charlie):
    for person in (alice, charlie):
        person.is_staff = True
        person.save()


@pytest.fixture
def root(db):
    root = UserFactory(username="root", is_staff=True, is_superuser=True)
    Profile.objects.create(user=root, language="en")
    return root


@pytest.fixture
def as_root(client_of, root):
    return client_of(root)


class Book:
    """One row of each kind, of one owner, whose name is in all of them."""

    def __init__(self, owner):
        self.word = owner.username.capitalize()
        organization = OrganizationFactory(owner=owner, name=f"{self.word} Works")
        self.tag = TagFactory(owner=owner, name=f"{self.word} friends")
        self.other = ContactFactory(owner=owner, first_name="Olga", last_name=f"{self.word}son")
        self.contact = ContactFactory(
            owner=owner, first_name="Zoe", last_name=f"{self.word}sdottir", organization=organization, tags=[self.tag]
        )
        interaction = InteractionFactory.with_contact(self.contact, title=f"Lunch of {self.word}")
        self.rows = {
            Contact: self.contact,
            Organization: organization,
            Tag: self.tag,
            Interaction: interaction,
            FollowUp: FollowUpFactory(contact=self.contact, title=f"Book for {self.word}", interaction=interaction),
            ImportantDate: ImportantDateFactory(contact=self.contact, label=f"Wedding of {self.word}"),
            ContactMethod: ContactMethodFactory(contact=self.contact, value=f"{self.word}@example.com"),
            Relationship: RelationshipFactory(from_contact=self.contact, to_contact=self.other),
        }


@pytest.fixture
def book(alice):
    return Book(alice)


@pytest.fixture
def foreign(charlie):
    return Book(charlie)


def url(model, page, *args):
    return reverse(f"admin:contacts_{model._meta.model_name}_{page}", args=args)


def form_of(model):
    return f"{model._meta.model_name}_form"


def ids(models):
    return [model.__name__ for model in models]


# --- Seeing -----------------------------------------------------------------------------------


def test_the_admin_knows_every_model_of_the_book():
    inlines = {inline.model for model_admin in admin.site._registry.values() for inline in model_admin.inlines}
    assert set(OWNED) == {*REGISTERED, *(inlines & set(OWNED))}


@pytest.mark.parametrize("model", REGISTERED, ids=ids(REGISTERED))
def test_staff_see_only_their_own_rows_in_a_list(as_alice, book, foreign, model):
    page = as_alice.get(url(model, "changelist"))
    assert page.status_code == 200
    assert [row.pk for row in page.context["cl"].result_list if row == foreign.rows[model]] == []
    assert book.rows[model] in page.context["cl"].result_list
    assert "Charlie" not in page.text


@pytest.mark.parametrize("model", REGISTERED, ids=ids(REGISTERED))
def test_filters_and_their_counts_tell_nothing_of_others(as_alice, book, foreign, model):
    page = as_alice.get(url(model, "changelist"), {"_facets": "True"})
    assert page.status_code == 200
    assert "Charlie" not in page.text


def test_a_filter_offers_the_viewers_tags_alone(as_alice, book, foreign):
    page = as_alice.get(url(Contact, "changelist"))
    titles = [
        choice["display"] for spec in page.context["cl"].filter_specs for choice in spec.choices(page.context["cl"])
    ]
    assert "Alice friends" in titles
    assert "Charlie friends" not in titles


@pytest.mark.parametrize("value", ["foreign", "nonsense"])
def test_a_list_filtered_by_anothers_tag_shows_nothing_of_it(as_alice, book, foreign, value):
    value = foreign.tag.pk if value == "foreign" else value
    page = as_alice.get(url(Contact, "changelist"), {"tag": value}, follow=True)
    assert page.status_code == 200
    assert "e=1" in page.request["QUERY_STRING"]


@pytest.mark.parametrize("view", ["change", "delete", "history"])
@pytest.mark.parametrize("model", REGISTERED, ids=ids(REGISTERED))
def test_anothers_row_is_as_missing_as_one_that_never_was(as_alice, book, foreign, model, view):
    answers = []
    for pk in (foreign.rows[model].pk, 987654):
        page = as_alice.get(url(model, view, pk), follow=True)
        text = re.sub('name="csrfmiddlewaretoken" value="[^"]+"', "", page.text).replace(f"“{pk}”", "")
        answers.append((page.redirect_chain, page.status_code, text))
        assert page.redirect_chain == [(reverse("admin:index"), 302)]
        assert "Charlie" not in page.text
    assert answers[0] == answers[1]


@pytest.mark.parametrize("view", ["change", "delete"])
@pytest.mark.parametrize("model", REGISTERED, ids=ids(REGISTERED))
def test_a_post_leaves_anothers_row_as_it_is(as_alice, as_charlie, book, foreign, model, view):
    row = foreign.rows[model]
    data = (
        form_data(as_charlie.get(url(model, "change", row.pk)), form_of(model)) if view == "change" else {"post": "yes"}
    )
    before = model.objects.filter(pk=row.pk).values().get()
    page = as_alice.post(url(model, view, row.pk), data.dict() if view == "change" else data)
    assert page.url == reverse("admin:index")
    assert model.objects.filter(pk=row.pk).values().get() == before


@pytest.mark.parametrize("model", REGISTERED, ids=ids(REGISTERED))
def test_a_row_of_ones_own_has_its_pages(as_alice, book, model):
    for view in ("change", "delete", "history"):
        assert as_alice.get(url(model, view, book.rows[model].pk)).status_code == 200


@pytest.mark.parametrize("model", REGISTERED, ids=ids(REGISTERED))
def test_anothers_row_stays_when_it_is_selected_for_deletion(as_alice, book, foreign, model):
    data = {"action": "delete_selected", "_selected_action": [foreign.rows[model].pk], "post": "yes"}
    as_alice.post(url(model, "changelist"), data)
    assert model.objects.filter(pk=foreign.rows[model].pk).exists()


def test_the_delete_page_names_what_goes_with_a_contact(as_alice, book):
    page = as_alice.get(url(Contact, "delete", book.contact.pk))
    for name in ("Book for Alice", "Wedding of Alice", "Alice@example.com", "Olga Aliceson"):
        assert name in page.text
    assert "object (" not in page.text
    assert "Contacts: 1" in page.text
    assert "interaction-contact" not in page.text


def test_the_front_page_recalls_only_what_one_did_oneself(as_alice, as_charlie, book, foreign):
    data = form_data(as_charlie.get(url(Contact, "change", foreign.contact.pk)), form_of(Contact))
    as_charlie.post(url(Contact, "change", foreign.contact.pk), data.urlencode(), FORM)
    assert LogEntry.objects.count() == 1
    assert "Charliesdottir" not in as_alice.get(reverse("admin:index")).text


# --- Picking ----------------------------------------------------------------------------------


def autocomplete(client, model, field, term="", **extra):
    asked = {"app_label": "contacts", "model_name": model._meta.model_name, "field_name": field, "term": term}
    return client.get(reverse("admin:autocomplete"), asked | extra)


def test_there_are_links_to_check():
    assert {(model.__name__, name) for model, name in LINKS} == {
        ("Contact", "organization"),
        ("Contact", "met_through"),
        ("Contact", "tags"),
        ("ContactMethod", "contact"),
        ("Interaction", "contacts"),
        ("FollowUp", "contact"),
        ("FollowUp", "interaction"),
        ("ImportantDate", "contact"),
        ("Relationship", "from_contact"),
        ("Relationship", "to_contact"),
    }


@pytest.mark.parametrize(("model", "name"), LINKS, ids=[f"{model.__name__}.{name}" for model, name in LINKS])
def test_a_picker_finds_only_the_viewers_rows(as_alice, charlie, book, foreign, model, name):
    related = model._meta.get_field(name).related_model
    for asked in ({}, {"owner": charlie.pk}, {"owner": "x"}):
        for term in ("", "Charlie"):
            texts = [found["text"] for found in autocomplete(as_alice, model, name, term, **asked).json()["results"]]
            assert not [text for text in texts if "Charlie" in text]
    own = [found["id"] for found in autocomplete(as_alice, model, name).json()["results"]]
    assert str(book.rows[related].pk) in own


@pytest.mark.parametrize("name", ["owner", "user"])
def test_no_picker_lists_the_users(as_alice, name):
    model = {"owner": "contact", "user": "profile"}[name]
    asked = {"app_label": "contacts", "model_name": model, "field_name": name, "term": ""}
    assert as_alice.get(reverse("admin:autocomplete"), asked).status_code == 403


FORM_LINKS = [(model, name) for model, name in LINKS if model in REGISTERED]
INLINE_LINKS = [
    (inline, field.name)
    for model_admin in admin.site._registry.values()
    for inline in model_admin.inlines
    for field in inline.model._meta.fields
    if field.is_relation and issubclass(field.related_model, OwnedModel)
]


@pytest.mark.parametrize("adding", [True, False], ids=["add", "change"])
@pytest.mark.parametrize(("model", "name"), FORM_LINKS, ids=[f"{model.__name__}.{name}" for model, name in FORM_LINKS])
def test_a_form_refuses_anothers_row_whatever_is_posted(as_alice, book, foreign, model, name, adding):
    row = book.rows[model]
    page = as_alice.get(url(model, "change", row.pk))
    assert name in page.context["adminform"].form.fields, "every link is in its form, so that it can be refused"
    data = form_data(page, form_of(model))
    for key in [key for key in data if key.endswith("-INITIAL_FORMS") and adding]:
        data[key] = 0
        data[key.replace("INITIAL", "TOTAL")] = 0
    data[name] = foreign.rows[model._meta.get_field(name).related_model].pk
    counts = model.objects.count()
    page = as_alice.post(url(model, "add") if adding else url(model, "change", row.pk), data.urlencode(), FORM)
    assert page.status_code == 200
    assert list(page.context["adminform"].form.errors) == [name]
    assert "Select a valid choice" in page.text
    assert "Charlie" not in page.text
    assert model.objects.count() == counts
    assert as_alice.get(url(model, "change", row.pk)).context["adminform"].form.initial.get(name) != data[name]


@pytest.mark.parametrize(("inline", "name"), INLINE_LINKS, ids=[f"{i.__name__}.{n}" for i, n in INLINE_LINKS])
@pytest.mark.parametrize("adding", [True, False], ids=["new", "there"])
def test_an_inline_refuses_anothers_row_whatever_is_posted(as_alice, book, foreign, inline, name, adding):
    if inline.model is Relationship and inline.fk_name == "to_contact":
        pytest.skip("is only read")
    page = as_alice.get(url(Contact, "change", book.contact.pk))
    data = form_data(page, form_of(Contact))
    prefix = inline.model._meta.get_field(inline.fk_name or "contact").remote_field.related_name
    number = 1 if adding else 0
    if adding:
        data[f"{prefix}-TOTAL_FORMS"] = 2
        for key in [key for key in data if key.startswith(f"{prefix}-0-") and not key.endswith("-id")]:
            data[key.replace("-0-", "-1-")] = data[key]
        changed = {"relationships": ("kind", "colleague"), "methods": ("value", "new@example.com")}
        key, value = changed.get(prefix, ("label", "New"))
        data[f"{prefix}-1-{key}"] = value
    data[f"{prefix}-{number}-{name}"] = foreign.other.pk
    before = list(inline.model.objects.order_by("pk").values())
    page = as_alice.post(url(Contact, "change", book.contact.pk), data.urlencode(), FORM)
    assert page.status_code == 200
    assert list(inline.model.objects.order_by("pk").values()) == before
    assert "Charlie" not in page.text


@pytest.mark.parametrize("prefix", ["methods", "dates", "relationships", "relationships_to"])
def test_an_inline_cannot_reach_for_a_row_of_another(as_alice, book, foreign, prefix):
    if prefix == "relationships_to":
        mine, theirs = (
            book.other,
            RelationshipFactory(from_contact=foreign.contact, to_contact=foreign.other, kind="child"),
        )
    else:
        mine = book.contact
        theirs = getattr(foreign.contact, prefix).get()
    data = form_data(as_alice.get(url(Contact, "change", mine.pk)), form_of(Contact))
    data[f"{prefix}-0-id"] = theirs.pk
    data[f"{prefix}-0-DELETE"] = "on"
    as_alice.post(url(Contact, "change", mine.pk), data.urlencode(), FORM)
    assert type(theirs).objects.filter(pk=theirs.pk).exists()


def test_a_link_that_is_prefilled_from_the_address_shows_nothing_of_another(as_alice, foreign):
    page = as_alice.get(url(FollowUp, "add"), {"contact": foreign.contact.pk})
    assert "Charlie" not in page.text


# --- Making -----------------------------------------------------------------------------------


def blank(client, model):
    return form_data(client.get(url(model, "add")), form_of(model))


@pytest.mark.parametrize("model", [Contact, Organization, Tag, Interaction])
def test_the_owner_is_set_by_itself(as_alice, alice, charlie, book, model):
    data = blank(as_alice, model)
    data.update({"owner": charlie.pk, "name": "Made", "last_name": "Made", "title": "Made"})
    if model is Interaction:
        data["contacts"] = book.contact.pk
    page = as_alice.post(url(model, "add"), data.urlencode(), FORM)
    assert page.status_code == 302, page.context["errors"]
    assert model.objects.latest("pk").owner == alice
    assert not model.objects.owned_by(charlie).exists()


def test_an_organization_made_in_the_pop_up_belongs_to_who_made_it(as_alice, alice):
    data = blank(as_alice, Organization)
    data.update({"name": "Made", "_popup": "1"})
    page = as_alice.post(url(Organization, "add") + "?_popup=1", data.urlencode(), FORM)
    assert page.status_code == 200
    assert Organization.objects.get(name="Made").owner == alice


@pytest.mark.parametrize("model", [Organization, Tag])
def test_a_name_may_be_given_once_by_each_owner(as_alice, as_charlie, book, foreign, model):
    data = blank(as_alice, model)
    data["name"] = foreign.rows[model].name.upper()
    assert as_alice.post(url(model, "add"), data.urlencode(), FORM).status_code == 302
    page = as_alice.post(url(model, "add"), data.urlencode(), FORM)
    assert page.status_code == 200
    assert "You already have" in page.text


# --- Superusers -------------------------------------------------------------------------------


@pytest.mark.parametrize("model", REGISTERED, ids=ids(REGISTERED))
def test_a_superuser_sees_everyones_rows_with_their_owner(as_root, book, foreign, model):
    page = as_root.get(url(model, "changelist"))
    assert {book.rows[model], foreign.rows[model]} <= set(page.context["cl"].result_list)
    assert "charlie</td>" in page.text
    owner = {f"{model.owner_path}__id__exact": foreign.contact.owner_id}
    page = as_root.get(url(model, "changelist"), owner)
    assert book.rows[model] not in page.context["cl"].result_list
    assert foreign.rows[model] in page.context["cl"].result_list


@pytest.mark.parametrize("model", REGISTERED, ids=ids(REGISTERED))
def test_a_superuser_edits_anothers_row_and_it_stays_theirs(as_root, book, model):
    page = as_root.get(url(model, "change", book.rows[model].pk))
    assert "alice" in page.text
    data = form_data(page, form_of(model))
    assert as_root.post(url(model, "change", book.rows[model].pk), data.urlencode(), FORM).status_code == 302
    assert model.objects.owned_by(book.contact.owner).filter(pk=book.rows[model].pk).exists()


def test_a_superuser_is_offered_the_rows_of_the_owner_whom_the_form_is_about(as_root, book, foreign):
    page = as_root.get(url(Contact, "change", book.contact.pk))
    address = f"/admin/autocomplete/?owner={book.contact.owner_id}"
    assert page.text.count(f'data-ajax--url="{address}"') == 5  # and one for a new relationship
    found = autocomplete(as_root, Contact, "organization", owner=book.contact.owner_id).json()["results"]
    assert [one["text"] for one in found] == ["Alice Works"]
    assert "/admin/contacts/tag/add/?" not in page.text


@pytest.mark.parametrize(("model", "name"), FORM_LINKS, ids=[f"{model.__name__}.{name}" for model, name in FORM_LINKS])
def test_not_even_a_superuser_links_the_rows_of_two_owners(as_root, book, foreign, model, name):
    row = book.rows[model]
    data = form_data(as_root.get(url(model, "change", row.pk)), form_of(model))
    data[name] = foreign.rows[model._meta.get_field(name).related_model].pk
    page = as_root.post(url(model, "change", row.pk), data.urlencode(), FORM)
    assert name in page.context["adminform"].form.errors


def test_a_superusers_new_rows_are_their_own(as_root, root):
    data = blank(as_root, Tag)
    data["name"] = "Made"
    as_root.post(url(Tag, "add"), data.urlencode(), FORM)
    assert Tag.objects.get().owner == root


def test_contacts_of_two_owners_are_not_tagged_at_once(as_root, book, foreign):
    data = {"action": "add_tag", "_selected_action": [book.contact.pk, foreign.contact.pk], "chosen": "1"}
    page = as_root.post(url(Contact, "changelist"), data | {"tag": foreign.tag.pk}, follow=True)
    assert "one owner at a time" in page.text
    assert list(book.contact.tags.all()) == [book.tag]
