"""What the product weighs: its start, its memory at rest, and its pages in a browser that knows nothing yet.

Everything is of `manage.py serve` with the sample data, and of Chromium beside it on the same machine.
`weight.js` is what watches from inside a page.
"""

import time
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, CDPSession, Locator, Page, sync_playwright

from bench.report import Row
from bench.serving import PASSWORD, Serving, serving
from crm.tests.services import CHROMIUM, missing_chromium

if TYPE_CHECKING:
    from bench.__main__ import Run

WIDTHS = (1280, 360)
START_SECONDS, IDLE_MEGABYTES, DASHBOARD_KILOBYTES, INTERACTION_MS = 2.0, 120.0, 100.0, 100.0
# The part of the viewport that moves, times how far it moves, in viewports: nobody sees less.
SHIFTED = 0.01
_SECONDS_IDLE = 3.0
# After everything has come: late scripts, late styles.
_MS_SETTLING, _QUICK_MS_SETTLING = 1_000, 300
# No event that is shorter is told by the browser.
_SHORTEST_MS = 16.0
_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
_WATCH = Path(__file__).with_suffix(".js").read_text()


def rows(run: "Run") -> Iterator[Row]:
    with TemporaryDirectory() as folder:
        database = f"sqlite:///{folder}/db.sqlite3"
        with _served(database):
            pass
        yield _start(run, database)
        with _served(database) as here:
            _answers(here)
            time.sleep(_SECONDS_IDLE)
            yield _row("resident, idle", "after the start", here.megabytes, "MB", goal=IDLE_MEGABYTES)
            if reason := missing_chromium():
                run.leave_out(f"the weight of pages: {reason}.")
                return
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=CHROMIUM, args=_FLAGS)
                yield from _in_browser(run, browser, here)
                browser.close()


def _served(database: str) -> Any:
    return serving(database, DJANGO_SETTINGS_MODULE="crm.settings")


def _start(run: "Run", database: str) -> Row:
    """A second start: there is a database, and static files are collected."""
    took = []
    for _time in range(2 if run.is_quick else 5):
        began = time.monotonic()
        with _served(database) as here:
            _answers(here)
            took.append(time.monotonic() - began)
    return _row("start until / answers", "second start", _typical(run, took), "s", goal=run.clock(START_SECONDS))


def _typical(run: "Run", values: Iterable[float]) -> float:
    """The best of the few of a quick run: what else the machine does makes none of them less."""
    return min(values) if run.is_quick else median(values)


def _answers(here: Serving) -> None:
    with urllib.request.urlopen(f"{here.address}/", timeout=60) as answer:
        assert answer.status == 200, answer.status


# --- Pages --------------------------------------------------------------------------------------


def _in_browser(run: "Run", browser: Browser, here: Serving) -> Iterator[Row]:
    known = _signed_in(browser, here)
    yield _row("resident", "after somebody signed in", here.megabytes, "MB")
    contact = _some_contact(browser, known, here)
    pages = ["/", contact] if run.is_quick else ["/", contact, "/contacts/", "/assistant", "/settings"]
    settling = _QUICK_MS_SETTLING if run.is_quick else _MS_SETTLING
    for width in WIDTHS:
        loads = [_load(browser, known, here, path, width, settling=settling) for path in pages]
        yield from _loaded(f"{width} wide", loads, here)
        with _context(browser, here, width, known) as context:
            yield from _interactions(run, context.new_page(), contact, f"{width} wide")


def _signed_in(browser: Browser, here: Serving) -> list[Any]:
    """The cookies of somebody who has seen the dashboard, for browsers that keep nothing else."""
    with _context(browser, here, 1280) as context:
        page = context.new_page()
        page.goto("/login/")
        page.locator("#id_username").fill("demo")
        page.locator("#id_password").fill(PASSWORD)
        page.locator("main button").click()
        page.locator("#day").wait_for()
        return context.cookies()


def _some_contact(browser: Browser, known: list[Any], here: Serving) -> str:
    with _context(browser, here, 1280, known) as context:
        page = context.new_page()
        page.goto("/contacts/")
        return page.locator("#rows .list-main a").first.get_attribute("href") or ""


class Load:
    """One page, loaded by a browser that has nothing of it yet."""

    def __init__(self, page: Page) -> None:
        self.sizes: dict[str, float] = {}
        self.addresses: list[str] = []
        session: CDPSession = page.context.new_cdp_session(page)
        session.send("Network.enable")
        session.on("Network.requestWillBeSent", lambda said: self.addresses.append(said["request"]["url"]))
        session.on("Network.loadingFinished", self._finished)

    def _finished(self, said: dict[str, Any]) -> None:
        self.sizes[said["requestId"]] = said["encodedDataLength"]

    def read(self, page: Page) -> None:
        self.path = urlsplit(page.url).path
        self.seen: dict[str, Any] = page.evaluate("benchSeen")
        paint = page.evaluate("performance.getEntriesByName('first-contentful-paint').map(entry => entry.startTime)")
        self.painted_after = paint[0] if paint else 0.0

    @property
    def kilobytes(self) -> float:
        """As it came over the wire, heads included."""
        return sum(self.sizes.values()) / 1_000

    def strangers(self, here: Serving) -> list[str]:
        return [one for one in self.addresses if urlsplit(one).scheme != "data" and not one.startswith(here.address)]

    def blocking_strangers(self, here: Serving) -> list[str]:
        """Without which nothing is painted."""
        return [
            one for one, status in self.seen["resources"] if status == "blocking" and not one.startswith(here.address)
        ]


