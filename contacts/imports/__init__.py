"""Contacts from files: a reader per format gives `card.Card`s; what becomes of them is decided before it is written."""
