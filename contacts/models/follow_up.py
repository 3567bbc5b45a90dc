"""What was promised, by whom, for when."""

import datetime as dt
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contacts import addresses
from contacts.models.base import KeptOwner, OwnedModel, OwnedQuerySet, StampField
from contacts.models.contact import Contact
from contacts.models.interaction import Interaction


class FollowUpQuerySet(OwnedQuerySet["FollowUp"]):
    def open(self) -> Self:
        return self.filter(done_at=None)

    def done(self) -> Self:
        return self.exclude(done_at=None)

    def due(self, today: dt.date) -> Self:
        """Open, and for today or earlier."""
        return self.open().filter(due_on__lte=today)

    def overdue(self, today: dt.date) -> Self:
        return self.open().filter(due_on__lt=today)

    def soonest_first(self) -> Self:
        """Those without a day come last."""
        return self.order_by(F("due_on").asc(nulls_last=True), "pk")


class FollowUp(OwnedModel):
    class OwedBy(models.TextChoices):
        ME = "me", _("me")
        THEM = "them", _("them")

    owner_path = "contact__owner"
    owner_column = "owner"

    owner = KeptOwner()
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="follow_ups", verbose_name=_("contact"))
    title = models.CharField(_("what"), max_length=300)
    due_on = models.DateField(_("due on"), null=True, blank=True)
    owed_by = models.CharField(_("owed by"), max_length=4, choices=OwedBy, default=OwedBy.ME)
    done_at = models.DateTimeField(_("done"), null=True, blank=True)
    interaction = models.ForeignKey(
        Interaction,
        on_delete=models.SET_NULL,
        verbose_name=_("promised at"),
        related_name="follow_ups",
        null=True,
        blank=True,
    )
    created_at = StampField(_("created"), auto_now_add=True)

    objects = FollowUpQuerySet.as_manager()

    class Meta:
        verbose_name = _("follow-up")
        verbose_name_plural = _("follow-ups")
        ordering = [F("due_on").asc(nulls_last=True), "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="follow_up_has_title"),
            models.CheckConstraint(condition=Q(owed_by__in=["me", "them"]), name="follow_up_owed_by_known"),
        ]
        indexes = [
            models.Index(fields=["owner", "due_on", "id"], name="follow_up_open_by_due", condition=Q(done_at=None)),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return addresses.of_row("follow_up", self.pk)

    @property
    def is_done(self) -> bool:
        return self.done_at is not None

    def is_overdue(self, today: dt.date) -> bool:
        return not self.is_done and self.due_on is not None and self.due_on < today

    def mark_done(self) -> None:
        """Keeps the moment of the first time."""
        if not self.is_done:
            self.done_at = timezone.now()
            self.save(update_fields=["done_at"])

    def reopen(self) -> None:
        self.done_at = None
        self.save(update_fields=["done_at"])
