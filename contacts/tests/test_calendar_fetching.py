"""What this server can be made to ask for a calendar, and what it refuses to."""

import socket
import threading

import pytest
from django.core.checks import run_checks
from werkzeug import Response

from contacts.calendars import fetching
from contacts.calendars.fetching import FetchError
from contacts.tests.icalendar_files import calendar, event

FILE = calendar(event())
OK = b"HTTP/1.1 200 OK\r\n"


@pytest.fixture
def server(httpserver, settings):
    """A server on this machine, which is exempt; its address and what it answers are the test's."""
    settings.CALENDAR_PRIVATE_ORIGINS = [httpserver.url_for("").rstrip("/")]
    return httpserver


def refusal(url):
    with pytest.raises(FetchError) as refused:
        fetching.fetch(url)
    return refused.value.reason


@pytest.fixture
def resolving(monkeypatch):
    """Makes names resolve to these addresses, one answer after the other; says where was connected to."""
    connected = []

    def resolving(*answers):
        left = list(answers)

        def getaddrinfo(host, port, *args, **kwargs):
            found = left.pop(0) if len(left) > 1 else left[0]
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in found]

        def create_connection(address, *args, **kwargs):
            connected.append(address[0])
            raise ConnectionRefusedError

        monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
        monkeypatch.setattr(socket, "create_connection", create_connection)
        return connected

    return resolving


# --- Where it may go ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.8.8.8",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "255.255.255.255",
        "224.0.0.251",
        "192.0.0.8",
        "198.18.0.1",
        "240.0.0.1",
        "::1",
        "::",
        "::ffff:127.0.0.1",
        "::ffff:a9fe:a9fe",
        "::127.0.0.1",
        "fe80::1",
        "fe80::1%eth0",
        "fc00::1",
        "fd00:ec2::254",
        "ff02::1",
        "fec0::1",
        "64:ff9b::7f00:1",
        "64:ff9b:1::1",
        "2002:7f00:1::",
        "2002:a9fe:a9fe::",
        "2001:0:53aa:64c::",
        "2001:db8::1",
    ],
)
def test_an_address_inside_is_none_to_fetch_from(address):
    assert not fetching.is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_an_address_of_the_internet_is(address):
    assert fetching.is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/a.ics",
        "https://localhost/a.ics",
        "https://[::1]/",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://127.1/",
        "https://0177.0.0.1/",
        "https://[::ffff:7f00:1]/",
        "https://169.254.169.254/latest/meta-data/",
        "webcal://10.0.0.1/a.ics",
        "https://127.0.0.1:8443/",
    ],
)
def test_every_way_to_write_this_machine_is_refused(url):
    assert refusal(url) == "private"


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://calendar.example/a.ics", "not_https"),
        ("ftp://calendar.example/a.ics", "not_https"),
        ("file:///etc/passwd", "address"),
        ("/etc/passwd", "address"),
        ("https://", "address"),
        ("https://calendar.example:22/", "port"),
        ("https://calendar.example:8000/", "port"),
        ("https://user:secret@calendar.example/", "address"),
        ("https://calendar.example/a b", "address"),
        ("https://calendar.example/\r\nX-Injected: 1", "address"),
        ("https://calendar.example:99999/", "address"),
        ("https://[::1", "address"),
        ("https://" + "a" * 64 + ".example/", "address"),
        ("https://calendar.example/" + "a" * 1000, "address"),
    ],
)
def test_what_is_no_address_of_a_calendar_is_refused_before_anybody_is_asked(url, reason, resolving):
    connected = resolving(["8.8.8.8"])
    assert refusal(url) == reason
    assert connected == []


def test_webcal_means_https_and_letters_are_written_as_the_wire_wants_them():
    assert fetching.checked("webcal://Exämple.org/é?k=ü") == "https://xn--exmple-cua.org/%C3%A9?k=%C3%BC"


def test_one_private_address_among_public_ones_is_enough_to_refuse(resolving):
    connected = resolving(["8.8.8.8", "10.0.0.1"])
    assert refusal("https://calendar.example/") == "private"
    assert connected == []


def test_a_name_is_resolved_once_and_the_connection_goes_to_that_address(resolving):
    connected = resolving(["8.8.8.8"], ["127.0.0.1"])
    assert refusal("https://calendar.example/") == "unreachable"
    assert connected == ["8.8.8.8"]


def test_a_server_that_cannot_be_found_is_said(monkeypatch):
    def getaddrinfo(*args, **kwargs):
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    assert refusal("https://calendar.example/") == "unresolved"


@pytest.mark.parametrize(
    ("elsewhere", "reason"),
    [
        ("https://127.0.0.1/", "private"),
        ("https://[::ffff:169.254.169.254]/", "private"),
        ("http://calendar.example/", "not_https"),
        ("file:///etc/passwd", "address"),
        ("https://user@calendar.example/", "address"),
    ],
)
def test_a_redirect_goes_through_the_same_door(server, elsewhere, reason):
    server.expect_request("/a.ics").respond_with_response(Response(status=302, headers={"Location": elsewhere}))
    assert refusal(server.url_for("/a.ics")) == reason


