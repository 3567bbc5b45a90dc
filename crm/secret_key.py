"""The server's secret key, for an installation that names none."""

import os
from contextlib import suppress
from pathlib import Path

from django.core.management.utils import get_random_secret_key


def read_or_create(path: Path) -> str:
    """The key kept in `path`, made on the first call (mode 600, never overwritten), and the same for all who ask."""
    if not path.exists():
        _create(path)
    return path.read_text().strip()


def _create(path: Path) -> None:
    """Written elsewhere first: nobody reads a file that is still empty."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
        file.write(get_random_secret_key())
    with suppress(FileExistsError):
        os.link(draft, path)
    draft.unlink()
