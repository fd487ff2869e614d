import os
import socket

from django.db import connection
from django.http import JsonResponse
from django.views.decorators.csrf import csrf_exempt

from . import NOTE
from .models import Note


def live(request):
    return JsonResponse({"ok": True})


def ready(request):
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"ok": True})


@csrf_exempt
def index(request):
    if request.method == "POST":
        Note.objects.create(text=request.POST.get("from", "")[:200])
    release = os.path.basename(os.path.dirname(os.path.realpath(os.getcwd())))
    return JsonResponse({"host": socket.gethostname(), "release": release, "notes": Note.objects.count(), "note": NOTE})


def facts(request):
    """What Django believes of the request; a form on another page would be refused without them."""
    request.session["seen"] = True
    return JsonResponse(
        {
            "secure": request.is_secure(),
            "host": request.get_host(),
            "client": request.META["REMOTE_ADDR"],
            "here": request.build_absolute_uri(),
        }
    )


def form(request):
    """A form behind Django's own protection: it has to be refused without a token."""
    return JsonResponse({"ok": True})
