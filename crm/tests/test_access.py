"""What holds at every address: who gets in, in which language, over which wire, under which policy.

The addresses are those of the URLconf itself: a new page is tested here as soon as it has a route.
"""

import re
import zlib
from urllib.parse import parse_qs, urlsplit

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import get_resolver, path
from django.urls.resolvers import URLResolver
from django.utils.cache import get_max_age

from contacts.models import (
    CalendarEvent,
    CalendarSource,
    Contact,
    Dismissal,
    FollowUp,
    Import,
    ImportantDate,
    ImportFile,
    Interaction,
    Merge,
    NotSame,
    Organization,
    Profile,
    Relationship,
    Tag,
)
from contacts.tests.factories import (
    CalendarEventFactory,
    CalendarSourceFactory,
    ContactFactory,
    DismissalFactory,
    FollowUpFactory,
    ImportantDateFactory,
    ImportFactory,
    ImportFileFactory,
    InteractionFactory,
    OrganizationFactory,
    RelationshipFactory,
    TagFactory,
)
from crm import urls

# The key of one row of every kind, so that any address with a number in it is one of a row.
ROW, NO_ROW = 4321, 9876
# The rows of the pluggable app, while it is there.
PLUGGED = (
    [apps.get_model("claude_ai", name) for name in ("Conversation", "Proposal")]
    if apps.is_installed("claude_ai")
    else []
)
NOUNS = (
    *PLUGGED,
    CalendarEvent,
    CalendarSource,
    Contact,
    Dismissal,
    FollowUp,
    Import,
    ImportantDate,
    ImportFile,
    Interaction,
    Merge,
    NotSame,
    Organization,
    Relationship,
    Tag,
)

# Open to everybody, and why.
OPEN = {
    "/login/": "it is where one gets in",
    "/logout/": "who is out already has got what they asked for",
    "/setup/x/": "there is no account yet; its token is the key",
    "/calendar/x.ics": "calendar programs cannot sign in; its token is the key",
    "/admin/login/": "it leads to the one login",
}


def walk(patterns, before="/"):
    """Every route of the URLconf, as it is written."""
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from walk(pattern.url_patterns, route)
        else:
            yield route


def address(route, row=ROW):
    """An address that the route matches: numbers and the admin's keys are those of a row."""
    route = route.replace("(?P<url>.*)$", "nothing-here")
    route = re.sub(r"\^\(\?P<app_label>(\w+)[^)]*\)/\$", r"\1/", route)
    route = re.sub(r"<(?:int:\w+|path:object_id|id)>", str(row), route)
    return re.sub(r"<(?:\w+:)?\w+>", "x", route)


ROUTES = list(walk(get_resolver(urls).url_patterns))
PAGES = [route for route in ROUTES if not route.startswith(("/admin/", "/api/"))]
ADMIN = [route for route in ROUTES if route.startswith("/admin/")]
CLOSED = [route for route in ROUTES if address(route) not in OPEN]
METHODS = ("get", "post", "delete")
OF_A_ROW = [route for route in ROUTES if "<int:" in route]


@pytest.fixture(autouse=True)
def _tls(settings):
    """As it is by default, whatever the machine's own settings say."""
    settings.SECURE_SSL_REDIRECT = settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    settings.SECURE_HSTS_SECONDS = 3600
    settings.ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", "crm.example.org", "localhost.example.org"]


@pytest.fixture
def visitor(db):
    """Somebody who is not signed in, on the server's own machine."""
    return Client(headers={"host": "localhost"})


@pytest.fixture
def rows(alice):
    """One of everything in Alice's book."""
    contact = ContactFactory(pk=ROW, owner=alice, organization=OrganizationFactory(pk=ROW, owner=alice))
    contact.tags.add(TagFactory(pk=ROW, owner=alice))
    InteractionFactory.with_contact(contact, pk=ROW)
    FollowUpFactory(pk=ROW, contact=contact)
    ImportantDateFactory(pk=ROW, contact=contact)
    RelationshipFactory(pk=ROW, from_contact=contact)
    DismissalFactory(pk=ROW, contact=contact)
    ImportFileFactory(pk=ROW, batch=ImportFactory(pk=ROW, owner=alice), content=zlib.compress(b"Name;Mail\nA;a@b.c\n"))
    # On an address that is refused before anybody is asked.
    CalendarEventFactory(pk=ROW, source=CalendarSourceFactory(pk=ROW, owner=alice, url="https://127.0.0.1/x.ics"))
    NotSame.objects.create(pk=ROW, one=contact, other=ContactFactory(owner=alice))
    Merge.objects.create(pk=ROW, owner=alice, kept=contact, name="Gone")
    for model in PLUGGED:
        is_talk = model.__name__ == "Conversation"
        about = {"user": alice} if is_talk else {"conversation_id": ROW, "kind": "tag", "data": {"tag": "Choir"}}
        model.objects.create(pk=ROW, **about | ({} if is_talk else {"target": {"contact": ROW}}))


