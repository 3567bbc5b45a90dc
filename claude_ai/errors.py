# ruff: noqa: N818  # the names are the codes of the contract
"""Every way in which a request about Claude can fail: a code, a status, and a sentence for the user.

The sentences are ours. What the API says in its errors can repeat the request, so it is never
shown nor logged; its request id is enough to ask about it.
"""

from typing import Any, ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from claude_ai.tokens import TokenCounts

NOTHING_SPENT = TokenCounts()


class ClaudeError(Exception):
    code: ClassVar[str]
    status: ClassVar[int]
    message: ClassVar[str | Promise]

    def __init__(
        self,
        *,
        retry_after: int | None = None,
        request_id: str | None = None,
        spent: TokenCounts = NOTHING_SPENT,
    ) -> None:
        super().__init__(self.code)
        self.retry_after = retry_after
        self.request_id = request_id
        self.spent = spent

    def as_dict(self) -> dict[str, Any]:
        """In the language that is active now."""
        return {"code": self.code, "message": str(self.message)}


# --- Here, before anything is sent ------------------------------------------------------------


class AiDisabled(ClaudeError):
    code, status = "ai_disabled", 503
    message = _("The features that use Claude are switched off on this server.")


class NoApiKey(ClaudeError):
    code, status = "no_api_key", 503
    message = _("There is no API key for Claude yet: paste one in the settings.")


class BudgetExceeded(ClaudeError):
    code, status = "budget_exceeded", 429
    message = _("This month's budget for Claude is used up. It starts anew next month.")


class Invalid(ClaudeError):
    """What the user sent cannot be used; `fields` says which part and why."""

    code, status = "invalid", 400
    message = _("Some of what was sent cannot be used. Nothing was changed.")

    def __init__(self, fields: dict[str, list[str]] | None = None) -> None:
        super().__init__()
        self.fields = fields or {}

    def as_dict(self) -> dict[str, Any]:
        return super().as_dict() | ({"fields": self.fields} if self.fields else {})


class TooLarge(ClaudeError):
    code, status = "too_large", 413
    message = _("This is too much text for one request. Shorten it and try again.")


# --- Said by the API, or by the network -------------------------------------------------------


class NotAccepted(ClaudeError):
    """A request that the API calls invalid, which is this product's mistake or the model's limit."""

    code, status = "invalid", 400
    message = _("Claude did not accept this request. Another model in the settings may accept it.")


class InvalidApiKey(ClaudeError):
    code, status = "invalid_api_key", 502
    message = _("Claude does not accept this API key. Check it in the settings.")


class NotPermitted(ClaudeError):
    code, status = "permission", 502
    message = _("The account of this API key may not do this. Its administrator decides in the Claude Console.")


class Unpaid(NotPermitted):
    message = _(
        "The account of this API key cannot pay for the request. See its billing and limits in the Claude Console."
    )


class ModelUnavailable(ClaudeError):
    code, status = "model_unavailable", 502
    message = _("The chosen model is not available. Choose another one in the settings.")


class RateLimited(ClaudeError):
    code, status = "rate_limited", 429
    message = _("Claude has had too many requests from this account. Wait a moment and try again.")


class Refused(ClaudeError):
    code, status = "refused", 502
    message = _("Claude declined to answer this request.")


class BadResponse(ClaudeError):
    code, status = "bad_response", 502
    message = _("Claude's answer could not be used. Try again.")


class ServerStops(ClaudeError):
    """Ours, not the API's: whoever waits for an answer may ask again, and another process will answer."""

    code, status = "unreachable", 502
    message = _("The server is being restarted, and the answer stops here. What came is kept: ask to go on.")


class Unreachable(ClaudeError):
    code, status = "unreachable", 502
    message = _("Claude could not be reached. Check this server's connection to the Internet.")


class BrokenOff(Unreachable):
    """Reached, but not to the end."""

    message = _("Claude's answer broke off on its way. What came is kept: try again, or ask to go on.")


class Overloaded(ClaudeError):
    code, status = "overloaded", 503
    message = _("Claude is overloaded or out of order for the moment. Try again in a minute.")


class TimedOut(ClaudeError):
    code, status = "timeout", 504
    message = _("Claude took too long to answer. Try again.")


class FailedForAnother(ClaudeError):
    """The same question was asked a moment ago, and this is what became of it."""

    code, status = "unreachable", 502
    message = Unreachable.message

    def __init__(self, said: dict[str, Any]) -> None:
        super().__init__()
        self.said = said

    def as_dict(self) -> dict[str, Any]:
        return self.said
