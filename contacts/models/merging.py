"""What was decided about two contacts who look alike: that they are one, or that they are not."""

import datetime as dt
from typing import Self

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contacts.models.base import OwnedModel, OwnedQuerySet, StampField
from contacts.models.contact import Contact


class NotSameQuerySet(OwnedQuerySet["NotSame"]):
    def about(self, one: int, other: int) -> Self:
        """What is noted of these two, whichever comes first."""
        return self.filter(one=min(one, other), other=max(one, other))


class NotSame(OwnedModel):
    """Two contacts who are two people, however alike; the one with the lower id comes first."""

    owner_path = "one__owner"

    one = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="+", verbose_name=_("contact"))
    other = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="+", verbose_name=_("the other"))
    created_at = StampField(_("created"), auto_now_add=True)

    objects = NotSameQuerySet.as_manager()

    class Meta:
        verbose_name = _("pair of different people")
        verbose_name_plural = _("pairs of different people")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(one__lt=F("other")), name="not_same_in_order"),
            models.UniqueConstraint(fields=["one", "other"], name="not_same_once"),
        ]

    def __str__(self) -> str:
        return f"{self.one} ≠ {self.other}"


class MergeQuerySet(OwnedQuerySet["Merge"]):
    def undoable(self, now: dt.datetime) -> Self:
        return self.filter(created_at__gt=now - Merge.LIFETIME)

    def over(self, now: dt.datetime) -> Self:
        """Those that can't be taken back any more: what they keep has no use."""
        return self.filter(created_at__lte=now - Merge.LIFETIME)


class Merge(OwnedModel):
    """Two contacts made one, and what takes it back: see `contacts.merging`."""

    LIFETIME = dt.timedelta(days=30)

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        verbose_name=_("owner"),
        related_name="merges",
        editable=False,
    )
    kept = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="merges", verbose_name=_("contact"))
    # What the other one was called, who is gone.
    name = models.CharField(_("merged with"), max_length=400)
    changes = models.JSONField(default=list, encoder=DjangoJSONEncoder, editable=False)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    objects = MergeQuerySet.as_manager()

    class Meta:
        verbose_name = _("merge")
        verbose_name_plural = _("merges")
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["owner", "-created_at"], name="merge_by_time")]

    def __str__(self) -> str:
        return f"{self.kept} ← {self.name}"
