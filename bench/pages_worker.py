"""Times the floor and pages of the book that the environment names: `python -m bench.pages_worker CLOCK SECONDS PAGE…`.

In process, through Django's handler with all its middleware, as a server calls it; what a request
opens, it closes within its time.
"""

import gc
import gzip
import io
import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median, quantiles
from typing import Any
from urllib.parse import urlsplit

import django
from django.core.handlers.wsgi import WSGIHandler

from bench import books, pages

# What passes, or what this process computes: all of it where the database is SQLite, whatever else the machine does.
CLOCKS = {"wall": time.perf_counter, "cpu": time.process_time}
# Before anything is measured: templates, translations; and the plans that PostgreSQL keeps from the seventh time on, in
# each of a pool's four connections, which take turns.
WARM_UP = {"wall": 28, "cpu": 2}
# At least, however long they take.
TURNS = 8
_GZIPPED = b"\x1f\x8b"


@dataclass
class Page:
    what: str
    address: str
    headers: dict[str, str] = field(default_factory=dict)
    times: list[float] = field(default_factory=list)


class Browser:
    """A signed-in visitor without a network in between."""

    def __init__(self, session: str, clock: Callable[[], float]) -> None:
        self.handler = WSGIHandler()
        self.clock = clock
        self.cookie = f"sessionid={session}"

    def get(self, address: str, headers: dict[str, str]) -> tuple[float, bytes]:
        """The milliseconds that an answer took, and what it was."""
        environ = self._environ(address, headers)
        status: list[str] = []
        began = self.clock()

        def start(code: str, _headers: Any, _error: Any = None) -> Any:
            status.append(code)

        response = self.handler(environ, start)
        content = b"".join(response)
        response.close()
        took = (self.clock() - began) * 1_000
        if not status[0].startswith("200"):
            raise SystemExit(f"{address} answered {status[0]}: {content[:500]!r}")
        return took, gzip.decompress(content) if content.startswith(_GZIPPED) else content

    def _environ(self, address: str, headers: dict[str, str]) -> dict[str, Any]:
        parts = urlsplit(address)
        return {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": parts.path,
            "QUERY_STRING": parts.query,
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "HTTP_HOST": "localhost",
            "HTTP_COOKIE": self.cookie,
            "HTTP_ACCEPT_LANGUAGE": "fr",
            "HTTP_ACCEPT_ENCODING": "gzip, deflate, br",
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(),
            "wsgi.errors": sys.stderr,
        } | {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()}


def main(clock: str, seconds: float, names: list[str]) -> None:
    django.setup()
    from crm import static_files

    static_files.collect_if_changed()
    user, session = sign_in()
    browser = Browser(session, CLOCKS[clock])
    asked = [Page(pages.FLOOR, "/bench/fifty/"), Page(pages.PLAINEST, "/bench/ok/")]
    asked += [page for page in pages_of(user) if page.what in names]
    for page in asked:
        for _time in range(WARM_UP[clock]):
            once(browser, page)
    take_turns(browser, asked, seconds)
    json.dump({page.what: summary(page.times) for page in asked}, sys.stdout)


def sign_in() -> tuple[Any, str]:
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model
    from django.contrib.sessions.backends.db import SessionStore

    user = get_user_model().objects.get_by_natural_key(books.USER)
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "crm.auth.Backend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    assert session.session_key
    return user, session.session_key


def pages_of(user: Any) -> list[Page]:
    from contacts.models import Contact

    mine = Contact.objects.filter(owner=user, is_archived=False)
    friend = mine.get(last_name="Zylberstein")
    one = mine.filter(interactions__isnull=False, methods__isnull=False).order_by("pk")[mine.count() // 2 :][0]
    typed = {"hx-request": "true", "hx-target": "rows"}
    return [
        Page("contact list, first page", "/contacts/"),
        Page("contact list, a deep page", deep_page(mine)),
        # Said in the notes or the talks of a great part of the book.
        Page("search, hit", "/contacts/?q=budget", typed),
        Page("search, one letter", "/contacts/?q=m", typed),
        # Many have each, and of 1,000 more than a page has both.
        Page("search, two words", "/contacts/?q=budget+paris", typed),
        Page("search, name and city", "/contacts/?q=marie+paris", typed),
        Page("search, rare hit", "/contacts/?q=zylber", typed),
        Page("search, miss", "/contacts/?q=qwxz", typed),
        Page("contact", one.get_absolute_url()),
        Page("contact, 3,000 interactions", friend.get_absolute_url()),
        Page("dashboard", "/"),
        Page("briefing by rules", f"/contacts/{one.pk}/briefing/", typed),
        Page("admin, list", "/admin/contacts/contact/"),
        Page("admin, form", f"/admin/contacts/contact/{one.pk}/change/"),
    ]


def deep_page(contacts: Any) -> str:
    last = contacts.order_by("sort_name", "pk")[contacts.count() * 9 // 10]
    return f"/contacts/?after={last.pk}"


def take_turns(browser: Browser, asked: list[Page], seconds: float) -> None:
    gc.collect()
    gc.freeze()
    gc.disable()
    until = time.monotonic() + seconds
    while time.monotonic() < until or len(asked[0].times) < TURNS:
        for page in asked:
            page.times.append(once(browser, page))
        gc.collect()


def once(browser: Browser, page: Page) -> float:
    return browser.get(page.address, page.headers)[0]


def summary(times: list[float]) -> dict[str, float]:
    return {"median": median(times), "p95": quantiles(times, n=20)[-1]}


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]), sys.argv[3:])