def everything():
    return [list(model.objects.order_by("pk").values()) for model in NOUNS]


# --- Who gets in ------------------------------------------------------------------------------


def test_the_routes_that_are_open_exist():
    assert OPEN.keys() <= {address(route) for route in ROUTES}
    assert len(PAGES) > 10
    assert len(ADMIN) > 40


@pytest.mark.parametrize("route", CLOSED)
def test_a_visitor_is_asked_to_sign_in(visitor, rows, route):
    before = everything()
    for method in METHODS:
        answer = getattr(visitor, method)(address(route))
        if route.startswith("/api/"):
            assert answer.status_code == 401, method
            assert answer.json()["error"]["code"] == "not_authenticated", method
        else:
            assert answer.status_code == 302, method
            assert urlsplit(answer.url).path == "/login/", method
            back = parse_qs(urlsplit(answer.url).query).get("next", [""])
            assert back == [address(route) if method == "get" else "/"], method
    assert everything() == before


FROM_A_PAGE = {"HX-Request": "true", "HX-Current-URL": "http://localhost/contacts/?q=a"}


@pytest.mark.parametrize("route", [route for route in CLOSED if route not in ADMIN])
def test_the_page_around_a_fragment_goes_to_the_login_whole(visitor, rows, route):
    answer = visitor.get(address(route), headers=FROM_A_PAGE)
    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"] == "/login/?next=/contacts/%3Fq%3Da"
    assert answer.content == b""


@pytest.mark.parametrize("route", [route for route in CLOSED if route not in ADMIN])
def test_a_page_that_sends_a_form_stays_and_says_where_to_sign_in(visitor, rows, route):
    answer = visitor.post(address(route), headers=FROM_A_PAGE)
    assert answer.status_code == 401
    assert "HX-Redirect" not in answer.headers
    assert answer.headers["HX-Retarget"] == "#refused"
    assert 'href="/login/?next=/contacts/%3Fq%3Da" target="_blank"' in answer.text


def test_after_signing_in_one_is_back_where_one_was(visitor, alice):
    sign_in = {"username": "alice", "password": "correct horse battery staple"}
    to_login = visitor.get("/settings?a=b").url
    assert visitor.post(to_login, sign_in).url == "/settings?a=b"


def test_who_sent_a_form_too_late_comes_back_to_the_form_after_signing_in(visitor, alice):
    answer = visitor.post("/settings", headers={"referer": "http://localhost/settings?from=here"})
    assert answer.url == "/login/?next=/settings%3Ffrom%3Dhere"


