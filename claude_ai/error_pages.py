"""Error reports about requests that have seen an API key."""

from collections.abc import ItemsView
from typing import Any

from django.http import HttpRequest, QueryDict
from django.views.debug import SafeExceptionReporterFilter


class WithoutValues(SafeExceptionReporterFilter):
    """Says where it failed, never with what: no variables and no form fields, even with `DEBUG` on.

    The decorators of `django.views.decorators.debug` hide nothing while `DEBUG` is on, and
    cannot reach into the frames of the SDK, which hold the key in a header.
    """

    def get_post_parameters(self, request: HttpRequest | None) -> dict[str, Any]:
        hidden = QueryDict(mutable=True)
        for name in request.POST if request else ():
            hidden[name] = self.cleansed_substitute
        return hidden

    def get_traceback_frame_variables(self, request: HttpRequest | None, tb_frame: Any) -> ItemsView[str, Any]:
        return ItemsView({})


def keep_values_out(request: HttpRequest) -> None:
    """From now on, an error page about this request shows no values."""
    request.exception_reporter_filter = WithoutValues()
