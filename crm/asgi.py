import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
django_application = get_asgi_application()

from crm.body_limit import BodyLimit  # noqa: E402  # it reads the settings

application = BodyLimit(django_application)
