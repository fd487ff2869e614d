"""Settings as a Django project has them in production, told by the environment."""

import os
from pathlib import Path

PASSWORD = (Path(os.environ["CREDENTIALS_DIRECTORY"]) / "app_plantedSecret").read_text()

SECRET_KEY = PASSWORD * 2
DEBUG = False
ALLOWED_HOSTS = [os.environ["NOTES_HOST"]]
ROOT_URLCONF = "notes.urls"
WSGI_APPLICATION = "notes.wsgi.application"
INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.sessions", "notes"]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "notes",
        "USER": "notes",
        "PASSWORD": PASSWORD,
        "HOST": os.environ["NOTES_DATABASE_HOST"],
        "PORT": os.environ["NOTES_DATABASE_PORT"],
        "CONN_MAX_AGE": 60,
        "OPTIONS": {"connect_timeout": 5},
    }
}
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "Europe/Berlin"
SECURE_SSL_REDIRECT = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
