"""What a column's name says, in French or English: which field it is of, which label its details have."""

import re
from collections.abc import Sequence

from contacts import naming

_SAME: dict[str, str] = {}
for _key, _names in {
    "first_name": "first name|given name|prenom|prenoms|first|vorname",
    "last_name": "last name|family name|surname|nom de famille|last|nachname|nom",
    "full_name": "full name|display name|name|nom complet|nom affiche|nom a afficher|nom d affichage|contact|identite",
    "nickname": "nickname|surnom|pseudo|pseudonyme",
    "organization": "organization name|company|company name|organization|organisation|societe|entreprise|employer"
    "|employeur|nom de la societe|nom de l entreprise",
    "job_title": "organization title|job title|position|poste|fonction|profession|titre du poste|intitule du poste",
    "birthday": "birthday|date of birth|birth date|birthdate|dob|anniversaire|date de naissance|naissance|ne le|nee le"
    "|geburtstag",
    "birthday.year": "birth year|annee de naissance",
    "birthday.month": "birth month|mois de naissance",
    "birthday.day": "birth day|jour de naissance",
    "notes": "notes|note|remarques|commentaires|commentaire|comments",
    "tags": "labels|group membership|categories|categorie|category|tags|tag|etiquettes|etiquette|groupes|groups"
    "|groupe|group|mots cles|keywords",
    "time_zone": "time zone|fuseau horaire",
    "language": "language|langue",
    "uid": "uid",
    "how_met": "how met|how you met|rencontre|comment vous vous etes rencontres",
    "met_on": "connected on|date de connexion|met on|rencontre le",
    "met_through": "met through|rencontre par",
    "cadence_days": "cadence days|cadence",
    "paused_until": "paused until",
    "deceased_on": "deceased on|decede le|decedee le",
    "is_favorite": "favorite|favori",
    "is_archived": "archived|archive",
    "share_with_ai": "share with ai",
    "extra": "extra json",
    "date": "event value|anniversary|wedding|wedding anniversary|anniversaire de mariage|mariage"
    "|anniversaire de mariage ou fete",
    "tie": "relation value|spouse|conjoint|conjointe|children|enfants|manager s name|assistant s name|manager"
    "|responsable|assistant|nom du responsable|nom de l assistant|nom de l assistante|nom de l assistant e",
    "label": "email type|email label|phone type|phone label|address type|address label|website type|website label"
    "|event type|event label|relation type|relation label|im type|im label|im service|custom field type"
    "|custom field label|detail label|social label",
    "social": "im value|im address|skype|linkedin|twitter|facebook|instagram|messagerie instantanee|screen name"
    "|social value|mastodon",
    "url": "url|website|website value|web page|webpage|site web|page web|site internet|web|personal web page|blog",
    "address": "address value|address|adresse|adresse postale|full address",
    "skip": "address formatted|photo|email display name|type de messagerie|nom complet de l adresse de messagerie"
    "|file as|yomi name|initials|initiales|nom a afficher de la messagerie|sensitivity|priority|private"
    "|organization type|prive|criteres de diffusion|priorite",
}.items():
    _SAME |= dict.fromkeys(_names.split("|"), _key)

_PARTS: dict[str, str] = {}
for _key, _names in {
    "address.street": "street|rue|extended address|po box|boite postale|bp|voie|complement|street address",
    "address.city": "city|ville|town|locality|localite|commune",
    "address.region": "state|region|province|dep region|departement|state region",
    "address.code": "postal code|zip|zip code|zipcode|code postal|cp",
    "address.country": "country|pays|country region|pays region",
}.items():
    _PARTS |= dict.fromkeys(_names.split("|"), _key)

_PHONE = frozenset("phone telephone tel mobile portable fax telecopie pager cell gsm radiotelephone phones".split())  # noqa: SIM905
_MAIL = frozenset(["email", "courriel", "messagerie", "mail", "electronique", "mails", "emails"])
_PLACES = frozenset("home business work other domicile bureau autre personal professionnelle personnelle".split())  # noqa: SIM905
_NO_DETAIL = frozenset(["type", "label", "format", "display", "complet", "instantanee"])
_NUMBER = re.compile(r"\d+")
_ADDRESS = frozenset(["address", "adresse"])


