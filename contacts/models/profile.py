"""What the product knows of its user."""

import zoneinfo

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from contacts.models.suggestion import SuggestionType

# More than a screen is no suggestion any more, it is a list.
MOST_SUGGESTIONS = 8


def check_time_zone(name: str) -> None:
    """Raises `ValidationError` unless `name` is an IANA time zone that this machine knows."""
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        raise ValidationError(_("“%(name)s” is not a time zone."), params={"name": name}) from None


def all_suggestion_types() -> list[str]:
    return list(SuggestionType.values)


class Profile(models.Model):
    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="profile")
    language = models.CharField(
        _("language"), max_length=10, blank=True, choices=settings.LANGUAGES, help_text=_("Empty: the browser's.")
    )
    time_zone = models.CharField(
        _("time zone"), max_length=64, blank=True, validators=[check_time_zone], help_text=_("Empty: the server's.")
    )
    suggestions_shown = models.PositiveSmallIntegerField(
        _("suggestions at most"),
        default=MOST_SUGGESTIONS,
        validators=[MinValueValidator(0), MaxValueValidator(MOST_SUGGESTIONS)],
        help_text=_("From 0 to 8."),
    )
    suggestion_types = models.JSONField(_("kinds of suggestions"), default=all_suggestion_types, blank=True)
    dates_ahead_days = models.PositiveSmallIntegerField(
        _("days ahead for birthdays and dates"),
        default=14,
        validators=[MaxValueValidator(60)],
        help_text=_("How early a birthday is suggested, up to 60 days."),
    )

    class Meta:
        verbose_name = _("profile")
        verbose_name_plural = _("profiles")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(suggestions_shown__lte=MOST_SUGGESTIONS), name="profile_suggestions_shown"
            ),
            models.CheckConstraint(condition=models.Q(dates_ahead_days__lte=60), name="profile_dates_ahead"),
        ]

    def __str__(self) -> str:
        return str(self.user)

    @classmethod
    def of(cls, user: AbstractBaseUser | AnonymousUser) -> "Profile":
        """The user's profile; an unsaved one until they have said anything."""
        try:
            profile: Profile = user.profile  # type: ignore[union-attr]
        except ObjectDoesNotExist:
            profile = cls(user_id=user.pk)  # type: ignore[misc]
        return profile

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        try:
            return zoneinfo.ZoneInfo(self.time_zone or settings.TIME_ZONE)
        except zoneinfo.ZoneInfoNotFoundError:  # the machine's list changed since it was chosen
            return zoneinfo.ZoneInfo(settings.TIME_ZONE)