def _load(browser: Browser, known: list[Any], here: Serving, path: str, width: int, *, settling: int) -> Load:
    with _context(browser, here, width, known) as context:
        page = context.new_page()
        load = Load(page)
        _open(page, path)
        page.wait_for_timeout(settling)
        load.read(page)
    if load.path.rstrip("/") != path.rstrip("/"):
        raise SystemExit(f"{path} led to {load.path}.")
    return load


def _loaded(where: str, loads: list[Load], here: Serving) -> Iterator[Row]:
    dashboard, shifted = loads[0], max(loads, key=lambda load: load.seen["shifted"])
    yield _row("the dashboard, all in", where, dashboard.kilobytes, "kB", goal=DASHBOARD_KILOBYTES)
    yield _row("the dashboard's first paint", where, dashboard.painted_after, "ms")
    worst = f"{where}, worst: {shifted.path}"
    yield _row("layout that shifts while it loads", worst, shifted.seen["shifted"], "", goal=SHIFTED)
    strangers = sum(len(load.strangers(here)) for load in loads)
    yield _row("requests to another origin", f"{where}, {len(loads)} pages", strangers, "", goal=0)
    blocking = sum(len(load.blocking_strangers(here)) for load in loads)
    yield _row("other origins that block the first paint", f"{where}, {len(loads)} pages", blocking, "", goal=0)


# --- Interactions -------------------------------------------------------------------------------


def _interactions(run: "Run", page: Page, contact: str, where: str) -> Iterator[Row]:
    """From a press to the next frame, and, where the answer comes from the server, to what shows that it is asked."""
    goal, times = run.clock(INTERACTION_MS), 2 if run.is_quick else 10
    menu = [_press(page, "/", _more_of_a_suggestion) for _time in range(times)]
    yield _row("opening a menu", where, _typical(run, menu), "ms", goal=goal)
    form = [_press(page, contact, _log_form) for _time in range(times)]
    yield _row("opening a form", where, _typical(run, form), "ms", goal=goal)
    letter, hits = zip(*(_type(page) for _time in range(times)), strict=True)
    yield _row("a letter in the search", where, _typical(run, letter), "ms", goal=goal)
    yield _row("a letter in the search, until its hits", where, _typical(run, hits), "ms")
    works, there = zip(*(_brief(page, contact) for _time in range(times)), strict=True)
    yield _row("«Briefing», until it shows that it works", where, _typical(run, works), "ms", goal=goal)
    yield _row("«Briefing», until it is there", where, _typical(run, there), "ms")


def _press(page: Page, path: str, what: Callable[[Page], Locator]) -> float:
    _open(page, path)
    return _longest_event(page, lambda: what(page).click())


def _more_of_a_suggestion(page: Page) -> Locator:
    return page.locator(".suggestion-more summary").first


def _log_form(page: Page) -> Locator:
    return page.locator(".quick-forms summary").first


def _type(page: Page) -> tuple[float, float]:
    _open(page, "/contacts/")
    page.locator("input[type=search]").focus()
    page.evaluate("benchFeedback('keydown', '#rows .list')")
    took = _longest_event(page, lambda: page.keyboard.press("m"))
    return took, float(page.evaluate("benchSeen.feedback"))


def _brief(page: Page, contact: str) -> tuple[float, float]:
    _open(page, contact)
    page.evaluate("benchFeedback('click', '#briefing-button')")
    began = time.perf_counter()
    page.locator("#briefing-button").click()
    page.locator("#briefing-title").wait_for()
    there = (time.perf_counter() - began) * 1_000
    return float(page.evaluate("benchSeen.feedback")), there


def _longest_event(page: Page, press: Callable[[], None]) -> float:
    """Milliseconds from the press to the frame that shows what it did."""
    page.evaluate("benchSeen.events.length = 0")
    press()
    # Two frames, and the observers have been told.
    page.evaluate(
        "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 100))))"
    )
    return float(max([_SHORTEST_MS, *page.evaluate("benchSeen.events")]))


def _open(page: Page, path: str) -> None:
    """Whole, with the suggestions that a large book's dashboard asks for afterwards."""
    page.goto(path)
    page.locator("#suggestions[aria-busy]").wait_for(state="detached")


def _context(browser: Browser, here: Serving, width: int, known: list[Any] | None = None) -> BrowserContext:
    viewport: Any = {"width": width, "height": 800}
    context = browser.new_context(base_url=here.address, locale="fr-FR", viewport=viewport)
    context.add_init_script(_WATCH)
    if known:
        context.add_cookies(known)
    return context


def _row(what: str, where: str, measured: float, unit: str, *, goal: float | None = None) -> Row:
    return Row(part="weight", what=what, where=where, measured=measured, unit=unit, goal=goal)
