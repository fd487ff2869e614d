from django.urls import path

from . import views

urlpatterns = [
    path("", views.index),
    path("healthz", views.live),
    path("readyz", views.ready),
    path("facts", views.facts),
    path("form", views.form),
]
