"""Ownership: whose each row is, said once for each model and asked in one place."""

from collections.abc import Collection
from typing import Any, ClassVar, Self, TypeVar

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import models
from django.db.models import Value
from django.utils.translation import gettext_lazy as _

Owner = AbstractBaseUser | AnonymousUser
M_co = TypeVar("M_co", bound="OwnedModel", covariant=True)


class OwnedQuerySet(models.QuerySet[M_co]):
    """Rows that belong to someone; the model's `owner_path` says through what."""

    def owned_by(self, owner: Owner) -> Self:
        """Only this owner's rows; none for a visitor who is not signed in."""
        if owner.pk is None:
            return self.none()
        return self.filter(**{self.model.owner_column or self.model.owner_path: owner})


class OwnedModel(models.Model):
    """A row of somebody's book: theirs alone, straight or through its contact."""

    owner_path: ClassVar[str] = "owner"
    # A column of its own that says the same, kept by the database for its indexes.
    owner_column: ClassVar[str] = ""

    class Meta:
        abstract = True

    @classmethod
    def from_db(  # type: ignore[override]  # the stubs are of a later Django
        cls, db: str | None, field_names: Collection[str], values: Collection[Any]
    ) -> Self:
        """A row that is read, in a tenth of the calls that Django's own takes: a page makes hundreds.

        What it leaves out has no part here: a model's `__init__`, signals of it, defaults.
        """
        row = cls.__new__(cls)
        row._state = models.base.ModelState()
        row._state.adding, row._state.db = False, db
        row.__dict__.update(zip(field_names, values, strict=True))
        return row


class StampField(models.DateTimeField):
    """A moment that a row is given when it is made or written, but for a new row that brings its own.

    Such a row comes back: from an archive, or from a merge that is undone. Migrations see an ordinary column.
    """

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        own = getattr(model_instance, self.attname)
        return own if add and own else super().pre_save(model_instance, add)

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        name, _path, args, kwargs = super().deconstruct()
        return name or "", "django.db.models.DateTimeField", list(args), dict(kwargs)


class KeptByDatabase(models.Field):
    """Mixin for a column that triggers keep (`contacts.triggers`): Django reads it, never writes it.

    A model that wrote back what it once read would undo what happened since. Migrations see
    an ordinary column.
    """

    generated = True
    db_returning = False
    # A generated field's own formula, of which Django asks when it validates constraints.
    expression = Value(None)

    @property
    def output_field(self) -> Self:
        return self

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs | {"editable": False, "null": True, "blank": True})

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        name, _path, args, kwargs = super().deconstruct()
        field = next(base for base in type(self).__mro__ if base.__module__.startswith("django.db.models.fields"))
        return name or "", f"django.db.models.{field.__name__}", list(args), dict(kwargs)


class KeptDateTimeField(KeptByDatabase, models.DateTimeField):
    pass


class KeptPositiveSmallIntegerField(KeptByDatabase, models.PositiveSmallIntegerField):
    pass


class KeptOwner(KeptByDatabase, models.ForeignKey):
    """The owner of the contact that a row is about, for indexes to begin with. Its contact goes with the owner."""

    def __init__(self, to: Any = settings.AUTH_USER_MODEL, **kwargs: Any) -> None:
        its_own = {"on_delete": models.DO_NOTHING, "related_name": "+", "db_constraint": False, "db_index": False}
        super().__init__(to, **kwargs | its_own)


class Named(OwnedModel):
    """Something that a user names once: an organization, a tag."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        verbose_name=_("owner"),
        related_name="%(class)ss",
        editable=False,
    )
    name = models.CharField(_("name"), max_length=200)

    objects = OwnedQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name
