"""The user's calendars: the feed that goes out to them, and those that meetings come from."""

import datetime as dt
import hashlib
import secrets
import uuid
from typing import Self
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import User
from django.db import models
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _

from contacts.models.base import OwnedModel, OwnedQuerySet
from contacts.models.interaction import Interaction

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


# How long to leave a calendar alone: after it was read, and after it failed, doubled each time.
REFRESH_AFTER = dt.timedelta(minutes=10)
RETRY_AFTER = dt.timedelta(minutes=15)
RETRY_AT_MOST = dt.timedelta(hours=24)
# Of a calendar that says that it has not changed, the days ahead are not read: once a day, it is asked anew.
READ_ANEW_AFTER = dt.timedelta(hours=20)


class CalendarSourceQuerySet(OwnedQuerySet["CalendarSource"]):
    def subscribed(self) -> Self:
        return self.exclude(url="")

    def due(self, now: dt.datetime) -> Self:
        """To be read again now."""
        return self.subscribed().filter(next_check_at__lte=now)


class CalendarSource(OwnedModel):
    """A calendar from which meetings come: one that is subscribed to, or all files that were uploaded."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        verbose_name=_("owner"),
        related_name="calendar_sources",
        editable=False,
    )
    name = models.CharField(_("name"), max_length=100, blank=True)
    # Empty for the files.
    url = models.CharField(_("address"), max_length=1000, blank=True)
    own_addresses = models.TextField(
        _("your own e-mail addresses"),
        blank=True,
        help_text=_("Under which you are invited: separated by commas or spaces. You are not a guest of your own."),
    )
    etag = models.CharField(max_length=200, blank=True, editable=False)
    last_modified = models.CharField(max_length=100, blank=True, editable=False)
    checked_at = models.DateTimeField(null=True, editable=False)
    # When it last answered, and when its content was last read.
    succeeded_at = models.DateTimeField(null=True, editable=False)
    read_at = models.DateTimeField(null=True, editable=False)
    next_check_at = models.DateTimeField(default=timezone.now, editable=False)
    failure = models.CharField(max_length=20, blank=True, editable=False)
    failure_detail = models.CharField(max_length=20, blank=True, editable=False)
    failures = models.PositiveSmallIntegerField(default=0, editable=False)
    unreadable = models.PositiveIntegerField(default=0, editable=False)
    is_whole = models.BooleanField(default=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = CalendarSourceQuerySet.as_manager()

    class Meta:
        verbose_name = _("calendar")
        verbose_name_plural = _("calendars")
        ordering = ["created_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "url"],
                name="calendar_source_once",
                violation_error_message=_("You have this calendar already."),
            ),
        ]
        indexes = [models.Index(fields=["next_check_at"], name="calendar_source_by_check")]

    def __str__(self) -> str:
        return self.name or self.host or str(_("Uploaded files"))

    @property
    def is_subscribed(self) -> bool:
        return bool(self.url)

    @property
    def host(self) -> str:
        """All of the address that is shown: the rest of it may be a key."""
        return urlsplit(self.url).hostname or ""

    @property
    def own_mails(self) -> set[str]:
        """In lower case, the account's own among them."""
        named = self.own_addresses.replace(",", " ").replace(";", " ").lower().split()
        return {*named, *([self.owner.email.lower()] if self.owner.email else [])}

    def note_success(self, now: dt.datetime) -> None:
        self.checked_at = self.succeeded_at = now
        self.next_check_at = now + REFRESH_AFTER
        self.failure, self.failure_detail, self.failures = "", "", 0
        self.save()

    def note_failure(self, now: dt.datetime, reason: str, detail: str = "") -> None:
        """Keeps why, and leaves it alone for longer each time."""
        self.checked_at = now
        self.failure, self.failure_detail = reason, detail
        self.failures = min(self.failures + 1, 1_000)
        self.next_check_at = now + min(RETRY_AFTER * 2 ** min(self.failures - 1, 10), RETRY_AT_MOST)
        fields = ("checked_at", "failure", "failure_detail", "failures", "next_check_at")
        # Not by `save`, which would bring one back that was taken away meanwhile.
        CalendarSource.objects.filter(pk=self.pk).update(**{name: getattr(self, name) for name in fields})


class CalendarEventQuerySet(OwnedQuerySet["CalendarEvent"]):
    def without_people(self) -> Self:
        """Those that name nobody who is in the book."""
        return self.filter(state=CalendarEvent.State.LEFT)

    def cancelled(self) -> Self:
        return self.filter(state=CalendarEvent.State.CANCELLED)


class CalendarEvent(OwnedModel):
    """One event of a calendar, or one time of a recurring one, and the interaction that it became.

    `starts_at`, `title` and `contacts_put` are what the calendar said last: where the interaction
    says otherwise, its owner wrote it, and it is left as it is.
    """

    class State(models.TextChoices):
        # It became an interaction; where there is none any more, its owner deleted it, for good.
        TAKEN = "taken", _("taken")
        LEFT = "left", _("without anybody known")
        CANCELLED = "cancelled", _("cancelled")

    owner_path = "source__owner"

    source = models.ForeignKey(CalendarSource, on_delete=models.CASCADE, related_name="events")
    uid = models.CharField(max_length=200)
    # The time that a recurring event had before anybody moved this one, in UTC; a day is its date.
    recurrence = models.CharField(max_length=16, blank=True)
    starts_at = models.DateTimeField(_("when"))
    is_all_day = models.BooleanField(default=False)
    title = models.CharField(_("title"), max_length=200, blank=True)
    attendees = models.JSONField(default=list, blank=True)
    state = models.CharField(max_length=10, choices=State)
    interaction = models.ForeignKey(
        Interaction, on_delete=models.SET_NULL, related_name="calendar_events", null=True, blank=True
    )
    contacts_put = models.JSONField(default=list, blank=True)

    objects = CalendarEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("calendar event")
        verbose_name_plural = _("calendar events")
        ordering = ["starts_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["source", "uid", "recurrence"], name="calendar_event_once"),
            models.CheckConstraint(
                condition=models.Q(state__in=["taken", "left", "cancelled"]), name="calendar_event_state_known"
            ),
        ]
        indexes = [
            models.Index(fields=["source", "state", "starts_at"], name="calendar_event_by_time"),
            models.Index(fields=["uid"], name="calendar_event_by_uid"),
        ]

    def __str__(self) -> str:
        return self.title or str(_("Without a title"))

    @property
    def key(self) -> tuple[str, str]:
        return self.uid, self.recurrence

    @property
    def guests(self) -> list[str]:
        """Who was invited, by name where the calendar gives one."""
        return [name or mail for mail, name, _declined in self.attendees]

    def is_touched(self, people: set[int]) -> bool:
        """Whether its owner has made the interaction, which is with `people`, something of their own."""
        talk = self.interaction
        assert talk
        as_it_came = (talk.title, talk.body, talk.occurred_at, talk.kind) == (
            self.title,
            "",
            self.starts_at,
            Interaction.Kind.MEETING,
        )
        return not as_it_came or people != set(self.contacts_put)
