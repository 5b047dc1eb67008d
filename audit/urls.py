"""The addresses of the logs."""

from django.urls import URLPattern

app_name = "audit"
urlpatterns: list[URLPattern] = []
