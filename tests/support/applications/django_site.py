"""Django in one file, without SECURE_PROXY_SSL_HEADER, for WSGI and ASGI alike."""

import django
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.middleware.csrf import get_token
from django.urls import path
from django_ratelimit.decorators import ratelimit

settings.configure(
    ALLOWED_HOSTS=["portico.internal"],
    CSRF_COOKIE_SECURE=True,
    MIDDLEWARE=["django.middleware.security.SecurityMiddleware", "django.middleware.csrf.CsrfViewMiddleware"],
    ROOT_URLCONF=__name__,
    SECRET_KEY="of a test",
    SECURE_SSL_REDIRECT=True,
    USE_TZ=True,
)
django.setup()


def told(request):
    return JsonResponse(
        {
            "client": request.META["REMOTE_ADDR"],
            "scheme": request.scheme,
            "host": request.get_host(),
            "requestId": request.headers["X-Request-ID"],
            "url": request.build_absolute_uri("/told"),
            "secure": request.is_secure(),
            "port": request.get_port(),
        }
    )


def old(request):
    return HttpResponseRedirect(request.build_absolute_uri("/told"))


def form(request):
    return HttpResponse(get_token(request) if request.method == "GET" else "taken")


@ratelimit(key="ip", rate="2/h")
def rare(request):
    return HttpResponse("rare")


urlpatterns = [path("told", told), path("old", old), path("form", form), path("rare", rare)]
wsgi = get_wsgi_application()
asgi = get_asgi_application()
