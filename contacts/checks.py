"""What somebody who runs this server should know before it is reached by others."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning, register  # noqa: A004


@register(Tags.security, deploy=True)
def check_private_origins(**kwargs: Any) -> list[CheckMessage]:
    if not settings.CALENDAR_PRIVATE_ORIGINS:
        return []
    return [
        Warning(
            f"Every user can make this server ask {', '.join(settings.CALENDAR_PRIVATE_ORIGINS)} for a calendar.",
            hint="Leave CALENDAR_PRIVATE_ORIGINS empty unless they may.",
            id="contacts.W001",
        )
    ]