@pytest.mark.parametrize("elsewhere", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:x"])
def test_signing_in_leads_nowhere_else(visitor, alice, elsewhere):
    sign_in = {"username": "alice", "password": "correct horse battery staple", "next": elsewhere}
    assert visitor.post("/login/", sign_in).url == "/"


def test_who_is_signed_in_is_not_asked_again(as_alice):
    assert as_alice.get("/login/").url == "/"


def test_a_wrong_password_is_said_where_it_was_typed(visitor, alice):
    page = visitor.post("/login/", {"username": "alice", "password": "a guess"}, headers={"accept-language": "en"})
    assert 'role="alert"' in page.text
    assert 'value="alice"' in page.text
    assert "a guess" not in page.text


def test_who_was_deactivated_is_out_at_once(as_alice, alice):
    assert as_alice.get("/settings").status_code == 200
    alice.is_active = False
    alice.save()
    assert as_alice.get("/settings").url == "/login/?next=/settings"


def test_signing_out_is_done_by_a_press_and_never_by_a_link(as_alice):
    assert as_alice.get("/logout/").status_code == 405
    assert as_alice.get("/settings").status_code == 200
    assert as_alice.post("/logout/").url == "/login/"
    assert as_alice.get("/settings").status_code == 302


def test_signing_out_twice_leads_to_the_login_and_not_back(visitor):
    assert visitor.post("/logout/").url == "/login/"


# --- Whose rows -------------------------------------------------------------------------------


@pytest.mark.parametrize("route", OF_A_ROW)
def test_a_row_of_another_cannot_be_told_from_none(as_charlie, rows, route):
    before = everything()
    for method in METHODS:
        theirs = getattr(as_charlie, method)(address(route, ROW))
        none = getattr(as_charlie, method)(address(route, NO_ROW))
        assert theirs.status_code in (404, 405), method
        assert theirs.status_code == none.status_code, method
        assert theirs.content == none.content, method
    assert everything() == before


@pytest.mark.parametrize("route", OF_A_ROW)
def test_a_row_of_ones_own_is_there(as_alice, rows, route):
    statuses = {as_alice.get(address(route)).status_code, as_alice.post(address(route)).status_code}
    assert statuses & {200, 302, 422}


# --- Policy -----------------------------------------------------------------------------------

INLINE = {
    "a script": re.compile(r"<script(?![^>]*\ssrc=)(?![^>]*\stype=\"application/json\")", re.IGNORECASE),
    "a style": re.compile(r"<style|<[^>]+\sstyle=", re.IGNORECASE),
    "a handler": re.compile(r"<[^>]+\s(?:on\w+|hx-on[\w:-]*)=", re.IGNORECASE),
    "a script for an address": re.compile(r"=[\"']?\s*javascript:", re.IGNORECASE),
    "another origin": re.compile(r"<(?:script|link|img|iframe)[^>]+(?:src|href)=[\"']?(?:https?:)?//", re.IGNORECASE),
}


def check_policy(answer):
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    if answer.headers["Content-Type"].startswith("text/html"):
        assert [name for name, pattern in INLINE.items() if pattern.search(answer.text)] == []


def test_the_check_finds_what_the_policy_would_block():
    bad = '<script>x</script><p style="x"><p onclick="x"><p hx-on:click="x"><a href="javascript:x"><img src="//a.b/c">'
    assert [name for name, pattern in INLINE.items() if not pattern.search(bad)] == []
    good = '<script src="/x.js" defer></script><script type="application/json">1</script><p class="one" data-on="x">'
    assert [name for name, pattern in INLINE.items() if pattern.search(good)] == []


@pytest.mark.parametrize("htmx", [False, True], ids=["page", "fragment"])
@pytest.mark.parametrize("route", PAGES)
def test_nothing_in_a_page_is_inline(as_alice, rows, route, htmx):
    headers = {"HX-Request": "true"} if htmx else {}
    check_policy(as_alice.get(address(route), headers=headers))
    if "logout" not in route:
        check_policy(as_alice.post(address(route), headers=headers))


@pytest.mark.parametrize("route", ADMIN)
def test_nothing_in_the_administration_is_inline(as_alice, alice, rows, route):
    alice.is_staff = alice.is_superuser = True
    alice.save()
    check_policy(as_alice.get(address(route), follow=True))


def test_nothing_in_the_pages_before_signing_in_is_inline(visitor):
    from crm import setup_link

    for page in ("/login/", setup_link.path()):
        assert visitor.get(page).status_code == 200
        check_policy(visitor.get(page))
        check_policy(visitor.post(page))


def test_pages_with_peoples_data_are_not_kept_by_caches_between(as_alice, rows):
    for page in ("/", "/settings", "/contacts/", f"/contacts/{ROW}/"):
        answer = as_alice.get(page)
        assert "Cookie" in answer.headers["Vary"]
        assert not get_max_age(answer)


# --- Pages of errors --------------------------------------------------------------------------


def broken(request):
    raise RuntimeError("Hélène's secret")


def forbidden(request):
    raise PermissionDenied


# For the tests that ask for this module's routes: those of the site, and two that fail.
urlpatterns = [
    *urls.urlpatterns,
    *(path(f"{prefix}broken", broken) for prefix in ("", "api/")),
    *(path(f"{prefix}forbidden", forbidden) for prefix in ("", "api/")),
]
handler400, handler403, handler404, handler500 = urls.handler400, urls.handler403, urls.handler404, urls.handler500

ERRORS = [
    ("nothing-here", 404, "not_found", "There is nothing here.", "Il n’y a rien ici."),
    ("forbidden", 403, "forbidden", "You may not do this.", "Vous n’avez pas le droit de faire cela."),
    ("broken", 500, "server_error", "Something went wrong on the server.", "Le serveur a rencontré un problème."),
]


@pytest.mark.urls(__name__)
@pytest.mark.parametrize(("address", "status", "code", "english", "french"), ERRORS)
def test_an_error_has_a_page_in_the_users_language(client_of, alice, address, status, code, english, french):
    browser = client_of(alice)
    browser.raise_request_exception = False
    for language, message in (("en", english), ("fr", french)):
        Profile.objects.update(language=language)
        page = browser.get(f"/{address}", headers={"accept-language": "de"})
        assert page.status_code == status
        assert f'<html lang="{language}">' in page.text
        assert f"<h1>{message}" in page.text
        assert "secret" not in page.text
        check_policy(page)


@pytest.mark.urls(__name__)
@pytest.mark.parametrize(("address", "status", "code", "english", "french"), ERRORS)
def test_an_error_of_the_api_has_a_code_and_a_message(client_of, alice, address, status, code, english, french):
    browser = client_of(alice)
    browser.raise_request_exception = False
    answer = browser.get(f"/api/{address}")
    assert answer.status_code == status
    assert answer.json()["error"]["code"] == code
    assert english in answer.json()["error"]["message"]


def test_a_form_without_its_token_says_what_to_do(alice):
    browser = Client(enforce_csrf_checks=True, headers={"host": "localhost"})
    browser.force_login(alice)
    page = browser.post("/settings", {"language": "fr"})
    assert page.status_code == 403
    assert "This form has expired" in page.text
    assert Profile.objects.get().language == "en"
    check_policy(page)
    answer = browser.post("/api/claude/settings", {})
    assert answer.status_code in (403, 404)  # 404 where the pluggable app is taken out
    assert answer.json()["error"]["code"] in ("forbidden", "not_found")


@pytest.mark.parametrize("host", ["evil.example", "a b", "", "[::1", "[x]", "localhost@evil.example", "localhost:x"])
def test_a_host_that_is_not_the_servers_is_refused(db, host):
    page = Client(headers={"host": host}).get("/login/")
    assert page.status_code == 400
    assert "does not understand this request" in page.text or "ne comprend pas cette requête" in page.text
    assert "evil" not in page.text


# --- Language ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "language", "word"),
    [
        ("fr", "fr", "Se connecter"),
        ("en-GB,en;q=0.9,fr;q=0.8", "en", "Sign in"),
        ("de,en;q=0.5", "en", "Sign in"),
        ("de", "fr", "Se connecter"),
        ("", "fr", "Se connecter"),
    ],
)
def test_a_visitor_reads_what_the_browser_asks_for(visitor, asked, language, word):
    page = visitor.get("/login/", headers={"accept-language": asked})
    assert f'<html lang="{language}">' in page.text
    assert word in page.text
    assert page.headers["Content-Language"] == language
    assert "Accept-Language" in page.headers["Vary"]


