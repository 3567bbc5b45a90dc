"""Keeping data apart from instructions."""


def fenced(json: str, *, tag: str) -> str:
    """`json` between tags. Raises `ValueError` for one that could open or close a tag itself."""
    if "<" in json or ">" in json:
        raise ValueError("JSON is fenced with its angle brackets escaped.")
    return f"<{tag}>\n{json}\n</{tag}>"
