"""Files on their way into the book: read, compared, decided on, written, undone; kept as rows until then."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contacts.models.base import OwnedModel, OwnedQuerySet
from contacts.models.contact import Contact


class Import(OwnedModel):
    """One batch of files. Each state but READING and those that wait for the user is worked off in slices."""

    class State(models.TextChoices):
        READING = "reading", _("being read")
        MAPPING = "mapping", _("columns to be named")
        COMPARING = "comparing", _("being compared")
        READY = "ready", _("to be decided")
        WRITING = "writing", _("under way")
        DONE = "done", _("done")
        UNDOING = "undoing", _("being undone")
        UNDONE = "undone", pgettext_lazy("import", "undone")

    AT_WORK = (State.COMPARING, State.WRITING, State.UNDOING)
    DECIDABLE = (State.READY, State.DONE)

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        verbose_name=_("owner"),
        related_name="imports",
        editable=False,
    )
    name = models.CharField(_("files"), max_length=300)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.READING)
    takes_file = models.BooleanField(_("where both say something, the file is right"), default=False)
    # Of the rows to work off in this state, when it began.
    total = models.PositiveIntegerField(default=0)
    # The ids of what was made along the way: organizations, tags, relationships, and under "introduced"
    # the contacts of whom it was said through whom they were met.
    made = models.JSONField(default=dict)
    # What `ImportRowQuerySet.summary` said at the end, for when the rows are gone.
    summary = models.JSONField(default=dict)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    objects = OwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    state__in=["reading", "mapping", "comparing", "ready", "writing", "done", "undoing", "undone"]
                ),
                name="import_state_known",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("import_batch", args=[self.pk])

    @property
    def is_at_work(self) -> bool:
        return self.state in self.AT_WORK

    @property
    def is_discardable(self) -> bool:
        """Whether nothing of it was written yet."""
        return self.state in (self.State.READING, self.State.MAPPING, self.State.COMPARING, self.State.READY)

    @property
    def is_decidable(self) -> bool:
        """Whether there may be rows that wait for a decision, before the writing or after it."""
        return self.state in self.DECIDABLE


class ImportFile(OwnedModel):
    """One of the files; `content` is kept only of a table, until what it says is imported."""

    owner_path = "batch__owner"

    batch = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="files", verbose_name=_("import"))
    name = models.CharField(_("name"), max_length=200)
    # Compressed with zlib.
    content = models.BinaryField(default=b"", blank=True)
    is_read = models.BooleanField(default=False)

    objects = OwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("file of an import")
        verbose_name_plural = _("files of imports")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name


class Decision(models.TextChoices):
    """What to do with a row."""

    NEW = "new", _("make a new contact")
    UPDATE = "update", _("update")
    SKIP = "skip", _("do not import")


# What rows are, said once for the lists of them and for their counts. As texts: the classes come later.
_WAITING, _WRITTEN = Q(state="waiting"), Q(state__in=["written", "tying"])
_TO_WRITE = _WAITING & Q(decision__in=["new", "update"])
_DUPLICATES = _WAITING & Q(verdict="duplicate")
_UNDECIDED = _DUPLICATES & Q(decision="")
_SKIPPED = _WAITING & Q(decision__in=["", "skip"]) & ~Q(verdict="unchanged")
_LEFT_OUT = _SKIPPED | Q(verdict="unreadable") | Q(state="failed")
_KEPT = Q(state__in=["kept", "undone"]) & ~Q(reason="")


class ImportRowQuerySet(OwnedQuerySet["ImportRow"]):
    def to_compare(self) -> Self:
        return self.filter(state=ImportRow.State.READ)

    def to_write(self) -> Self:
        """Decided on, and not written yet."""
        return self.filter(_TO_WRITE)

    def to_tie(self) -> Self:
        """Written, with people named of whom some may have come later."""
        return self.filter(state=ImportRow.State.TYING)

    def in_the_book(self) -> Self:
        """Those of whom it is settled which contact they are."""
        return self.filter(_WRITTEN | Q(verdict="unchanged")).exclude(target=None)

    def to_undo(self) -> Self:
        return self.filter(_WRITTEN)

    def duplicates(self) -> Self:
        """Those about whom a decision can still be made."""
        return self.filter(_DUPLICATES)

    def left_out(self) -> Self:
        """What of the files is not in the book: unreadable, refused, skipped or not decided on."""
        return self.filter(_LEFT_OUT)

    def shown(self, show: str) -> Self:
        """Those of one verdict, or `left_out`, or `kept` when the rest was undone; all for an empty `show`."""
        parts = {"": Q(), "left_out": _LEFT_OUT, "kept": _KEPT}
        rows = self.filter(parts.get(show, Q(verdict=show)))
        return rows.select_related("file", "target__organization")

    def verdicts(self) -> dict[str, int]:
        """How many there are of each verdict."""
        return dict(self.order_by().values_list("verdict").annotate(models.Count("pk")))

    def summary(self) -> dict[str, int]:
        """How many people were made and updated, are unchanged, left out, undecided, kept, and still to be written."""
        parts = {
            "new": _WRITTEN & Q(decision="new"),
            "update": _WRITTEN & Q(decision="update"),
            "unchanged": Q(verdict="unchanged"),
            "left_out": _LEFT_OUT,
            "undecided": _UNDECIDED,
            "duplicates": _DUPLICATES,
            "kept": _KEPT,
            "to_write": _TO_WRITE,
        }
        return self.aggregate(**{name: models.Count("pk", filter=part) for name, part in parts.items()})


class ImportRow(OwnedModel):
    """One person of a file, what was found out about them, and what became of it."""

    class Verdict(models.TextChoices):
        NEW = "new", _("new")
        UPDATE = "update", _("update")
        UNCHANGED = "unchanged", _("unchanged")
        DUPLICATE = "duplicate", _("duplicate")
        UNREADABLE = "unreadable", _("unreadable")

    class State(models.TextChoices):
        READ = "read", _("read")
        WAITING = "waiting", _("waiting")
        TYING = "tying", _("written but for the relationships")
        WRITTEN = "written", _("written")
        FAILED = "failed", pgettext_lazy("import", "refused")
        UNDONE = "undone", pgettext_lazy("import", "undone")
        KEPT = "kept", _("kept")

    owner_path = "batch__owner"

    batch = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="rows", verbose_name=_("import"))
    file = models.ForeignKey(ImportFile, on_delete=models.CASCADE, related_name="rows", verbose_name=_("file"))
    number = models.PositiveIntegerField(_("number"))
    line = models.PositiveIntegerField(_("line"), default=0)
    # What the person is called in the file; the first words of a row that nobody can read.
    label = models.CharField(_("name"), max_length=300, blank=True)
    # `imports.stored` writes and reads it.
    card = models.JSONField(default=dict)
    # Equal for rows that say the same.
    digest = models.CharField(max_length=40, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.READ)
    verdict = models.CharField(_("verdict"), max_length=10, choices=Verdict, blank=True)
    decision = models.CharField(_("decision"), max_length=10, choices=Decision, blank=True)
    target = models.ForeignKey(
        Contact, on_delete=models.SET_NULL, related_name="+", verbose_name=_("contact"), null=True, blank=True
    )
    # [[contact, score from 0 to 1, [reason, …]], …], best first.
    matches = models.JSONField(default=list)
    # [number, score, [reason, …]] of the row before it that it may be; empty for none.
    twin = models.JSONField(default=list)
    # Whether it has something for the target that is not there, and something that the target has otherwise.
    adds = models.BooleanField(default=False)
    differs = models.BooleanField(default=False)
    # Why it can't be read, was refused, or was kept when the rest was undone.
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    # What was written, for `imports.undoing`.
    journal = models.JSONField(default=dict)

    objects = ImportRowQuerySet.as_manager()

    class Meta:
        verbose_name = _("row of an import")
        verbose_name_plural = _("rows of imports")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "number"], name="import_row_number_unique"),
            models.CheckConstraint(
                condition=Q(verdict__in=["", "new", "update", "unchanged", "duplicate", "unreadable"]),
                name="import_row_verdict_known",
            ),
            models.CheckConstraint(
                condition=Q(decision__in=["", "new", "update", "skip"]), name="import_row_decision_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["read", "waiting", "tying", "written", "failed", "undone", "kept"]),
                name="import_row_state_known",
            ),
        ]
        indexes = [
            models.Index(fields=["batch", "state", "number"], name="import_row_by_state"),
            models.Index(fields=["batch", "verdict", "number"], name="import_row_by_verdict"),
            models.Index(fields=["batch", "digest"], name="import_row_by_digest"),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def why_left_out(self) -> str:
        if self.reason:
            return self.reason
        return _("not decided yet") if not self.decision else _("not to be imported")  # type: ignore[return-value]

    @property
    def is_written(self) -> bool:
        return self.state in (self.State.WRITTEN, self.State.TYING)


class ColumnMapping(OwnedModel):
    """What a user said once about tables with these headings."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        verbose_name=_("owner"),
        related_name="column_mappings",
        editable=False,
    )
    # Of the headings.
    digest = models.CharField(max_length=64)
    # For each column the name of a field, empty for none.
    fields = models.JSONField(default=list)
    date_order = models.CharField(max_length=3, blank=True)

    objects = OwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("meaning of columns")
        verbose_name_plural = _("meanings of columns")
        constraints = [models.UniqueConstraint(fields=["owner", "digest"], name="column_mapping_once")]

    def __str__(self) -> str:
        return ", ".join(name for name in self.fields if name)
