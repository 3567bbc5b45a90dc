"""How people are called, and how names and words are compared: without case and accents."""

import unicodedata

# Letters that Unicode does not take apart, as PostgreSQL's `unaccent` writes them.
LIGATURES = {"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "ł": "l", "đ": "d"}
_LIGATURES = str.maketrans(LIGATURES)


def fold(text: str) -> str:
    """`text` in lower case and without accents: «Éléonore Lœb» is `eleonore loeb`."""
    decomposed = unicodedata.normalize("NFKD", text.lower().translate(_LIGATURES))
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def words(text: str) -> list[str]:
    """The words of `text`, folded; whatever is neither letter nor digit parts them."""
    return "".join(character if character.isalnum() else " " for character in fold(text)).split()


def display_name(first_name: str, last_name: str, *, nickname: str = "", organization: str = "") -> str:
    """What a person is called: their name, else the nickname, else the organization."""
    return f"{first_name} {last_name}".strip() or nickname or organization


def sort_key(first_name: str, last_name: str, *, nickname: str = "", organization: str = "") -> str:
    """What a list is sorted by: last name first, then as `display_name`."""
    return " ".join(words(f"{last_name} {first_name}") or words(nickname or organization))[:300]
