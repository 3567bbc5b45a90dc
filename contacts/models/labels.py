"""What contacts are grouped by: organizations and tags."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from contacts.models.base import Named

# In days; the longest is past any life's use, and what every database holds.
CADENCE_VALIDATORS = [MinValueValidator(1), MaxValueValidator(9_999)]


class Organization(Named):
    class Meta:
        verbose_name = _("organization")
        verbose_name_plural = _("organizations")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                "owner",
                Lower("name"),
                name="organization_name_unique",
                violation_error_message=_("You already have an organization with this name."),
            ),
            models.CheckConstraint(condition=~models.Q(name=""), name="organization_has_name"),
        ]

    def save(self, *args, **kwargs) -> None:  # type: ignore[no-untyped-def]
        super().save(*args, **kwargs)
        # Those who have no other name are sorted by this one.
        for contact in self.contacts.filter(first_name="", last_name="", nickname=""):
            contact.save(update_fields=["sort_name"])


class Tag(Named):
    class Color(models.TextChoices):
        GRAY = "gray", _("gray")
        RED = "red", _("red")
        ORANGE = "orange", _("orange")
        YELLOW = "yellow", _("yellow")
        GREEN = "green", _("green")
        TEAL = "teal", _("teal")
        BLUE = "blue", _("blue")
        PURPLE = "purple", _("purple")
        PINK = "pink", _("pink")

    color = models.CharField(_("color"), max_length=20, choices=Color, default=Color.GRAY)
    cadence_days = models.PositiveSmallIntegerField(
        _("cadence (days)"),
        null=True,
        blank=True,
        validators=CADENCE_VALIDATORS,
        help_text=_("Keep in touch with everyone who has this tag at least every so many days."),
    )

    class Meta:
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                "owner",
                Lower("name"),
                name="tag_name_unique",
                violation_error_message=_("You already have a tag with this name."),
            ),
            models.CheckConstraint(condition=~models.Q(name=""), name="tag_has_name"),
            models.CheckConstraint(
                condition=models.Q(cadence_days__isnull=True) | models.Q(cadence_days__gte=1),
                name="tag_cadence_positive",
            ),
        ]
