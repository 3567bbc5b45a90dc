"""Steps of `bench.bulk` that no command of the product's does, in the database of the environment.

`python -m bench.bulk_worker prepare` makes an empty book; `duplicates` searches a book, and `sign-in`
gives a session in it.
"""

import json
import sys
import time

import django

from bench import books


def prepare() -> dict[str, float]:
    from django.contrib.auth import get_user_model
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)
    get_user_model().objects.create_user(books.USER)
    return {}


def duplicates() -> dict[str, float]:
    from django.contrib.auth import get_user_model

    from contacts.book import Book
    from contacts.duplicates import pairs

    book = Book(get_user_model().objects.get_by_natural_key(books.USER))
    began = time.perf_counter()
    found = pairs(book)
    return {"seconds": time.perf_counter() - began, "pairs": len(found)}


def sign_in() -> dict[str, str]:
    from bench.pages_worker import sign_in

    _user, session = sign_in()
    return {"session": session}


STEPS = {"prepare": prepare, "duplicates": duplicates, "sign-in": sign_in}

if __name__ == "__main__":
    django.setup()
    json.dump(STEPS[sys.argv[1]](), sys.stdout)
