"""All settings, from the environment or `.env`; `.env.example` explains each one."""

from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from crm import secret_key

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
env.read_env(BASE_DIR / ".env")
# What is set to nothing is not set.
env.ENVIRON = {name: value for name, value in env.ENVIRON.items() if value.strip()}

# --- Server -----------------------------------------------------------------------------------

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="") or secret_key.read_or_create(BASE_DIR / ".secret_key")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", cast=str.strip, default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", cast=str.strip, default=[])
# Off for a network without TLS. Loopback needs no exception: see crm.middleware.
HTTPS = env.bool("HTTPS", default=True)
# Whose X-Forwarded-For and X-Forwarded-Proto are believed: addresses and networks, separated by commas.
FORWARDED_ALLOW_IPS = env.str("FORWARDED_ALLOW_IPS", default="127.0.0.1")
# How long a process that is told to stop waits for answers that are still under way.
GRACE_SECONDS = env.int("GRACE_SECONDS", default=3)

ROOT_URLCONF = "crm.urls"
ASGI_APPLICATION = "crm.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "crm",
    "contacts",
    "claude_ai",
    "crm.apps.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.sessions",
    "django.contrib.messages",
    "servestatic",
    "django.contrib.staticfiles",
    "django.forms",
    "csp",
    "django_htmx",
    "template_partials.apps.SimpleAppConfig",
    "lucide",
]

MIDDLEWARE = [
    "crm.middleware.SecurityMiddleware",
    "servestatic.middleware.ServeStaticMiddleware",
    "crm.middleware.CompressionMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "crm.middleware.LocaleMiddleware",
    "crm.middleware.BodyLimitMiddleware",
    "crm.middleware.LoginRequiredMiddleware",
    "contacts.middleware.BookMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    [
                        (
                            "django.template.loaders.cached.Loader",
                            [
                                "django.template.loaders.filesystem.Loader",
                                "django.template.loaders.app_directories.Loader",
                            ],
                        )
                    ],
                )
            ],
            "builtins": [
                "contacts.templatetags.written",
                "django.templatetags.i18n",
                "django.templatetags.static",
                "template_partials.templatetags.partials",
                "crm.templatetags.icons",
            ],
        },
    },
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [BASE_DIR / "templates" / "jinja2"],
        "OPTIONS": {"environment": "crm.jinja.environment", "context_processors": ["crm.jinja.texts"]},
    },
]

# Widgets of the project's own have their templates where all others are.
FORM_RENDERER = "crm.forms.Renderer"

# --- Data -------------------------------------------------------------------------------------

DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{BASE_DIR / 'db.sqlite3'}")}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"].setdefault("OPTIONS", {}).update(
        # A writer waits for the other writer rather than failing half-way through a transaction.
        transaction_mode="IMMEDIATE",
        timeout=20,
        # What is deleted is overwritten, however SQLite was built.
        init_command="PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-16000; "
        "PRAGMA secure_delete=ON",
    )
else:
    # Under ASGI a connection kept by its thread is lost with it: a pool keeps them instead.
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault("pool", True)

_cache = env.cache_url("CACHE_URL", default="locmemcache://")
CACHES = {
    "default": _cache | {"KEY_PREFIX": "crm", "OPTIONS": {**_cache.get("OPTIONS", {})}},
    # Apart from the rest, so that nothing cached beside it can push a key out.
    "secrets": _cache | {"KEY_PREFIX": "secrets", "OPTIONS": {**_cache.get("OPTIONS", {})}},
}
if _cache["BACKEND"].endswith("LocMemCache"):
    CACHES["default"]["LOCATION"] = "default"
    CACHES["secrets"]["LOCATION"] = "secrets"
    CACHES["default"]["OPTIONS"]["MAX_ENTRIES"] = CACHES["secrets"]["OPTIONS"]["MAX_ENTRIES"] = 10_000

# --- People -----------------------------------------------------------------------------------

