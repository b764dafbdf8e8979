"""Settings of Onebook. Everything that differs between installations comes from the environment (see config/env.py)."""

from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from config import env

BASE_DIR = env.BASE_DIR
STATE_DIR = env.state_dir()

DEBUG = env.flag("DEBUG")
BIND = env.text("ONEBOOK_BIND", "127.0.0.1:8000")
LOOPBACK = ("127.0.0.1", "localhost", "::1", "[::1]")
if DEBUG and BIND.rpartition(":")[0] not in LOOPBACK:
    raise ImproperlyConfigured("DEBUG cannot be on while the server listens beyond this machine; unset DEBUG.")

SECRET_KEY = env.secret_key()
DEMO = env.flag("ONEBOOK_DEMO")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "127.0.0.1,localhost,[::1],testserver")
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")
HTTPS = env.flag("ONEBOOK_HTTPS")
# Where people outside reach us: stands in mails, which no request is behind.
PUBLIC_URL = env.text("ONEBOOK_PUBLIC_URL").rstrip("/")
if PUBLIC_URL and not PUBLIC_URL.startswith(("https://", "http://")):
    raise ImproperlyConfigured("ONEBOOK_PUBLIC_URL must begin with https:// (or http:// on a private network).")

INSTALLED_APPS = [
    "core.access",
    "core.company",
    "core.events",
    "core.audit",
    "core.search",
    "core.documents",
    "core.parties",
    "core.catalog",
    "core.jobs",
    "core.imports",
    "core.ui",
    "erp.ledger",
    "erp.inventory",
    "erp.invoicing",
    "erp.banking",
    "erp.purchasing",
    "erp.orders",
    "crm.contacts",
    "crm.pipeline",
    "crm.leads",
    "crm.tickets",
    "crm.campaigns",
    "integration",
    "reporting",
    "pgtrigger",
    "pghistory",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_filters",
    "django_tables2",
    "django_htmx",
    "rest_framework",
    "drf_spectacular",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "config.apps.AdminSite",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "config.apps.StaticFiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
]

MIDDLEWARE = [
    "core.ui.middleware.ContentSecurityPolicyMiddleware",  # before what answers by itself: static files, redirects
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # Pads what it compresses by a random length, so that a secret on a page cannot be guessed by size.
    "django.middleware.gzip.GZipMiddleware",
    "core.jobs.middleware.RequestLogMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "core.access.middleware.SessionLimitMiddleware",
    "core.company.middleware.CompanyMiddleware",
    "core.access.middleware.PreferencesMiddleware",
    "core.audit.middleware.HistoryMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "core.access.middleware.RequiredMfaMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "core.ui.middleware.UnstorableTextMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

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
                "django.template.context_processors.i18n",
                "core.ui.nav.shell",
            ],
        },
    }
]

# Database: the owner role migrates, the app role serves; an installation may give both as URLs.
DATABASE_URL = env.text("DATABASE_URL", "postgresql://onebook_app@127.0.0.1:5432/onebook")
DATABASE_OWNER_URL = env.text("DATABASE_OWNER_URL", DATABASE_URL)
APP_ROLE = env.database(DATABASE_URL)["USER"]
DATABASES = {"default": env.database(DATABASE_OWNER_URL if env.text("ONEBOOK_DB_ROLE") == "owner" else DATABASE_URL)}
# Statements are planned once a connection, which takes a third off a business act. A pooler that hands every
# transaction another connection must know prepared statements (PgBouncer from 1.21), or this is switched off.
PREPARE_AFTER = 3 if env.flag("DATABASE_PREPARE", default=True) else None
DATABASES["default"]["OPTIONS"] |= {"server_side_binding": True, "prepare_threshold": PREPARE_AFTER}
DATABASES["default"]["CONN_MAX_AGE"] = int(env.text("CONN_MAX_AGE", "600"))
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DATABASES["default"]["TEST"] = {"NAME": env.text("ONEBOOK_TEST_DATABASE", "test_onebook")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LOCK_TIMEOUT_MS = 5000

# Valkey or Redis: cache, sessions' first stop, and hints to workers. Nothing that counts lives there alone.
REDIS_URL = env.text("REDIS_URL", "redis://127.0.0.1:6379/0")
CACHES = {
    "default": {
        "BACKEND": "config.cache.KeptRedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "onebook",
    }
}
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"

CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
# Two queues, from which a worker takes in turn: ten thousand hints must not keep the tick, which says that it lives.
CELERY_TASK_QUEUES: dict[str, dict[str, str]] = {"celery": {}, "tick": {}}
CELERY_TASK_ROUTES = {"core.jobs.tasks.tick": {"queue": "tick"}}
CELERY_DB_REUSE_MAX = 1_000_000_000  # connections are looked after in config/celery.py
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 500
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 20
CELERY_TASK_TIME_LIMIT = 1800
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_connect_timeout": 3,  # a hint is sent within a request, which must not wait for a host that is gone
    "visibility_timeout": 3600,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
}
CELERY_BEAT_SCHEDULE_FILENAME = str(STATE_DIR / "celerybeat-schedule")
CELERY_TIMEZONE = "UTC"

