"""Pages of its own: the import wizard."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
