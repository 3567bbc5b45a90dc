import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
django.setup(set_prefix=False)

from crm.body_limit import BodyLimit  # noqa: E402  # it reads the settings
from crm.handler import Handler  # noqa: E402

application = BodyLimit(Handler())