# Identity
AUTH_USER_MODEL = "access.User"
AUTHENTICATION_BACKENDS = ["core.access.sign_in.AddressBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_ADAPTER = "core.access.adapter.AccountAdapter"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
# One address an account, which changes by a mail to the new one: a second one would be a second way in.
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_FORMS = {"reset_password": "core.access.sign_in.LostPasswordForm"}
ACCOUNT_EMAIL_NOTIFICATIONS = True  # a changed address or password is told to the address that was
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # strangers get no mail from here, least of all one that has them sign up
# Failures are counted by address and by account; a browser in which the person has signed in before counts by itself,
# so nobody can lock out somebody else (see core/access/adapter.py).
ACCOUNT_RATE_LIMITS = {"login": "30/m/ip", "login_failed": "10/m/ip,5/5m/key"}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Onebook"
MFA_ADAPTER = "core.access.adapter.MfaAdapter"
USERSESSIONS_TRACK_ACTIVITY = False  # would write on every request; SessionLimitMiddleware notes it once a minute
MFA_REQUIRED = True  # of whom, core/access/second_factor.py says
SESSION_IDLE_SECONDS = 30 * 60
SESSION_ABSOLUTE_SECONDS = 12 * 3600
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

# Cookies and headers
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True  # scripts read the CSRF token from the page
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "onebook-session"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "onebook-csrf"
DEVICE_COOKIE_NAME = "__Host-device" if HTTPS else "onebook-device"
CSRF_FAILURE_VIEW = "core.ui.views.errors.csrf_failure"
SECURE_SSL_REDIRECT = HTTPS
# What the other hosts of a domain do is their owner's decision, so subdomains and preloading are left out.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
BEHIND_PROXY = env.flag("ONEBOOK_BEHIND_PROXY")
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
# Limits count by address, and behind a proxy only the last entry of X-Forwarded-For, which it wrote itself, is true.
ALLAUTH_TRUSTED_PROXY_COUNT = int(BEHIND_PROXY)
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SECURE_CSP = {
    "default-src": ["'none'"],
    "script-src": ["'self'"],
    "style-src": ["'self'"],
    "img-src": ["'self'", "data:"],
    "connect-src": ["'self'"],
    "font-src": ["'self'"],
    "manifest-src": ["'self'"],
    "base-uri": ["'none'"],
    "form-action": ["'self'"],
    "frame-ancestors": ["'none'"],
}

# Languages
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("zh-hans", _("Simplified Chinese"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True
USE_THOUSAND_SEPARATOR = True
FORMAT_MODULE_PATH = "config.formats"
FILTERS_EMPTY_CHOICE_LABEL = _("Any")

# Files
STATIC_URL = "/static/"
STATIC_ROOT = env.text("STATIC_ROOT") or str(STATE_DIR / "static")
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "config.static.StaticFiles"},
}
if DEBUG or env.flag("ONEBOOK_TESTING"):
    STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
if env.flag("ONEBOOK_TESTING"):
    # A cache a process: parallel tests must not empty each other's.
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
# Pages name files by their hashed names alone, so nothing is written and compressed twice.
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = DEBUG or env.flag("ONEBOOK_TESTING")
MEDIA_ROOT = str(STATE_DIR / "files")
FILE_UPLOAD_PERMISSIONS = 0o600
DATA_UPLOAD_MAX_MEMORY_SIZE = 25 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
ATTACHMENT_MAX_BYTES = 20 * 1024 * 1024

# How long what has done its work is kept, in days; once a day the rest goes. Facts and papers are never pruned.
KEEP_EVENTS_DAYS = env.days("ONEBOOK_KEEP_EVENTS_DAYS", 30)
KEEP_JOBS_DAYS = env.days("ONEBOOK_KEEP_JOBS_DAYS", 90)
KEEP_REMOVED_FILES_DAYS = env.days("ONEBOOK_KEEP_REMOVED_FILES_DAYS", 365)

# Mail leaves through the outbox; without a server it is written to files.
EMAIL_BACKEND = env.text("EMAIL_BACKEND", "django.core.mail.backends.filebased.EmailBackend")
EMAIL_FILE_PATH = str(STATE_DIR / "mail")
EMAIL_HOST = env.text("EMAIL_HOST", "localhost")
EMAIL_PORT = int(env.text("EMAIL_PORT", "25"))
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD")
EMAIL_USE_TLS, EMAIL_USE_SSL = env.flag("EMAIL_USE_TLS"), env.flag("EMAIL_USE_SSL")
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "onebook@localhost")

# Screens
CRISPY_ALLOWED_TEMPLATE_PACKS = CRISPY_TEMPLATE_PACK = "bootstrap5"
DJANGO_TABLES2_TEMPLATE = "ui/table.html"

# API
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["core.ui.api.authentication.BearerTokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["core.ui.api.parsers.FiniteJSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "core.ui.api.problems.exception_handler",
    "DEFAULT_THROTTLE_RATES": {"token": env.text("API_RATE", "600/min")},
    "COERCE_DECIMAL_TO_STRING": True,
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Onebook API",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "POSTPROCESSING_HOOKS": [],  # choices stay where they are used; named ones of the same field would collide
}

LOGGING_CONFIG = "core.jobs.logs.configure"
LOGGING = {"level": env.text("LOG_LEVEL", "INFO"), "format": env.text("LOG_FORMAT", "json")}
