"""Contacts to files: a writer per format takes the `imports.card.Card` of a contact."""
