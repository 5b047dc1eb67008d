"""The addresses of roles."""

from django.urls import URLPattern

app_name = "roles"
urlpatterns: list[URLPattern] = []
