"""A vCard file as a phone exports it: people with distinct names, some details each, no photographs."""

from collections.abc import Iterator
from itertools import islice, product
from pathlib import Path

_FIRST = "Adèle Bruno Chloé Denis Elsa Farid Gaëlle Hugo Inès Joël Karim Léa Marc Nina Omar Paul Rosa Samir Théo Zoé"
_BEGINNINGS = "Bar Bel Cha Cor Dau Fer Gal Gri Har Jan Kel Lam Mar Mor Nau Per Pol Que Rol Sar Tar Ver Vil Wal Zim"
_MIDDLES = "an di el fri go lan mon ni ro tou"
_ENDS = "bard cher det mier nec"
_COMPANIES = ("Fonderie Vasseur", "Studio Barre", "Mutuelle du Rhône", "Atelier Keller", "Éditions Huet")
_CITIES = ("Lyon", "Nantes", "Lille", "Rennes", "Grenoble", "Bruxelles", "Genève")


def write(path: Path, *, cards: int) -> None:
    """At most 25,000."""
    with path.open("w", encoding="utf-8", newline="") as file:
        for number, (first, last) in enumerate(islice(_names(), cards)):
            file.write("\r\n".join(_card(number, first, last)) + "\r\n")


def _names() -> Iterator[tuple[str, str]]:
    lasts = ("".join(parts) for parts in product(_BEGINNINGS.split(), _MIDDLES.split(), _ENDS.split()))
    return ((first, last) for last in lasts for first in _FIRST.split())


def _card(number: int, first: str, last: str) -> Iterator[str]:
    city = _CITIES[number % len(_CITIES)]
    yield from ("BEGIN:VCARD", "VERSION:3.0", f"N:{last};{first};;;", f"FN:{first} {last}")
    yield f"ORG:{_COMPANIES[number % len(_COMPANIES)]} {number // 40}"
    yield f"TITLE:Responsable {number % 17}"
    yield f"EMAIL;TYPE=INTERNET,HOME:p{number}@example.org"
    yield f"EMAIL;TYPE=INTERNET,WORK:p{number}@example.com"
    yield f"TEL;TYPE=CELL:+33 6 39 98 {number // 100 % 100:02} {number % 100:02}{number // 10_000}"
    yield f"ADR;TYPE=HOME:;;{number % 90 + 1} rue des Lilas;{city};;{number % 90 + 10}000;France"
    if number % 3 == 0:
        yield f"BDAY:19{50 + number % 50}-{number % 12 + 1:02}-{number % 28 + 1:02}"
    yield f"NOTE:Rencontré à {city}\\, au salon de {2000 + number % 25}."
    yield from (f"CATEGORIES:Salon,{city}", "END:VCARD")