def plain(header: str) -> str:
    """«E-mail 1 - Value» is `email value`: folded, without numbers."""
    words = [word for word in naming.words(header) if not word.isdecimal()]
    return " ".join(words).replace("e mail", "email").strip()


def fields_of(columns: Sequence[str]) -> dict[int, str]:
    """The key of a field for each column whose name says one (`tables.FIELDS`)."""
    found = {position: key for position, name in enumerate(columns) if (key := _field_of(name))}
    _settle_titles(columns, found)
    _settle_names(columns, found)
    _settle_places(columns, found)
    return found


def _field_of(header: str) -> str:
    name = plain(header)
    words = set(name.split())
    if key := _SAME.get(name) or _PARTS.get(name):
        return key
    if _NO_DETAIL & words or not words:
        return ""
    if _MAIL & words:
        return "email"
    if _PHONE & words:
        return "phone"
    return _part_of(name, words) or ("url" if {"web", "website", "url", "site"} & words else "")


def _part_of(name: str, words: set[str]) -> str:
    """«Home Postal Code», «Ville (bureau)»: a part of an address, or all of it."""
    if not words & (_PLACES | _ADDRESS):
        return ""
    rest = " ".join(word for word in name.split() if word not in _PLACES | _ADDRESS)
    return _PARTS.get(rest, "") if rest else "address" if words & _ADDRESS else ""


def _settle_titles(columns: Sequence[str], found: dict[int, str]) -> None:
    """«Title» is a job's, unless it stands before the name: then it is «Dr»."""
    if "job_title" in found.values():
        return
    titles = [position for position, name in enumerate(columns) if plain(name) in ("title", "titre")]
    names = [position for position, key in found.items() if key in ("first_name", "last_name", "full_name")]
    if titles and (not names or titles[-1] > min(names)):
        found[titles[-1]] = "job_title"


def _settle_names(columns: Sequence[str], found: dict[int, str]) -> None:
    """«Nom» alone is the whole name."""
    if "first_name" not in found.values():
        for position, key in found.items():
            if key == "last_name" and plain(columns[position]) == "nom":
                found[position] = "full_name"


def _settle_places(columns: Sequence[str], found: dict[int, str]) -> None:
    """A city without a street is where they live; «Home Address» beside «Home City» is its street."""
    has_parts = any(key in ("address.city", "address.code") for key in found.values())
    for position, key in list(found.items()):
        words = set(plain(columns[position]).split())
        if key == "address" and has_parts and _PLACES & words:
            found[position] = "address.street"
    has_street = "address.street" in found.values()
    for position, key in list(found.items()):
        if not has_street and key in ("address.city", "address.country"):
            found[position] = key.removeprefix("address.")


def group_of(header: str) -> str:
    """What parts of one address have in common: «Home Street» and «Home City» are of `home`."""
    number = "".join(_NUMBER.findall(header)[:1]) if plain(header).startswith("address") else ""
    return " ".join(sorted(set(plain(header).split()) & _PLACES)) + number


# --- Programs --------------------------------------------------------------------------------------

GOOGLE, OUTLOOK, LINKEDIN, THUNDERBIRD = "Google Contacts", "Outlook", "LinkedIn", "Thunderbird"
OWN, OTHER = "CRM", "CSV"


def program_of(columns: Sequence[str]) -> str:
    """Whose columns these are."""
    names = {plain(name) for name in columns}
    if "extra json" in names:
        return OWN
    if {"email value", "phone value"} & names or {"group membership", "given name"} <= names:
        return GOOGLE
    if {"connected on", "date de connexion"} & names:
        return LINKEDIN
    if {"business street", "rue bureau"} & names:
        return OUTLOOK
    if {"primary email", "adresse electronique principale", "premiere adresse electronique"} & names:
        return THUNDERBIRD
    return OTHER
