"""Contacts by the thousand for trying things out and for measuring: plausible, and nobody's.

What is made depends on nothing but the seed, the number and the owner's day: the same three give
the same rows, ids and `created_at` apart, and a greater number begins with the same people. All
addresses and telephone numbers are from ranges that are reserved for examples and for fiction.
"""

import datetime as dt
import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, TypeVar

from django.contrib.auth.models import User
from django.db import connection, transaction
from django.db.models import Model

from contacts import bulk, naming, triggers
from contacts.book import Book
from contacts.models import Contact, ContactMethod, FollowUp, ImportantDate, Interaction, Organization, Tag

T = TypeVar("T")
M = TypeVar("M", bound=Model)

# What is held in memory at a time, with some five interactions for each.
BATCH = 2_000

# --- Words --------------------------------------------------------------------------------------


def _words(text: str) -> list[str]:
    return [word.replace("_", " ") for word in text.split()]


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split("|")]


_FIRST_NAMES = _words("""
    Adèle Agathe Alexandre Alice Aline Amélie Anaïs André Anne Antoine Anton Arnaud Arthur Astrid Audrey Aurélie Axel
    Baptiste Béatrice Benoît Bérénice Bruno Camille Carla Carlos Caroline Catherine Cécile Céline Charles Charlotte
    Chiara Chloé Christine Claire Clara Clément Constance Cyril Damien Daniel David Delphine Denis Diane Dimitri Édouard
    Elena Élise Élodie Emil Émilie Emma Éric Estelle Étienne Eva Fabien Fanny Fatima Félix Florence Florian Francesca
    François Frédéric Freya Gabriel Gaëlle Geneviève Georges Gilles Giulia Grégoire Guillaume Hanna Hélène Henri Hugo
    Ibrahim Inès Ingrid Irène Isabelle Ivan Jacques Jan Jeanne Jérôme Joanna Joël Johan Joséphine Judith Jules Julie
    Karim Katarina Kévin Laetitia Lars Laura Laurent Léa Léon Lina Louis Louise Luc Lucas Lucie Ludovic Maëlle Magali
    Malika Manon Marc Margaux Maria Marie Mathilde Matteo Maxime Mehdi Michel Mila Nadia Naïma Nathalie Nicolas Nina
    Noé Nora Océane Olivier Ondine Pablo Pascal Paul Pauline Pedro Philippe Pierre Quentin Rachel Raphaël Rémi Renaud
    Rosa Sabine Samir Sandrine Sébastien Selma Serge Simon Sofia Solène Sophie Stefan Suzanne Sylvain Tatiana Théo
    Thérèse Thibault Thomas Tobias Ulysse Valérie Victor Violette Viviane William Xavier Yann Yasmina Yves Zacharie Zoé
""")
_LAST_NAMES = _words("""
    Abadie Albert Alvarez Andersen Arnaud Aubert Bailly Barbier Baron Barre Baudry Bauer Becker Benoit Bensaïd Berger
    Bernard Berthier Besnard Bianchi Blanc Blondel Bodin Boucher Boulanger Bourgeois Bousquet Boutin Bouvet Boyer
    Brault Brun Brunet Caron Carpentier Carré Castel Chabert Chambon Charpentier Chauvin Chevalier Clément Colin Collet
    Cordier Costa Coulon Cousin Da_Silva Danjou David Delaunay Delmas Descamps Deschamps Desmarais Diallo Dietrich
    Doucet Dubois Dufour Dumas Dumont Dupont Dupuy Durand Duval Esposito Estève Fabre Faucher Favre Fernandez Ferrari
    Fischer Fleury Fontaine Fournier Gaillard Gallet Garcia Garnier Gauthier Gérard Germain Gilbert Girard Giraud Godard
    Gomez Gonzalez Grandjean Gros Guérin Guichard Guillet Guyon Hamel Hansen Hébert Henry Hervé Hoarau Horvat Hubert
    Huet Humbert Imbert Jacob Jacquet Janssen Jensen Joly Jourdan Kaplan Keller Klein Kowalski Lacroix Lafon Lambert
    Langlois Larsen Launay Le_Bihan Le_Gall Le_Roux Leclerc Lefort Legrand Lemaire Lenoir Leroy Lévy Lombard Lopez
    Lucas Maillard Mallet Marchal Marion Martel Martin Martinez Masson Mathieu Maurel Mendes Menard Mercier Meunier
    Meyer Michaud Millet Monnier Moreau Moretti Morin Moulin Müller Nedelec Neveu Nguyen Nicolas Noël Novak Ollivier
    Parent Pasquier Pelletier Pereira Perret Perrin Petit Picard Pichon Poirier Poulain Prévost Renard Renaud Rey
    Ribeiro Richard Rivière Robert Robin Rocher Rodriguez Rolland Romano Rossi Rousseau Roux Roy Sabatier Santos Sauvage
    Schmitt Schneider Seguin Serra Simon Tessier Texier Thomas Tissot Toussaint Traoré Valentin Vallet Vasseur Verdier
    Vidal    Villard Vincent Vogel Voisin Wagner Weber Weiss Zanetti Ziegler Zimmermann
""")
_COMPANIES = _words(
    "Atelier Banque Bureau Cabinet Compagnie Éditions Fonderie Groupe Laboratoires Maison Mutuelle Studio"
)
_JOBS = _parts("""
    Acheteuse|Architecte|Avocat|Cheffe de projet|Chercheur|Comptable|Consultante|Designer|Développeur
    |Directrice générale|Directeur financier|Enseignante|Ergonome|Formateur|Gérante|Infirmier|Ingénieure
    |Journaliste|Libraire|Médecin|Notaire|Photographe|Responsable des achats|Responsable marketing
    |Secrétaire générale|Traducteur|Urbaniste
""")
_PLACES = [
    tuple(place.split(","))
    for place in _parts("""
    Paris,France,Europe/Paris,fr|Lyon,France,Europe/Paris,fr|Marseille,France,Europe/Paris,fr|Lille,France,Europe/Paris,fr
    |Nantes,France,Europe/Paris,fr|Toulouse,France,Europe/Paris,fr|Bordeaux,France,Europe/Paris,fr
    |Rennes,France,Europe/Paris,fr|Strasbourg,France,Europe/Paris,fr|Grenoble,France,Europe/Paris,fr
    |Bruxelles,Belgique,Europe/Brussels,fr|Genève,Suisse,Europe/Zurich,fr|Barcelone,Espagne,Europe/Madrid,es
    |Milan,Italie,Europe/Rome,it|Berlin,Allemagne,Europe/Berlin,de|Lisbonne,Portugal,Europe/Lisbon,pt
    |Amsterdam,Pays-Bas,Europe/Amsterdam,en|Copenhague,Danemark,Europe/Copenhagen,en
""")
]
_CITIES = [city for city, _country, _zone, _language in _PLACES]
_HOW_MET = _parts("""
    Au salon de {city}.|Par un ancien collègue.|Pendant une formation.|À un dîner chez des amis.
    |Sur une mission à {city}.|Dans le train de {city}.|Par l'association.|À une conférence sur {topic}.
""")
_TOPICS = _parts("""
    le budget|le recrutement|la refonte du site|le contrat|le calendrier|la livraison|la formation|le déménagement
    |l'appel d'offres|la maquette|le rapport annuel|la traduction|les travaux|le partenariat|l'exposition|la subvention
""")
_TITLES = _parts("Point sur {topic}|Au sujet de : {topic}|Avant la réunion : {topic}|Suite de l'échange : {topic}")
_SENTENCES = _parts("""
    Nous avons parlé de {topic} pendant près d'une heure.|Les délais sont tenables si {topic} avance vite.
    |Il reste une question ouverte, {topic}, à reprendre plus tard.|Bonne nouvelle : {topic}, c'est réglé.
    |Les enfants vont bien, les vacances se préparent.|Demande un avis franc sur {topic}.
    |Propose de se revoir à {city} dans quelques semaines.|A changé d'équipe et s'en trouve bien.
    |Pas de décision avant la fin du mois.|Connaît quelqu'un à {city} que {topic} pourrait intéresser.
    |Déçu du prestataire actuel, cherche autre chose.|Envoie les documents dès que possible.
""")
_NOTES = _parts("""
    Préfère les appels le matin.|Répond vite aux messages.|Toujours en avance.|Aime parler de {topic}.
    |Passe souvent par {city}.|Ne boit pas de café.|Grand lecteur de romans.|Fait du vélo le week-end.
""")
_PROMISES = _parts("""
    Envoyer le compte rendu sur {topic}|Rappeler au sujet de {topic}|Proposer une date à {city}|Relire {topic}
    |Faire une mise en relation à {city}|Transmettre le devis
""")
_DAYS = _parts("Mariage|Premier contrat|Création de l'entreprise|Rencontre")
# The ranges that the French regulator keeps for films and books: four digits follow.
_NUMBERS = ("06 39 98", "01 99 00", "02 61 91", "03 53 01", "04 65 71", "05 36 49")
_DOMAINS = ("example.com", "example.org", "example.net")
_TAGS: tuple[tuple[str, Tag.Color, int | None, float], ...] = (
    ("Clients", Tag.Color.BLUE, 45, 0.15),
    ("Prospects", Tag.Color.ORANGE, 90, 0.15),
    ("Réseau", Tag.Color.GREEN, 365, 0.25),
    ("Amis", Tag.Color.YELLOW, 120, 0.1),
    ("Presse", Tag.Color.PINK, None, 0.05),
    ("Fournisseurs", Tag.Color.GRAY, None, 0.1),
    ("Anciens collègues", Tag.Color.PURPLE, None, 0.15),
    ("Newsletter", Tag.Color.TEAL, None, 0.2),
)
_PEOPLE_PER_ORGANIZATION = 30
_TALK = ("owner_id", "kind", "occurred_at", "title", "body", "counts_as_contact")
_COMPANY_NAMES = len(_COMPANIES) * len(_LAST_NAMES)
_KINDS = (*Interaction.Kind, Interaction.Kind.MEETING, Interaction.Kind.EMAIL, Interaction.Kind.EMAIL)
# How many interactions twenty contacts have: five on average, and few have many.
_TALKS = (0, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 5, 5, 6, 7, 8, 10, 12, 18)


