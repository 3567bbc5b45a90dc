"""How people are called, and how names and words are compared: without case and accents."""

import re
import unicodedata

# Letters that Unicode does not take apart, as PostgreSQL's `unaccent` writes them.
LIGATURES = {"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "ł": "l", "đ": "d"}
_LIGATURES = str.maketrans(LIGATURES)
# Letters and digits, of any script.
_WORD = re.compile(r"[^\W_]+")


class _WithoutMarks(dict[int, int | None]):
    """For `str.translate`: takes accents away; each character is looked up in Unicode's tables once."""

    def __missing__(self, character: int) -> int | None:
        self[character] = None if unicodedata.combining(chr(character)) else character
        return self[character]


_WITHOUT_MARKS = _WithoutMarks()


def fold(text: str) -> str:
    """`text` in lower case and without accents: «Éléonore Lœb» is `eleonore loeb`."""
    text = text.lower()
    if text.isascii():
        return text
    return unicodedata.normalize("NFKD", text.translate(_LIGATURES)).translate(_WITHOUT_MARKS)


def words(text: str) -> list[str]:
    """The words of `text`, folded; whatever is neither letter nor digit parts them."""
    return _WORD.findall(fold(text))


def display_name(first_name: str, last_name: str, *, nickname: str = "", organization: str = "") -> str:
    """What a person is called: their name, else the nickname, else the organization."""
    return f"{first_name} {last_name}".strip() or nickname or organization


def sort_key(first_name: str, last_name: str, *, nickname: str = "", organization: str = "") -> str:
    """What a list is sorted by: last name first, then as `display_name`."""
    return " ".join(words(f"{last_name} {first_name}") or words(nickname or organization))[:300]
