"""What was said, and what is planned."""

import datetime as dt
from typing import Any, Self

from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contacts import addresses
from contacts.models.base import KeptDateTimeField, OwnedModel, OwnedQuerySet
from contacts.models.contact import Contact


class InteractionQuerySet(OwnedQuerySet["Interaction"]):
    def past(self, now: dt.datetime) -> Self:
        return self.filter(occurred_at__lte=now)

    def planned(self, now: dt.datetime) -> Self:
        return self.filter(occurred_at__gt=now)

    def latest_with(
        self, contact: Contact, most: int, *, until: dt.datetime, after: "Interaction | None" = None
    ) -> Self:
        """At most `most`, latest first, up to `until`; or those that follow `after` in this order."""
        links = Interaction.contacts.through.objects.filter(contact=contact, occurred_at__lte=until)
        if after:
            # As a range and what is left out of it: with OR alone, no index would be asked.
            earlier = Q(occurred_at__lt=after.occurred_at) | Q(interaction__lt=after.pk)
            links = links.filter(earlier, occurred_at__lte=after.occurred_at)
        first = links.order_by("-occurred_at", "-interaction").values("interaction")[:most]
        return self.filter(pk__in=first).order_by("-occurred_at", "-pk")

    def soonest_with(self, contact: Contact, most: int, *, after: dt.datetime) -> Self:
        """At most `most` of what is planned, soonest first."""
        links = Interaction.contacts.through.objects.filter(contact=contact, occurred_at__gt=after)
        first = links.order_by("occurred_at", "interaction").values("interaction")[:most]
        return self.filter(pk__in=first).order_by("occurred_at", "pk")


class LinksInTime(models.ManyToManyField):
    """Each link knows the moment too, so that an index has one person's talks in order.

    The database keeps it (`contacts.triggers`), however people are linked. Migrations see an ordinary column, and what
    SQLite is to copy when it makes the table anew.
    """

    def contribute_to_class(
        self, cls: type[models.Model], name: str, private_only: bool = False, **kwargs: Any
    ) -> None:
        super().contribute_to_class(cls, name, private_only=private_only, **kwargs)
        link: Any = self.remote_field.through
        is_migrating = cls._meta.apps is not apps
        link.add_to_class("occurred_at", models.DateTimeField(null=True) if is_migrating else KeptDateTimeField())
        one, other = (field for field in link._meta.local_fields if field.is_relation)
        # Another index begins with each: that of both, and that of time.
        one.db_index = other.db_index = False
        in_order = [other.name, "occurred_at", one.name]
        link._meta.indexes = [models.Index(fields=in_order, name="interaction_with_by_time")]


class Interaction(OwnedModel):
    """A meeting, call or message with one or more contacts; one in the future is a planned meeting."""

    class Kind(models.TextChoices):
        MEETING = "meeting", _("meeting")
        CALL = "call", _("call")
        EMAIL = "email", _("email")
        MESSAGE = "message", _("message")
        NOTE = "note", _("note")

        @property
        def is_contact(self) -> bool:
            """Whether one of this kind counts as contact unless someone says otherwise."""
            return self is not self.NOTE

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        verbose_name=_("owner"),
        related_name="interactions",
        editable=False,
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.MEETING)
    occurred_at = models.DateTimeField(_("when"), default=timezone.now)
    contacts = LinksInTime(Contact, verbose_name=_("with"), related_name="interactions")
    title = models.CharField(_("title"), max_length=200, blank=True)
    body = models.TextField(_("what was said"), blank=True)
    counts_as_contact = models.BooleanField(
        _("counts as contact"), default=True, help_text=_("Off for what you only note: it does not reset the cadence.")
    )

    # Who was there, where `contacts.reminders` has brought them along.
    people: list[Contact]

    objects = InteractionQuerySet.as_manager()

    class Meta:
        verbose_name = _("interaction")
        verbose_name_plural = _("interactions")
        ordering = ["-occurred_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=["meeting", "call", "email", "message", "note"]),
                name="interaction_kind_known",
            ),
        ]
        indexes = [
            models.Index(fields=["owner", "-occurred_at", "-id"], name="interaction_by_time"),
            models.Index(
                fields=["owner", "-occurred_at", "-id"],
                condition=Q(kind="meeting", body=""),
                name="interaction_without_note",
            ),
        ]

    def __str__(self) -> str:
        return self.title or self.get_kind_display()

    def get_absolute_url(self) -> str:
        return addresses.of_row("interaction", self.pk)

    def is_planned(self, now: dt.datetime) -> bool:
        return self.occurred_at > now
