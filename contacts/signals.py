"""What happens in the book, for apps that keep something about it without a constraint in the database."""

from django.dispatch import Signal

# Two contacts are becoming one. Given `book`, the ids `kept` and `gone`, and the `journal`
# (`contacts.merging.journal.Journal`) through which to change rows, so that undoing brings them back too.
merged = Signal()
