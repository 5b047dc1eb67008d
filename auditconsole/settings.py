"""All settings, driven by the environment. A variable that is missing or malformed is refused with the remedy."""

import os
from pathlib import Path

import django_stubs_ext
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.core.management.utils import get_random_secret_key

from auditconsole.database import database

django_stubs_ext.monkeypatch()  # lets generic classes be subscripted at run time as the type stubs do

BASE_DIR = Path(__file__).resolve().parent.parent


def flag(name: str, *, default: bool) -> bool:
    """Read an on/off variable: 1 or 0."""
    value = os.environ.get(name, "1" if default else "0")
    if value not in {"0", "1"}:
        raise ImproperlyConfigured(f"{name} is {value!r}; set it to 1 (on) or 0 (off).")
    return value == "1"


def number(name: str, *, default: int, least: int = 1) -> int:
    """Read a whole number."""
    value = os.environ.get(name, str(default))
    if not (value.isascii() and value.isdigit() and int(value) >= least):
        raise ImproperlyConfigured(f"{name} is {value!r}; set it to a whole number, at least {least}.")
    return int(value)


def secret_key() -> str:
    """Return SECRET_KEY; in DEBUG one is made once and kept in the project, so that sessions survive a restart."""
    if key := os.environ.get("SECRET_KEY"):
        return key
    if not DEBUG:
        raise ImproperlyConfigured(
            "SECRET_KEY is not set. Set it to a long random text that only this installation knows, "
            "or set DEBUG=1 on a machine of your own."
        )
    kept = BASE_DIR / ".postgres.secret-key"
    if not kept.exists():
        kept.touch(mode=0o600)
        kept.write_text(get_random_secret_key())
    return kept.read_text()


DEBUG = flag("DEBUG", default=True)
SECRET_KEY = secret_key()
ALLOWED_HOSTS = os.environ.get("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]" if DEBUG else "").split(",")
# How many reverse proxies of ours stand in front, each of which adds the address it was called from to X-Forwarded-For.
PROXIES = number("PROXIES", default=0, least=0)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PROXIES else None
DEMO = flag("DEMO", default=False)  # what only the demo shows: the design system
SECURE = flag("SECURE", default=not DEBUG)  # served over HTTPS: cookies and headers say so

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "django_filters",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_htmx",
    "heroicons",
    "csp",
    "audit",
    "infrastructure",
    "roles",
    "users",
    "teams",
    "applications",
    "deployments",
    "auditconsole",
]

MIDDLEWARE = [
    # outermost, so that no answer leaves without their headers: no file, no redirect, no refused host
    "auditconsole.middleware.ContentPolicyMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "auditconsole.middleware.NoStoreMiddleware",
    "auditconsole.middleware.OriginMiddleware",
    "auditconsole.middleware.RecordRequiredMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "auditconsole.middleware.TimeZoneMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "auditconsole.signing_in.SignInRequiredMiddleware",
    "auditconsole.password_gate.PasswordGateMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "auditconsole.middleware.NotAllowedMiddleware",
]

ROOT_URLCONF = "auditconsole.urls"
WSGI_APPLICATION = "auditconsole.wsgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
            "builtins": [
                "django.templatetags.static",
                "heroicons.templatetags.heroicons",
                "audit.templatetags.changes",
                "audit.templatetags.gates",
                "audit.templatetags.times",
            ],
        },
    },
]

DATABASES = {"default": database(BASE_DIR)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "users.User"
AUTHENTICATION_BACKENDS = ["users.sign_in.PersonBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "users.passwords.MixedCharactersValidator"},
]
LOGIN_URL = "users:sign_in"
LOGIN_REDIRECT_URL = "start"
CSRF_FAILURE_VIEW = "auditconsole.signing_in.csrf_failure"

SESSION_ENGINE = "auditconsole.sessions"
SESSION_COOKIE_AGE = 8 * 60 * 60
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_NAME = "__Host-session" if SECURE else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if SECURE else "csrf"
CSRF_COOKIE_HTTPONLY = True
SECURE_SSL_REDIRECT = SECURE
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE
SECURE_HSTS_PRELOAD = SECURE
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSP_POLICY = {
    "default-src": [NONE],
    "script-src": [SELF],
    "style-src": [SELF],
    "img-src": [SELF],
    "font-src": [NONE],
    "connect-src": [SELF],
    "form-action": [SELF],
    "frame-ancestors": [NONE],
    "base-uri": [NONE],
    "object-src": [NONE],
}
CONTENT_SECURITY_POLICY = {"DIRECTIVES": CSP_POLICY}
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

LANGUAGE_CODE = "en"
USE_I18N = False
USE_TZ = True
TIME_ZONE = os.environ.get("TIME_ZONE", "UTC")

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = (
    DEBUG  # in DEBUG no collected folder is needed, nor in tests
)

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["users.authentication.TokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["audit.activity.gates.DenyUndeclared"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}

SPECTACULAR_SETTINGS = {
    "OAS_VERSION": "3.1.1",
    "TITLE": "The record",
    "DESCRIPTION": "Read, follow and export what happened. Nothing here can change it.",
    "VERSION": "1",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": False,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
}
# The record's API stands below the accounts, so the settings say how it knows its callers. Tokens come first.
RECORD_API_AUTHENTICATION = ["users.record_access.RecordToken", "users.record_access.BrowserSession"]
# Requests in so many seconds: reads and exports of the record and calls of the LifeTime API by one account, wrong
# tokens from one address.
API_LIMITS = {
    "read": (number("API_READS_PER_MINUTE", default=600), 60),
    "export": (number("API_EXPORTS_PER_HOUR", default=30), 60 * 60),
    "lifetime": (number("LIFETIME_CALLS_PER_MINUTE", default=3000), 60),
    "rejected": (60, 60),
}

# Programs that the command runner may call: the administrator of the server puts them into this folder,
# the administrator of the console chooses one of them. Nobody gets from the console to the server's shell.
RUNNER_PROGRAMS = Path(os.environ["RUNNER_PROGRAMS"]) if "RUNNER_PROGRAMS" in os.environ else None

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": os.environ.get("LOG_LEVEL", "INFO")},
}

# Usernames are unique whatever their letter case: a constraint on lower(username), which the check does not know.
SILENCED_SYSTEM_CHECKS = ["auth.W004"]
