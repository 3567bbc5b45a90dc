"""Words of formats and of people, in French and English, and what they mean here."""

import re
from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from contacts import naming
from contacts.models import Relationship

# `_$!<HomeFAX>!$_`, as Apple writes the labels that it translates itself.
_APPLE = re.compile(r"_\$!<(.{1,60}?)>!\$_")
# Say how a detail is carried, not which one it is.
_SILENT = frozenset(["voice", "internet", "x-internet", "pref", "preferred", "msg", "intl", "postal", "parcel", "dom"])
_SILENT |= {"text", "textphone"}
_PLACES = {"home": "home", "personal": "home", "private": "home", "work": "work", "business": "work", "office": "work"}
_PLACES |= {"domicile": "home", "personnel": "home", "maison": "home", "prive": "home", "bureau": "work"}
_PLACES |= {"travail": "work", "professionnel": "work", "pro": "work", "other": "other", "autre": "other"}
_DEVICES = {"cell": "mobile", "mobile": "mobile", "portable": "mobile", "cellphone": "mobile", "fax": "fax"}
_DEVICES |= {"telecopie": "fax", "pager": "pager", "radiomessagerie": "pager", "main": "main", "principal": "main"}
_APPLE_WORDS = {"homefax": "home fax", "workfax": "work fax", "otherfax": "other fax", "homepage": ""}
_WEDDING = frozenset(["anniversary", "wedding", "wedding anniversary", "wedding day", "mariage", "hochzeitstag"])
_WEDDING |= {"anniversaire de mariage", "marriage"}
_TIES: dict[str, str] = {}
for _kind, _words in {
    Relationship.Kind.PARTNER: "spouse partner domestic_partner wife husband sweetheart conjoint conjointe partenaire",
    Relationship.Kind.PARENT: "parent mother father mere pere",
    Relationship.Kind.CHILD: "child children son daughter enfant enfants fils fille",
    Relationship.Kind.SIBLING: "sibling brother sister frere soeur",
    Relationship.Kind.RELATIVE: "relative kin parente proche famille",
    Relationship.Kind.FRIEND: "friend ami amie",
    Relationship.Kind.COLLEAGUE: "colleague co_worker coworker collegue",
    Relationship.Kind.MANAGER: "manager boss responsable",
    Relationship.Kind.ASSISTANT: "assistant agent secretary assistante",
    Relationship.Kind.ACQUAINTANCE: "acquaintance connaissance",
}.items():
    _TIES |= {_word.replace("_", " "): str(_kind) for _word in _words.split()}
_TIES |= {str(_kind): str(_kind) for _kind in Relationship.Kind}
# Groups of Google's own, that nobody made.
_NO_TAGS = frozenset(["mycontacts", "my contacts", "mes contacts"])
STARRED = frozenset(["starred", "favoris", "suivis"])


def label_of_types(types: Sequence[str]) -> str:
    """«home, fax» for the TYPEs of a detail, in the user's language; words that are not known stay."""
    said: dict[str, None] = {}
    for place_first in (True, False):
        for word in types:
            key = word.strip().lower()
            is_place = key in _PLACES
            if key and key not in _SILENT and is_place == place_first:
                # «X-» is how vCard 2.1 and 3.0 have words of one's own.
                own = word.strip()[2:] if key.startswith("x-") else word.strip()
                said[_word(_PLACES.get(key) or _DEVICES.get(key) or "") or own] = None
    return ", ".join(said)


def label_of_apple(text: str) -> str:
    """A label as Apple and Google write it, one of their own or a person's."""
    found = _APPLE.fullmatch(text.strip())
    if not found:
        return text.strip()
    inner = found[1]
    return label_of_types(_APPLE_WORDS.get(inner.lower(), inner).split())


def label_of_known(label: str) -> str:
    """The same of a label in words: «Work Fax»; any other stays."""
    said = [part for word in label.split() for part in _APPLE_WORDS.get(word.lower(), word).split()]
    return label_of_types(said) if all(word.lower() in _PLACES | _DEVICES for word in said) else label


def types_of_label(label: str) -> list[str]:
    """The TYPEs of a label that is one of these words, in either language; the inverse of `label_of_types`."""
    types = {"home": "HOME", "work": "WORK", "mobile": "CELL", "fax": "FAX", "pager": "PAGER"}
    known = [_PLACES.get(word) or _DEVICES.get(word) or "" for word in naming.words(label)]
    return [types[word] for word in known if word in types]


def label_of_header(header: str) -> str:
    """What a column's name says of the details in it: «Business Fax» is `work, fax`."""
    return label_of_types([word for word in naming.words(header) if word in _PLACES or word in _DEVICES])


def label_of_date(label: str) -> str:
    """Of a day of the year: its own, or the wedding's, which most programs leave unsaid."""
    found = _APPLE.fullmatch(label.strip())
    label = found[1] if found else label.strip()
    return label if label and not (found and label == "Anniversary") else _("wedding")


def is_wedding(label: str) -> bool:
    return " ".join(naming.words(label)) in _WEDDING


def tie_kind(word: str) -> str:
    """One of `Relationship.Kind` where the word is known, else the word."""
    found = _APPLE.fullmatch(word.strip())
    word = found[1] if found else word.strip()
    return _TIES.get(" ".join(naming.words(word)), word)


def tie_word_of(header: str) -> str:
    """What a column's name says of the people in it: «Manager's Name» is `manager`."""
    return next((word for word in naming.words(header) if word in _TIES), header)


def is_a_tag(name: str) -> bool:
    """Whether a group is one that somebody made."""
    key = naming.fold(name).strip("* ")
    return bool(key) and key not in _NO_TAGS and key not in STARRED


def _word(key: str) -> str:
    return {
        "home": _("home"),
        "work": _("work"),
        "mobile": _("mobile"),
        "fax": pgettext("contact detail", "fax"),
        "pager": pgettext("contact detail", "pager"),
        "main": pgettext("contact detail", "main"),
        "other": pgettext("contact detail", "other"),
    }.get(key, "")
