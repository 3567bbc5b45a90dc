"""What a user wants to be suggested, and what not."""

import datetime as dt
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from contacts.models.base import KeptOwner, OwnedModel, OwnedQuerySet, StampField


class SuggestionType(models.TextChoices):
    """The values are the contract's."""

    FOLLOW_UP = "follow_up", _("follow-ups")
    ANNIVERSAIRE = "anniversaire", _("birthdays and dates")
    RELANCE = "relance", _("keeping in touch")
    NETWORKING = "networking", _("introductions")


class DismissalQuerySet(OwnedQuerySet["Dismissal"]):
    def in_force(self, today: dt.date) -> Self:
        """For good, or for a while that is not over."""
        return self.filter(Q(until=None) | Q(until__gt=today))

    def of_whole_type(self) -> Self:
        """«Never again for this person»."""
        return self.filter(identity="")


class Dismissal(OwnedModel):
    """A suggestion that is not to be shown: until a day, or for good; without an identity, all of its type."""

    owner_path = "contact__owner"
    owner_column = "owner"

    owner = KeptOwner()
    contact = models.ForeignKey(
        "Contact", on_delete=models.CASCADE, related_name="dismissals", verbose_name=_("contact")
    )
    type = models.CharField(_("kind"), max_length=20, choices=SuggestionType)
    identity = models.CharField(_("which"), max_length=120, blank=True)
    until = models.DateField(_("until"), null=True, blank=True)
    created_at = StampField(_("created"), auto_now_add=True)

    objects = DismissalQuerySet.as_manager()

    class Meta:
        verbose_name = _("dismissed suggestion")
        verbose_name_plural = _("dismissed suggestions")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["contact", "type", "identity"], name="dismissal_once"),
            models.CheckConstraint(condition=Q(type__in=SuggestionType.values), name="dismissal_type_known"),
        ]
        indexes = [models.Index(fields=["owner"], name="dismissal_by_owner")]

    def __str__(self) -> str:
        return f"{self.contact}: {self.get_type_display()}"
