"""What stops a whole file, in words for the user."""


class FileError(Exception):
    """The file can't be read at all; the message says why, in the user's language."""
