"""Settings of the site, all from the environment; with none set, a private site on loopback.

============================  =================================================================================
LINGBAO_DATA                  data folder (default ``.lingbao``): secret key, embedded database
DATABASE_URL                  ``postgresql://…`` of any PostgreSQL 15 or newer; embedded when not set
LINGBAO_HOSTS                 host names the site answers to, with commas (default loopback)
LINGBAO_HTTPS                 ``1`` behind a TLS proxy that sets ``X-Forwarded-Proto``
LINGBAO_SECRET_KEY            secret key; made and kept in the data folder when not set
LINGBAO_KEYS                  folder of the keys of personal data (default ``keys`` in the data folder)
LINGBAO_PG_BIN                folder of pg_dump and pg_restore (default the search path, then the embedded server's)
LINGBAO_TEXT_RELAY            ``https://…`` of the relay that sends text messages; without it none are sent
LINGBAO_DEMONSTRATION         ``1`` for a demonstration: text messages are shown to everybody at ``/outbox/``
LINGBAO_DEBUG                 ``1`` shows Django's error pages; never in public
LINGBAO_API_RATE              API requests per client and process (default ``120/m``)
LINGBAO_PAGE_RATE             computed pages per client and process (default ``600/m``)
LINGBAO_LAB_AT_ONCE           laboratory: runs of one visitor at a time (default 2)
LINGBAO_LAB_A_DAY             laboratory: new runs of one visitor in 24 hours (default 20)
LINGBAO_LAB_UNCERTAIN_A_DAY   laboratory: of these, runs with their uncertainty (default 5)
LINGBAO_LAB_LARGEST           laboratory: people in one run (default 1000000)
LINGBAO_LAB_WAITING           laboratory: runs in the queue, of all visitors (default 100)
LINGBAO_LAB_DISK              laboratory: gigabytes of results kept; the oldest visitors' results go first (default 20)
============================  =================================================================================
"""

from __future__ import annotations

import os

from lingbao.web.database import configured
from lingbao.web.storage import data_folder, secret_key

DEBUG = os.environ.get("LINGBAO_DEBUG") == "1"
SECRET_KEY = secret_key()
ALLOWED_HOSTS = [
    host.strip() for host in os.environ.get("LINGBAO_HOSTS", "127.0.0.1,localhost,[::1]").split(",") if host.strip()
]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.staticfiles",
    "ninja",
    "procrastinate.contrib.django",
    "lingbao.web",
    "lingbao.web.lab",
    "lingbao.web.account",
    "lingbao.web.credentials",
    "lingbao.web.desk",
    "django.contrib.sessions",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.headless",
    "lingbao.registry",
    "lingbao.registry.ledger",
    "lingbao.registry.orders",
    "lingbao.registry.people",
    "lingbao.registry.enrolment",
    "lingbao.registry.record",
    "lingbao.registry.collection",
    "lingbao.registry.banking",
    "lingbao.registry.transfers",
    "lingbao.registry.benefits",
    "lingbao.registry.monitoring",
    "lingbao.registry.notices",
    "lingbao.registry.disputes",
]
MIDDLEWARE = [
    "lingbao.web.security.headers",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "lingbao.web.language.middleware",
    "lingbao.web.security.body_limit",
    "lingbao.web.security.rate_limit",
    "lingbao.web.errors.middleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "lingbao.web.sessions.sliding",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
ROOT_URLCONF = "lingbao.web.urls"
WSGI_APPLICATION = "lingbao.web.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": ["django.template.context_processors.request", "lingbao.web.context.site"],
            "builtins": ["lingbao.web.templatetags.words", "lingbao.web.templatetags.figures"],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"

DATABASES = {"default": configured()}
LINGBAO_KEYS = os.environ.get("LINGBAO_KEYS") or str(data_folder() / "keys")  # keys of personal data, never in the database
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "site",
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    },
    "charts": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "charts",
        "TIMEOUT": 24 * 3600,
        "OPTIONS": {"MAX_ENTRIES": 2_000},
    },
}

# Two languages by a table in the page itself; Django's own catalogues serve its error texts (decision 0004).
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
USE_I18N = True
FORMAT_MODULE_PATH = ["lingbao.web.formats"]
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_MAX_AGE = 24 * 3600

# A statement of forty years in CSV is under 100 kB, an award form under 20 kB.
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
LINGBAO_BODY_LIMIT = 1024 * 1024
LINGBAO_API_RATE = os.environ.get("LINGBAO_API_RATE", "120/m")
LINGBAO_PAGE_RATE = os.environ.get("LINGBAO_PAGE_RATE", "600/m")

LINGBAO_BANK = os.environ.get("LINGBAO_BANK", "stand-in")
LINGBAO_BANK_MANNERS = os.environ.get("LINGBAO_BANK_MANNERS", "")
LINGBAO_TEXT_RELAY = os.environ.get("LINGBAO_TEXT_RELAY", "")
LINGBAO_DEMONSTRATION = os.environ.get("LINGBAO_DEMONSTRATION") == "1"

LINGBAO_LAB_AT_ONCE = int(os.environ.get("LINGBAO_LAB_AT_ONCE", "2"))
LINGBAO_LAB_A_DAY = int(os.environ.get("LINGBAO_LAB_A_DAY", "20"))
LINGBAO_LAB_UNCERTAIN_A_DAY = int(os.environ.get("LINGBAO_LAB_UNCERTAIN_A_DAY", "5"))
LINGBAO_LAB_LARGEST = int(os.environ.get("LINGBAO_LAB_LARGEST", "1000000"))
LINGBAO_LAB_WAITING = int(os.environ.get("LINGBAO_LAB_WAITING", "100"))
LINGBAO_LAB_DISK = float(os.environ.get("LINGBAO_LAB_DISK", "20"))

HTTPS = os.environ.get("LINGBAO_HTTPS") == "1"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Strict"
CSRF_FAILURE_VIEW = "lingbao.web.errors.csrf_failed"
SILENCED_SYSTEM_CHECKS = ["django_ratelimit.E003", "django_ratelimit.W001"]  # each process counts for itself in its own memory: at most so many times the limit

# Sign-in: sessions in the database, closed after two hours without use (counted by lingbao.web.sessions) and with the browser;
# no mail is sent.
SESSION_ENGINE = "lingbao.web.sessions"  # which also ends them half a day after the sign-in
SESSION_COOKIE_AGE = 2 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SECURE = HTTPS
SESSION_COOKIE_SAMESITE = "Lax"
LOGIN_URL = "/account/sign-in/"
LOGIN_REDIRECT_URL = "/account/"
AUTHENTICATION_BACKENDS = ["lingbao.web.credentials.logins.Logins"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
ACCOUNT_ADAPTER = "lingbao.web.account.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_REDIRECT_URL = "/account/sign-in/"
ACCOUNT_FORMS = {"login": "lingbao.web.account.forms.SignInForm", "reauthenticate": "lingbao.web.account.forms.ConfirmForm",
                 "change_password": "lingbao.web.account.forms.AnotherPasswordForm"}
ACCOUNT_RATE_LIMITS = {"login_failed": None}  # counted in the database instead: lingbao.web.account.lockout
HEADLESS_CLIENTS = ("app",)  # sessions of apps only; the operations stand in lingbao.web.api.registry.worker_sign_in
MFA_FORMS = {"authenticate": "lingbao.web.account.second_step.SignInCodeForm", "reauthenticate": "lingbao.web.account.second_step.ConfirmCodeForm"}
MFA_ADAPTER = "lingbao.web.account.adapter.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "灵保 Lingbao"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"django.request": {"level": "ERROR"}},
}
