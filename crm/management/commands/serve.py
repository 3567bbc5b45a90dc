"""`manage.py serve`: one process that serves everything, ready to sign in."""

import gc
import os
import signal
import socket
import sys
from argparse import ArgumentParser
from ipaddress import ip_address
from typing import Any

import uvicorn
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, no_translations
from django.db import OperationalError, connections, transaction

from contacts import search_index
from contacts.demo import account, builder
from contacts.stopping import server_stops
from crm import setup_link, static_files, together
from crm.at_hand import database_at_hand
from crm.middleware import LOOPBACK
from crm.settings import env

# How long a page's thread may wait for the event loop, each time that it comes back from the database; Python's
# own 5 ms make it slow as soon as there are many streams.
SWITCH_SECONDS = 0.001
# After how many new objects Python looks for garbage among them, after how many times among those before too, and after
# how many times of that among all.
GARBAGE_AFTER = (5_000, 5, 50)


class Command(BaseCommand):
    help = (
        "Makes the database and the static files ready, makes sample data if there is no user yet, says where to go "
        "and how to sign in, and serves until Ctrl-C. HOST, PORT, DEMO and DEMO_PASSWORD of the environment, or "
        "these options, say otherwise."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default=env.str("HOST", default="127.0.0.1"), help="the address to serve on")
        parser.add_argument("--port", default=env.str("PORT", default="8000"), type=int, help="0 takes any free one")

    @no_translations
    def handle(self, *, host: str, port: int, **options: Any) -> None:
        # The database, where it is a file, is a whole private address book.
        os.umask(0o077)
        # A service manager ends it as a person does.
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        try:
            with _listen(host, port) as listener:
                self._prepare()
                self._greet(host, listener.getsockname()[1])
                connections.close_all()
                with database_at_hand():
                    _serve(listener)
        except OperationalError as error:
            raise CommandError(f"The database does not answer: {' '.join(str(error).split())}") from error
        except KeyboardInterrupt:
            self.stdout.write("Stopped.")

    def _prepare(self) -> None:
        with together.one_at_a_time():
            self._make_ready()

    def _make_ready(self) -> None:
        call_command("migrate", interactive=False, verbosity=0)
        search_index.refresh()
        if not settings.DEBUG and static_files.collect_if_changed():
            self.stdout.write("Static files collected.")
        if env.bool("DEMO", default=True) and not get_user_model().objects.exists():
            with transaction.atomic():
                builder.fill(account.create(env.str("DEMO_PASSWORD", default="")))
            self.stdout.write("Sample data made.")

    def _greet(self, host: str, port: int) -> None:
        address = _address(host, port)
        lines = [f"Address:   {address}/", *_how_to_sign_in(address), *_what_else_it_takes(host), "Ctrl-C stops."]
        self.stdout.write("\n".join(["", *lines, ""]))
        self.stdout.flush()


def _listen(host: str, port: int) -> socket.socket:
    """The socket, held from the beginning: nothing is done, or printed, for a port that is taken."""
    try:
        family, *_ = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        return socket.create_server((host, port), family=family, backlog=2048)
    except (OSError, OverflowError) as error:
        reason = str(getattr(error, "strerror", None) or error).partition(" (while")[0].rstrip(".")
        raise CommandError(f"Cannot serve on {host}, port {port}: {reason}. PORT=… takes another one.") from error


def _serve(listener: socket.socket) -> None:
    module, _dot, name = settings.ASGI_APPLICATION.rpartition(".")
    config = uvicorn.Config(
        f"{module}:{name}",
        lifespan="off",
        log_config=None,
        log_level="warning",
        # It would hold who was looked up, and when.
        access_log=False,
        server_header=False,
        forwarded_allow_ips=settings.FORWARDED_ALLOW_IPS,
        timeout_graceful_shutdown=settings.GRACE_SECONDS,
    )
    config.load()
    sys.setswitchinterval(SWITCH_SECONDS)
    _collect_garbage_less_often()
    _Server(config).run(sockets=[listener])


def _collect_garbage_less_often() -> None:
    """All waits while Python looks for garbage among all that there is: what was there from the beginning is none."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GARBAGE_AFTER)


class _Server(uvicorn.Server):
    """Tells those who keep an answer open that it ends, while there still is time to say so."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        server_stops.send(sender=type(self))
        await super().shutdown(sockets)


def _address(host: str, port: int) -> str:
    """As a browser on this machine writes it."""
    if host in ("", "0.0.0.0"):  # noqa: S104 - compared, not bound
        host = "127.0.0.1"
    elif host == "::":
        host = "::1"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _how_to_sign_in(address: str) -> list[str]:
    if not get_user_model().objects.exists():
        return [f"The first account is made here, once, within a day: {address}{setup_link.path()}"]
    user = account.find()
    if user is None:
        return []
    password = env.str("DEMO_PASSWORD", default="")
    if password:
        account.change_password(user, password)
    password = password or account.known_password(user)
    return [
        f"User:      {user.username}",
        f"Password:  {password or 'the one you chose (DEMO_PASSWORD=… sets another)'}",
    ]


def _what_else_it_takes(host: str) -> list[str]:
    """The settings without which no other machine gets an answer: none is changed by itself."""
    if _is_loopback(host):
        return []
    lines = []
    if set(settings.ALLOWED_HOSTS) <= LOOPBACK:
        lines.append(
            "Other machines are refused until ALLOWED_HOSTS has the name or address by which they call this one."
        )
    if settings.HTTPS:
        lines.append("Other machines are sent to https:// until HTTPS=False; without TLS, only in a network you trust.")
    return lines


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