# --- People -------------------------------------------------------------------------------------


def populate(
    owner: User, *, contacts: int, seed: int = 1, on_progress: Callable[[int], None] = lambda made: None
) -> Counter[str]:
    """Adds `contacts` people to the owner's book, all of them or none; says how many rows of each kind.

    Calls `on_progress` now and then with the number of people made so far.
    """
    with transaction.atomic(), bulk.loading(connection, owner=owner.pk):
        writer = Writer(Book(owner), seed)
        for first in range(0, contacts, BATCH):
            numbers = range(first, min(first + BATCH, contacts))
            writer.write(numbers)
            on_progress(numbers.stop)
    triggers.take_stock(connection)
    return writer.made


class Dice(random.Random):
    """One person's chances: they come from the seed and the person's number alone."""

    def happens(self, chance: float) -> bool:
        return self.random() < chance

    def pick(self, choices: Sequence[T]) -> T:
        """`choice`, several times as fast."""
        return choices[int(self.random() * len(choices))]

    def upto(self, end: int) -> int:
        """From 0 to less than `end`."""
        return int(self.random() * end)

    def write(self, templates: Sequence[str]) -> str:
        return self.pick(templates).format(topic=self.pick(_TOPICS), city=self.pick(_CITIES))


@dataclass(frozen=True, slots=True)
class Person:
    number: int
    dice: Dice
    contact: Contact


