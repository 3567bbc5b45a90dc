"""Makes the pictures of the README from the sample data: `make pictures`."""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "pictures"
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
PASSWORD = "for the pictures"  # noqa: S105  # of an account that lives as long as this script


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        own = {"DATABASE_URL": f"sqlite:///{folder}/db.sqlite3", "PORT": "0", "DEMO_PASSWORD": PASSWORD}
        server = subprocess.Popen(  # noqa: S603
            [sys.executable, ROOT / "manage.py", "serve"], env=os.environ | own, stdout=subprocess.PIPE, text=True
        )
        try:
            take(address_of(server))
        finally:
            server.terminate()
            server.wait()


def address_of(server: "subprocess.Popen[str]") -> str:
    assert server.stdout
    for line in server.stdout:
        if found := re.match(r"Address:\s+(\S+)/", line):
            return found[1]
    raise SystemExit("The server did not start.")


def take(address: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(base_url=address, locale="fr-FR", viewport={"width": 1200, "height": 900})
        page.goto("/login/")
        page.locator("#id_username").fill("demo")
        page.locator("#id_password").fill(PASSWORD)
        page.locator("main button").click()
        page.wait_for_url("**/")
        page.screenshot(path=PICTURES / "dashboard.png")
        brief(page)
        browser.close()


def brief(page: Page) -> None:
    page.goto("/contacts/?q=helene+dubois")
    page.locator("#rows .list-main a").first.click()
    page.locator("#briefing-button").click()
    page.locator("#briefing-title").wait_for()
    page.screenshot(path=PICTURES / "briefing.png")


if __name__ == "__main__":
    main()
