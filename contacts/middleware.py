"""Gives each request its user's book."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from contacts.book import Book
from contacts.settling import settle


class BookMiddleware:
    sync_capable = True
    async_capable = False

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.book = Book(request.user)  # type: ignore[attr-defined]
        if request.user.is_authenticated:
            settle(request.book)  # type: ignore[attr-defined]
        return self.get_response(request)