class Writer:
    """Makes people of consecutive numbers, a batch at a time."""

    def __init__(self, book: Book, seed: int) -> None:
        self.book = book
        self.seed = seed
        self.midnight = book.start_of(book.today)
        self.made: Counter[str] = Counter()
        self.tags = self._tags()
        # In the order in which they are founded.
        self.organizations: list[Organization] = []
        self.known = {organization.name.lower(): organization for organization in book.organizations.iterator()}
        self.neighbour: int | None = None

    def write(self, numbers: range) -> None:
        self._found_organizations(numbers.stop // _PEOPLE_PER_ORGANIZATION + 3)
        dice = [Dice(f"{self.seed}/{number}") for number in numbers]
        contacts = self._add(Contact, (self._contact(number, its) for number, its in zip(numbers, dice, strict=True)))
        people = [Person(*parts) for parts in zip(numbers, dice, contacts, strict=True)]
        self._add(ContactMethod, chain.from_iterable(map(self._methods, people)))
        self._add(ImportantDate, chain.from_iterable(map(self._dates, people)))
        self._add(FollowUp, chain.from_iterable(map(self._follow_ups, people)))
        tagged = [(person.contact.pk, tag) for person in people for tag in self._tags_of(person)]
        _load(Contact.tags.through, ("contact_id", "tag_id"), tagged)
        self._write_talks(people)

    def _add(self, model: type[M], rows: Iterable[M]) -> list[M]:
        made = model._default_manager.bulk_create(rows)
        self.made[str(model._meta.verbose_name_plural)] += len(made)
        return made

    def _tags(self) -> dict[str, int]:
        """The ids by name; a tag that is there already keeps its color and cadence."""
        known = {name.lower(): pk for name, pk in self.book.tags.values_list("name", "pk")}
        missing = [
            Tag(owner=self.book.user, name=name, color=color, cadence_days=cadence)
            for name, color, cadence, _share in _TAGS
            if name.lower() not in known
        ]
        known |= {tag.name.lower(): tag.pk for tag in self._add(Tag, missing)}
        return {name: known[name.lower()] for name, *_rest in _TAGS}

    def _found_organizations(self, count: int) -> None:
        names = [_company(number) for number in range(len(self.organizations), min(count, _COMPANY_NAMES))]
        missing = [name for name in names if name.lower() not in self.known]
        rows = self._add(Organization, (Organization(owner=self.book.user, name=name) for name in missing))
        self.known |= {row.name.lower(): row for row in rows}
        self.organizations += [self.known[name.lower()] for name in names]

    def _contact(self, number: int, dice: Dice) -> Contact:
        city, country, time_zone, language = dice.pick(_PLACES)
        employer = None if dice.happens(0.15) else self._employer(number, dice)
        is_company = employer is not None and dice.happens(0.02)
        born = dt.date(1935, 1, 1) + dt.timedelta(days=dice.upto(26_000)) if dice.happens(0.5) else None
        today = self.book.today
        return Contact(
            owner=self.book.user,
            first_name="" if is_company else _name(dice, _FIRST_NAMES, double=0.06),
            last_name="" if is_company else _name(dice, _LAST_NAMES, double=0.12),
            organization=employer,
            job_title=dice.pick(_JOBS) if employer and not is_company else "",
            birthday_day=born.day if born else None,
            birthday_month=born.month if born else None,
            birthday_year=born.year if born and dice.happens(0.6) else None,
            how_met=dice.write(_HOW_MET) if dice.happens(0.6) else "",
            met_on=today - dt.timedelta(days=30 + dice.upto(4_000)) if dice.happens(0.6) else None,
            city=city,
            country=country,
            time_zone=time_zone,
            language=language,
            notes=" ".join(dice.write(_NOTES) for _sentence in range(dice.upto(3))),
            cadence_days=dice.pick((30, 60, 90, 180)) if dice.happens(0.05) else None,
            paused_until=today + dt.timedelta(days=30) if dice.happens(0.01) else None,
            is_favorite=dice.happens(0.04),
            is_archived=dice.happens(0.05),
            share_with_ai=not dice.happens(0.01),
        )

    def _employer(self, number: int, dice: Dice) -> Organization:
        """Among those founded by the time of this person, whatever the batch."""
        return self.organizations[dice.upto(min(number // _PEOPLE_PER_ORGANIZATION + 3, _COMPANY_NAMES))]

    def _methods(self, person: Person) -> Iterator[ContactMethod]:
        dice, contact, kinds = person.dice, person.contact, ContactMethod.Kind
        local = ".".join(naming.words(f"{contact.first_name} {contact.last_name}")) or "contact"
        if dice.happens(0.85):
            value = f"{local}.{person.number}@{dice.pick(_DOMAINS)}"
            yield ContactMethod(contact=contact, kind=kinds.EMAIL, label="travail", value=value, is_primary=True)
        if dice.happens(0.15):
            value = f"{local}.{person.number}@prive.example"
            yield ContactMethod(contact=contact, kind=kinds.EMAIL, label="personnel", value=value)
        if dice.happens(0.65):
            value = _telephone(person.number + self.seed)
            yield ContactMethod(contact=contact, kind=kinds.PHONE, label="mobile", value=value, is_primary=True)
        if dice.happens(0.2):
            value = f"{1 + dice.upto(120)} rue {dice.pick(_LAST_NAMES)}, {contact.city}"
            yield ContactMethod(contact=contact, kind=kinds.ADDRESS, value=value, is_primary=True)

    def _dates(self, person: Person) -> Iterator[ImportantDate]:
        if person.dice.happens(0.08):
            day = self.book.today - dt.timedelta(days=person.dice.upto(9_000))
            yield ImportantDate(
                contact=person.contact, label=person.dice.pick(_DAYS), day=day.day, month=day.month, year=day.year
            )

    def _follow_ups(self, person: Person) -> Iterator[FollowUp]:
        dice = person.dice
        if dice.happens(0.15):
            due = dice.upto(120) - 40
            is_done = dice.happens(0.3)
            yield FollowUp(
                contact=person.contact,
                title=dice.write(_PROMISES),
                due_on=None if dice.happens(0.15) else self.book.today + dt.timedelta(days=due),
                owed_by=dice.pick((FollowUp.OwedBy.ME, FollowUp.OwedBy.THEM)),
                done_at=self._moment(dice, -1 - dice.upto(30)) if is_done else None,
            )

    def _tags_of(self, person: Person) -> list[int]:
        return [self.tags[name] for name, _color, _cadence, share in _TAGS if person.dice.happens(share)]

    def _write_talks(self, people: list[Person]) -> None:
        talks: list[tuple[Any, ...]] = []
        links: list[tuple[int, int, str]] = []
        ids = _reserve(Interaction, sum(map(self._count_of_talks, people)))
        for person in people:
            for talk in self._talks(person):
                pk, when = ids[len(talks)], talk[_TALK.index("occurred_at")]
                talks.append((pk, *talk))
                links.append((pk, person.contact.pk, when))
                # Some of them are seen together with whoever came before.
                if self.neighbour and person.dice.happens(0.04):
                    links.append((pk, self.neighbour, when))
            self.neighbour = person.contact.pk
        _load(Interaction, ("id", *_TALK), talks)
        _load(Interaction.contacts.through, ("interaction_id", "contact_id", "occurred_at"), links)
        self.made[str(Interaction._meta.verbose_name_plural)] += len(talks)

    def _count_of_talks(self, person: Person) -> int:
        """Seven has no factor in common with twenty: any twenty people in a row have a hundred."""
        return _TALKS[(person.number * 7 + self.seed) % len(_TALKS)]

    def _talks(self, person: Person) -> Iterator[tuple[Any, ...]]:
        """The columns of `_TALK`."""
        dice = person.dice
        for order in range(self._count_of_talks(person)):
            is_planned = order == 0 and dice.happens(0.12)
            # Most of them in the last year, all in the last three.
            day = 1 + dice.upto(30) if is_planned else -1 - int(1_100 * dice.random() ** 2)
            kind = dice.pick(_KINDS)
            when = connection.ops.adapt_datetimefield_value(self._moment(dice, day))
            title = dice.write(_TITLES)
            body = "" if dice.happens(0.2) else " ".join(dice.write(_SENTENCES) for _one in range(1 + dice.upto(3)))
            yield self.book.user.pk, kind.value, when, title, body, kind.is_contact

    def _moment(self, dice: Dice, day: int) -> dt.datetime:
        """So many days ahead, in waking hours."""
        return self.midnight + dt.timedelta(days=day, minutes=480 + 5 * dice.upto(144))


def _reserve(model: type[Model], count: int) -> Sequence[int]:
    """Ids that no other row has or will have."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # The sequence in a row of its own: else it would be looked up for each number.
            sequence = "SELECT pg_get_serial_sequence(%s, 'id')::regclass AS pks OFFSET 0"
            query = f"SELECT nextval(pks) FROM ({sequence}) one, generate_series(1, %s)"  # noqa: S608
            cursor.execute(query, [table, count])
            return [pk for (pk,) in cursor.fetchall()]
        # Nobody else writes while this transaction lasts.
        cursor.execute("SELECT COALESCE(MAX(seq), 0) FROM sqlite_sequence WHERE name = %s", [table])
        last = cursor.fetchone()[0]
    return range(last + 1, last + 1 + count)


def _load(model: type[Model], columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    """Writes rows without an object for each: for the tables in which most of the rows are, three times as fast."""
    table, names = model._meta.db_table, ", ".join(columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            marks = ", ".join(["%s"] * len(columns))
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)  # noqa: S608  # our own names


def _name(dice: Dice, names: Sequence[str], *, double: float) -> str:
    """One of them, or with a chance of `double` two of them."""
    return f"{dice.pick(names)}-{dice.pick(names)}" if dice.happens(double) else dice.pick(names)


def _company(number: int) -> str:
    """No two of the first `_COMPANY_NAMES` are the same."""
    times, family = divmod(number, len(_LAST_NAMES))
    return f"{_COMPANIES[(family + times) % len(_COMPANIES)]} {_LAST_NAMES[family]}"


def _telephone(number: int) -> str:
    """Different ones, as far as the reserved ranges go: sixty thousand."""
    # A prime, so that neighbours in the book are none in the range.
    times, digits = divmod(number * 7_919 % (len(_NUMBERS) * 10_000), 10_000)
    return f"{_NUMBERS[times]} {digits // 100:02} {digits % 100:02}"
