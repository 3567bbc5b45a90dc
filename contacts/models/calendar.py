"""The user's calendars: the feed that goes out to them."""

import datetime as dt
import hashlib
import secrets
import uuid

from django.conf import settings
from django.contrib.auth.models import User
from django.db import models
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _

from contacts.models.base import OwnedModel, OwnedQuerySet

# 256 bits: beyond guessing, so that a plain hash of it tells nothing.
_TOKEN_BYTES = 32


def _hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


class CalendarFeed(OwnedModel):
    """What a user's calendar programs may read without signing in, by an address that is the key.

    Only a hash of the secret part is kept: the address is shown once, when it is made.
    """

    owner = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        verbose_name=_("owner"),
        related_name="calendar_feed",
        editable=False,
    )
    # None: there is no address.
    token_hash = models.CharField(max_length=64, unique=True, null=True, editable=False)  # noqa: DJ001
    # In the identity of every event, so that a new address brings the same events.
    namespace = models.UUIDField(default=uuid.uuid4, editable=False)
    made_at = models.DateTimeField(_("address made"), null=True, editable=False)
    read_at = models.DateTimeField(_("last read"), null=True, editable=False)
    with_birthdays = models.BooleanField(_("birthdays"), default=True)
    with_dates = models.BooleanField(_("other dates"), default=True)
    with_follow_ups = models.BooleanField(_("follow-ups due"), default=True)
    with_meetings = models.BooleanField(_("planned meetings"), default=True)
    # Since when follow-ups and meetings are as they are: a calendar takes an event anew when its
    # revision is later, and the rows themselves do not tell when they were changed.
    digest = models.CharField(max_length=64, blank=True, editable=False)
    changed_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = OwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("calendar feed")
        verbose_name_plural = _("calendar feeds")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(token_hash=None) | models.Q(made_at__isnull=False), name="feed_address_has_moment"
            ),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name}: {self.owner}"

    @staticmethod
    def found_by(token: str) -> "CalendarFeed | None":
        """The feed whose address holds `token`, with its owner, who can still sign in."""
        wanted = _hash_of(token)
        feeds = CalendarFeed.objects.select_related("owner__profile").filter(owner__is_active=True)
        feed = feeds.filter(token_hash=wanted).first()
        return feed if feed and constant_time_compare(feed.token_hash or "", wanted) else None

    @staticmethod
    def of(owner: User) -> "CalendarFeed":
        """The user's; an unsaved one until they have said anything."""
        return CalendarFeed.objects.owned_by(owner).first() or CalendarFeed(owner=owner)

    @property
    def has_address(self) -> bool:
        return self.token_hash is not None

    def make_address(self) -> str:
        """The secret part of a new address; the one before is dead from now on."""
        token = secrets.token_urlsafe(_TOKEN_BYTES)
        self.token_hash, self.made_at, self.read_at = _hash_of(token), timezone.now(), None
        self.save()
        return token

    def revoke(self) -> None:
        self.token_hash = None
        self.save(update_fields=["token_hash"])

    def note_read(self, now: dt.datetime, digest: str) -> None:
        """Keeps when it was read, to the hour, and since when its changing part is what `digest` stands for."""
        fields = []
        if digest != self.digest:
            self.digest, self.changed_at = digest, now
            fields += ["digest", "changed_at"]
        if self.read_at is None or now - self.read_at > dt.timedelta(hours=1):
            self.read_at = now
            fields += ["read_at"]
        if fields:
            self.save(update_fields=fields)
