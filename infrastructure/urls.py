"""The addresses of infrastructure."""

from django.urls import include, path

from infrastructure import views

app_name = "infrastructure"
environment = [
    path("", views.EnvironmentDetail.as_view(), name="detail"),
    path("edit/", views.ChangeEnvironment.as_view(), name="edit"),
    path("move/", views.MoveEnvironment.as_view(), name="move"),
    path("maintenance/enable/", views.EnableMaintenance.as_view(), name="enable_maintenance"),
    path("maintenance/disable/", views.DisableMaintenance.as_view(), name="disable_maintenance"),
    path("unregister/", views.UnregisterEnvironment.as_view(), name="unregister"),
]
urlpatterns = [
    path("infrastructure/", views.EnvironmentList.as_view(), name="list"),
    path("infrastructure/settings/", views.ChangeSettings.as_view(), name="settings"),
    path("infrastructure/environments/new/", views.RegisterEnvironment.as_view(), name="create"),
    path("infrastructure/environments/<uuid:key>/", include(environment)),
]
