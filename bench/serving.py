"""`manage.py serve` as a process of its own, on loopback and a free port, while something is measured."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psutil

from bench.report import ROOT

# Of the user of the sample data.
PASSWORD = "correct horse battery staple"


@dataclass(frozen=True)
class Serving:
    port: int
    process: psutil.Process

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def megabytes(self) -> float:
        """Resident, of the process and whatever it has started."""
        return sum(one.memory_info().rss for one in (self.process, *self.process.children(recursive=True))) / 2**20


@contextmanager
def serving(database: str, **variables: str) -> Iterator[Serving]:
    """From the moment at which it has said its address; nothing of this machine's environment decides what it does."""
    environment = {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "bench.settings",
        "DATABASE_URL": database,
        "CACHE_URL": "locmemcache://",
        "CLAUDE_API_KEY": "",
        "DEMO_PASSWORD": PASSWORD,
        "PORT": "0",
    }
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "manage.py", "serve"],
        cwd=ROOT, env=environment | variables, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        said = ""
        while "Ctrl-C" not in said:
            line = process.stdout.readline()
            if not line:
                raise SystemExit(f"The server did not start: {said}")
            said += line
        yield Serving(int(re.findall(r"http://127\.0\.0\.1:(\d+)", said)[0]), psutil.Process(process.pid))
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)