def test_another_port_of_an_exempt_server_is_not_exempt(server, settings):
    settings.CALENDAR_PRIVATE_ORIGINS = ["http://localhost:1"]
    assert refusal(server.url_for("/a.ics")) == "not_https"


def test_no_origin_is_exempt_unless_the_server_says_so(settings):
    assert settings.CALENDAR_PRIVATE_ORIGINS == []
    assert "contacts.W001" not in {check.id for check in run_checks(include_deployment_checks=True)}
    settings.CALENDAR_PRIVATE_ORIGINS = ["https://cloud.home"]
    (warning,) = [check for check in run_checks(include_deployment_checks=True) if check.id == "contacts.W001"]
    assert "https://cloud.home" in warning.msg


# --- What comes back ----------------------------------------------------------------------------


def test_a_calendar_is_fetched_also_behind_a_redirect(server):
    server.expect_request("/old").respond_with_response(Response(status=301, headers={"Location": "/new?a=b"}))
    server.expect_request("/new", query_string="a=b").respond_with_data(
        FILE, headers={"ETag": '"1"', "Last-Modified": "Mon, 23 Nov 2026 08:00:00 GMT"}
    )
    fetched = fetching.fetch(server.url_for("/old"))
    assert fetched.data == FILE
    assert (fetched.etag, fetched.last_modified) == ('"1"', "Mon, 23 Nov 2026 08:00:00 GMT")


def test_what_has_not_changed_is_not_sent_again(server):
    server.expect_request("/a.ics", headers={"If-None-Match": '"1"'}).respond_with_data("", status=304)
    assert fetching.fetch(server.url_for("/a.ics"), etag='"1"') is None


def test_nothing_of_this_server_or_its_user_goes_along(server):
    server.expect_request("/a.ics").respond_with_data(FILE)
    fetching.fetch(server.url_for("/a.ics"))
    (request, _response) = server.log[-1]
    assert set(request.headers.keys()) <= {"Host", "Accept", "Accept-Encoding", "User-Agent"}


@pytest.mark.parametrize("status", [204, 401, 404, 410, 500])
def test_a_refusal_is_said_with_its_status(server, status):
    server.expect_request("/a.ics").respond_with_data("no", status=status)
    with pytest.raises(FetchError) as refused:
        fetching.fetch(server.url_for("/a.ics"))
    assert (refused.value.reason, refused.value.detail) == ("status", str(status))


def test_a_circle_of_redirects_ends(server):
    server.expect_request("/a.ics").respond_with_response(Response(status=302, headers={"Location": "/a.ics"}))
    assert refusal(server.url_for("/a.ics")) == "redirects"
    assert len(server.log) == 5


def test_what_is_too_large_is_not_read_to_its_end(server):
    sent = []

    def endless():
        for _ in range(100):
            sent.append(1)
            yield b"x" * 1024 * 1024

    server.expect_request("/a.ics").respond_with_handler(lambda request: Response(endless()))
    assert refusal(server.url_for("/a.ics")) == "too_large"
    assert len(sent) < 30


def test_what_is_packed_unasked_is_refused(server):
    server.expect_request("/a.ics").respond_with_data(b"\x1f\x8b", headers={"Content-Encoding": "gzip"})
    assert refusal(server.url_for("/a.ics")) == "encoding"


@pytest.fixture
def talker(settings):
    """A server that says what the test wants, byte by byte, until it is hung up on."""
    listener = socket.create_server(("127.0.0.1", 0))
    origin = f"http://127.0.0.1:{listener.getsockname()[1]}"
    settings.CALENDAR_PRIVATE_ORIGINS = [origin]
    hung_up = threading.Event()

    def talker(pieces):
        def talk():
            connection, _ = listener.accept()
            with connection:
                connection.recv(4096)
                try:
                    for piece in pieces:
                        connection.sendall(piece)
                        if hung_up.wait(0.02):
                            return
                except OSError:
                    return

        threading.Thread(target=talk, daemon=True).start()
        return origin

    yield talker
    hung_up.set()
    listener.close()


@pytest.mark.parametrize(
    "beginning", [b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 999999\r\n\r\n"]
)
def test_a_byte_now_and_then_does_not_hold_on_to_us(talker, monkeypatch, beginning):
    monkeypatch.setattr(fetching, "SECONDS", 0.3)
    drip = [beginning or b"H", *([b"X" if b"\r\n\r\n" in beginning or not beginning else b"a"] * 1_000)]
    assert refusal(talker(drip)) in ("timeout", "unreachable")


@pytest.mark.parametrize("garbage", [b"", b"SSH-2.0-OpenSSH\r\n", b"HTTP/1.1 2000 \r\n\r\n", b"\x15\x03\x01\x00\x02"])
def test_what_is_no_answer_at_all_is_said(talker, garbage):
    assert refusal(talker([garbage])) == "unreachable"
