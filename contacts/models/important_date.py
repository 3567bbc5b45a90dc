"""Days of the year that matter to a contact, beside the birthday."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from contacts import partial_dates
from contacts.models.base import KeptOwner, OwnedModel, OwnedQuerySet
from contacts.models.contact import Contact
from contacts.partial_dates import PartialDate


class ImportantDate(OwnedModel):
    owner_path = "contact__owner"
    owner_column = "owner"

    owner = KeptOwner()
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="dates", verbose_name=_("contact"))
    label = models.CharField(_("label"), max_length=100, help_text=_("Such as wedding, first day at work."))
    day = models.PositiveSmallIntegerField(_("day"), null=True, blank=True)
    month = models.PositiveSmallIntegerField(_("month"))
    year = models.PositiveSmallIntegerField(_("year"), null=True, blank=True)

    objects = OwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("important date")
        verbose_name_plural = _("important dates")
        ordering = ["month", "day", "pk"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(label=""), name="date_has_label"),
            *partial_dates.constraints("", name="date"),
        ]
        indexes = [models.Index(fields=["owner", "month", "day", "id"], name="date_by_month_day")]

    def __str__(self) -> str:
        return f"{self.label}: {self.date}"

    def get_absolute_url(self) -> str:
        return f"{self.contact.get_absolute_url()}#date-{self.pk}"

    def clean(self) -> None:
        self.date.clean(field="day")

    @property
    def date(self) -> PartialDate:
        return PartialDate(self.day, self.month, self.year)