AUTHENTICATION_BACKENDS = ["crm.auth.Backend"]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "dashboard"
LOGOUT_REDIRECT_URL = "login"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", _("French")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_TZ = True
# Where a person lives who has not said it yet.
TIME_ZONE = env.str("TIME_ZONE", default="Europe/Paris")
# Keeps the password that was made for the sample data, so that each start can print it.
DEMO_PASSWORD_FILE = BASE_DIR / ".demo_password"

# --- Security ---------------------------------------------------------------------------------

SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
# HSTS for subdomains, and preloading, bind hosts that this server does not know: its owner's choice.
# W001 looks for Django's own SecurityMiddleware by name: crm.middleware's is that one and the
# exception for loopback.
SILENCED_SYSTEM_CHECKS = ["security.W001", "security.W005", "security.W021"]
if not HTTPS:
    SILENCED_SYSTEM_CHECKS += ["security.W004", "security.W008", "security.W012", "security.W016"]
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "crm.views.csrf_failure"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# --- Uploads ----------------------------------------------------------------------------------

# Of all files of one request; crm.asgi reads no further. With what a form adds around them.
UPLOAD_MAX_BYTES = 100 * 1024 * 1024
REQUEST_MAX_BYTES = UPLOAD_MAX_BYTES + 1024 * 1024
# Some programs export a file for each person.
DATA_UPLOAD_MAX_NUMBER_FILES = 2_000

# --- Static files -----------------------------------------------------------------------------

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
# No page names a file without its hash, and compressing takes most of a first start.
SERVESTATIC_KEEP_ONLY_HASHED_FILES = True
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
            if DEBUG
            else "servestatic.storage.CompressedManifestStaticFilesStorage"
        )
    },
}

# --- Log --------------------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {"()": "crm.log.Formatter", "format": "{asctime} {levelname} {name}: {message}", "style": "{"}
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        # Their debug records hold whole requests: what is known of a contact, word for word.
        "anthropic": {"level": "WARNING"},
        "httpx2": {"level": "WARNING"},
        "httpcore2": {"level": "WARNING"},
        "django": {"handlers": ["console"], "level": "INFO", "propagate": False},
    },
}

# --- Contacts ---------------------------------------------------------------------------------

# In a year without it, 29 February is kept on 28 February, or on 1 March.
LEAP_DAY_FALLS_ON_1_MARCH = env.bool("LEAP_DAY_FALLS_ON_1_MARCH", default=False)
# ISO 3166 code of the country whose phone numbers are written without a country code.
PHONE_REGION = env.str("PHONE_REGION", default="FR")
# Origins, such as https://cloud.home:8443, from which calendars are fetched although they are in a
# private network, or without TLS.
CALENDAR_PRIVATE_ORIGINS = env.list("CALENDAR_PRIVATE_ORIGINS", cast=str.strip, default=[])

# --- Claude -----------------------------------------------------------------------------------

ENABLE_AI_FEATURES = env.bool("ENABLE_AI_FEATURES", default=True)
CLAUDE_API_KEY = env.str("CLAUDE_API_KEY", default="").strip()
CLAUDE_MODEL = env.str("CLAUDE_MODEL", default="claude-sonnet-4-5-20250929")
# Suggestions are many small judgements: the fast and cheap line is good at them.
CLAUDE_SUGGESTIONS_MODEL = env.str("CLAUDE_SUGGESTIONS_MODEL", default="claude-haiku-4-5-20251001")
CLAUDE_MAX_TOKENS = env.int("CLAUDE_MAX_TOKENS", default=1024)
CLAUDE_BASE_URL = env.str("CLAUDE_BASE_URL", default="https://api.anthropic.com")
CLAUDE_TIMEOUT_SECONDS = env.float("CLAUDE_TIMEOUT_SECONDS", default=60.0)
# How many tokens of what is known about a contact a briefing may send.
CLAUDE_DOSSIER_TOKENS = env.int("CLAUDE_DOSSIER_TOKENS", default=6_000)
# Per user and calendar month; None: no limit.
CLAUDE_MONTHLY_BUDGET_USD = env.float("CLAUDE_MONTHLY_BUDGET_USD", default=None)
