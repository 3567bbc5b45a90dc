"""Answers that every app gives in the same shape."""

from collections.abc import AsyncIterator, Iterator

from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse, StreamingHttpResponse
from django.utils.cache import patch_vary_headers
from django.utils.encoding import force_bytes

from contacts.book import Book
from contacts.threads import in_thread


def json_error(code: str, message: str, *, status: int, **extra: object) -> JsonResponse:
    """`{"error": {"code", "message", …}}`; the message is in the user's language and fit to show."""
    return JsonResponse({"error": {"code": code, "message": str(message), **extra}}, status=status)


def is_fragment(request: HttpRequest) -> bool:
    """Whether htmx asks for a part of the page; going back in history asks for all of it."""
    htmx = request.htmx  # type: ignore[attr-defined]
    return bool(htmx) and not htmx.boosted and not htmx.history_restore_request


def vary_on_htmx(response: HttpResponse) -> HttpResponse:
    """Tells caches that a page and its fragment share this address."""
    patch_vary_headers(response, ["HX-Request"])
    return response


def as_download(response: HttpResponseBase, *, name: str) -> HttpResponseBase:
    """A file of that name (plain letters), which no cache keeps."""
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def streamed(
    request: HttpRequest, pieces: Iterator[str] | Iterator[bytes], *, content_type: str
) -> StreamingHttpResponse:
    """One piece at a time, each made in a thread when the one before has gone: a slow reader holds no connection."""
    if not isinstance(request, ASGIRequest):
        return StreamingHttpResponse(map(force_bytes, pieces), content_type=content_type)

    async def send() -> AsyncIterator[bytes]:
        take = in_thread(next)
        while (piece := await take(pieces, None)) is not None:
            yield force_bytes(piece)

    return StreamingHttpResponse(send(), content_type=content_type)


def book_of(request: HttpRequest) -> Book:
    """The book of whoever is signed in: see `contacts.middleware`."""
    book: Book = request.book  # type: ignore[attr-defined]
    return book