def test_a_user_reads_the_language_that_they_chose(as_alice, alice):
    for language, word in (("en", "Settings"), ("fr", "Paramètres")):
        Profile.objects.update(language=language)
        page = as_alice.get("/settings", headers={"accept-language": "fr" if language == "en" else "en"})
        assert f'<html lang="{language}">' in page.text
        assert word in page.text


def test_a_language_does_not_stay_for_the_next_one(visitor, as_alice):
    as_alice.get("/settings")
    assert '<html lang="fr">' in visitor.get("/login/").text


# --- The wire ---------------------------------------------------------------------------------

LOOPBACK = ["localhost", "localhost:8000", "127.0.0.1:8000", "[::1]", "[::1]:8000"]
SIGN_IN = {"username": "alice", "password": "correct horse battery staple"}


@pytest.mark.parametrize("host", ["crm.example.org", "crm.example.org:8000", "localhost.example.org"])
@pytest.mark.parametrize("page", ["/login/", "/settings", "/static/css/app.css", "/nothing-here"])
def test_a_public_host_is_sent_to_tls(db, host, page):
    answer = Client(headers={"host": host}).get(f"{page}?a=b")
    assert answer.status_code == 301
    assert answer.url == f"https://{host}{page}?a=b"
    assert not answer.cookies


def test_cookies_of_a_public_host_stay_on_tls(alice):
    browser = Client(headers={"host": "crm.example.org"})
    browser.get("/login/", secure=True)
    answer = browser.post("/login/", SIGN_IN, secure=True)
    assert answer.url == "/"
    assert answer.headers["Strict-Transport-Security"] == "max-age=3600"
    assert {cookie.key: bool(cookie["secure"]) for cookie in browser.cookies.values()} == {
        "csrftoken": True,
        "sessionid": True,
    }
    assert browser.cookies["sessionid"]["httponly"]
    assert browser.cookies["sessionid"]["samesite"] == "Lax"


@pytest.mark.parametrize("host", LOOPBACK)
def test_loopback_needs_no_tls(alice, host):
    browser = Client(headers={"host": host})
    assert browser.get("/login/").status_code == 200
    answer = browser.post("/login/", SIGN_IN)
    assert answer.url == "/"
    assert "Strict-Transport-Security" not in answer.headers
    assert [cookie.key for cookie in browser.cookies.values() if cookie["secure"]] == []
    assert browser.cookies["sessionid"]["httponly"]
    assert browser.get("/settings").status_code == 200


def test_loopback_with_tls_keeps_its_cookies_to_it(alice):
    browser = Client(headers={"host": "localhost"})
    browser.post("/login/", SIGN_IN, secure=True)
    assert browser.cookies["sessionid"]["secure"]
