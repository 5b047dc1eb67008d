"""The addresses of roles."""

from django.urls import path

from roles import views

app_name = "roles"
urlpatterns = [
    path("roles/", views.RoleList.as_view(), name="list"),
    path("roles/new/", views.RoleCreate.as_view(), name="create"),
    path("roles/<uuid:key>/", views.RolePage.as_view(), name="detail"),
    path("roles/<uuid:key>/edit/", views.RoleEdit.as_view(), name="edit"),
    path("roles/<uuid:key>/delete/", views.RoleDelete.as_view(), name="delete"),
]
