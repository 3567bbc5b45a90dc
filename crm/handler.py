"""From the event loop into Django and back, once for each request."""

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIHandler
from django.http import HttpRequest, HttpResponseBase

from contacts.turns import turns


class Handler(ASGIHandler):
    """Django's own, with all middleware and the view in one go in the request's thread.

    Django's goes back to the event loop between the last middleware and the view, for views that are coroutines. Here
    none is, and each way there and back waits behind all that streams have to do.
    """

    def __init__(self) -> None:
        self.load_middleware()

    async def get_response_async(self, request: HttpRequest) -> HttpResponseBase:
        with turns().page():
            return await sync_to_async(self.get_response)(request)
