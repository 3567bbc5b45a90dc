"""Bytes to text, whatever wrote them."""

import codecs
import re
from collections.abc import Iterable
from encodings.aliases import aliases

import charset_normalizer

# Of these, any bytes are plausible UTF-8 or ASCII: what is declared comes first.
_SEVEN_BIT = ("iso2022", "hz", "utf_7")
# Names that programs write and Python does not know; Japan's «SHIFT_JIS» is in truth Microsoft's.
_ALIASES = {"shift_jis": "cp932", "ks_c_5601_1987": "cp949", "gb2312": "gb18030", "macintosh": "mac_roman"}
_ALIASES |= {"ansi": "cp1252"}
# Western words hardly ever have three letters in a row beyond ASCII; Cyrillic or Greek ones do.
_NOT_WESTERN = re.compile(rb"[\x80-\xff]{3}")
_GUESSED = ["cp1251", "cp1253", "cp1255", "cp1256", "cp932", "gb18030", "cp949", "big5", "koi8_r"]
_SAMPLE_BYTES = 65_536


# Asking Python for a name that it does not know looks for a module, and is remembered for good.
_KNOWN = frozenset(aliases) | frozenset(aliases.values())


def codec_of(name: str) -> str:
    """Python's name of a charset; empty where it has none for a text."""
    key = "".join(sign if sign.isalnum() else "_" for sign in name.strip().lower()[:40])
    key = _ALIASES.get(key, key)
    try:
        found = codecs.lookup(key) if key in _KNOWN else None
    except LookupError:  # another system's
        found = None
    if found is None:
        return ""
    # The others turn bytes into bytes.
    return found.name if getattr(found, "_is_text_encoding", True) else ""


def decode(data: bytes, declared: str = "", *, others: Iterable[str] = ()) -> str:
    """`data` as UTF-8 where it is that, else as `declared`, else as the first of `others` that fits, else as cp1252.

    The names are Python's (`codec_of`).
    """
    if declared.startswith(_SEVEN_BIT):
        text = _try(data, declared)
        if text is not None:
            return text
    text = _try(data, "utf-8")
    if text is not None:
        return text
    if declared == "utf-8" or _ends_too_early(data):
        return data.decode("utf-8", errors="ignore")
    for codec in (declared, *others):
        text = _try(data, codec) if codec else None
        if text is not None:
            return text
    return western(data)


def western(data: bytes) -> str:
    """As Windows writes it; the five bytes that it has no character for are left out."""
    return data.decode("cp1252", errors="ignore")


def guess(data: bytes) -> str:
    """The codec of bytes that are not UTF-8 and do not say what they are."""
    sample = data[:_SAMPLE_BYTES]
    if _NOT_WESTERN.search(sample):
        found = charset_normalizer.from_bytes(sample, cp_isolation=_GUESSED, enable_fallback=False).best()
        if found:
            return codec_of(found.encoding)
    return "mac-roman" if _looks_like_mac(sample) else "cp1252"


class Guesses:
    """Of one file: what it is written in is asked once."""

    def __init__(self) -> None:
        self.known = ""

    def of(self, data: bytes) -> str:
        if not _NOT_WESTERN.search(data[:_SAMPLE_BYTES]):
            return guess(data)
        self.known = self.known or guess(data)
        return self.known


# é è ê ë à â ç î ï ô û ù ü ö ä, as each of the two writes them. In the other they are rare signs.
_MAC = re.compile(rb"[a-z][\x8e\x8f\x90\x91\x88\x89\x8d\x94\x95\x99\x9e\x9d\x9f\x9a\x8a](?=[a-z ,;]|$)", re.IGNORECASE)
_WINDOWS = re.compile(rb"[\xe9\xe8\xea\xeb\xe0\xe2\xe7\xee\xef\xf4\xfb\xf9\xfc\xf6\xe4]")


def _looks_like_mac(sample: bytes) -> bool:
    return len(_MAC.findall(sample)) > len(_WINDOWS.findall(sample))


def _ends_too_early(data: bytes) -> bool:
    """Whether it is UTF-8 but for a last character that was cut in two."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.reason == "unexpected end of data" and not data[: error.start].isascii()
    return False


def _try(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except (UnicodeError, LookupError, ValueError):
        return None
