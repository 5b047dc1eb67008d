"""The addresses of deployments."""

from django.urls import path

from deployments import views

app_name = "deployments"
urlpatterns = [
    path("deployments/", views.PlanList.as_view(), name="list"),
    path("deployments/new/", views.Create.as_view(), name="create"),
    path("deployments/<uuid:key>/", views.PlanPage.as_view(), name="detail"),
    path("deployments/<uuid:key>/progress/", views.PlanProgress.as_view(), name="progress"),
    path("deployments/<uuid:key>/log/", views.PlanLogFile.as_view(), name="log"),
    path("deployments/<uuid:key>/notes/", views.EditNotes.as_view(), name="notes"),
    path("deployments/<uuid:key>/start/", views.Start.as_view(), name="start"),
    path("deployments/<uuid:key>/continue/", views.Continue.as_view(), name="continue"),
    path("deployments/<uuid:key>/abort/", views.Abort.as_view(), name="abort"),
    path("deployments/<uuid:key>/force/", views.Force.as_view(), name="force"),
    path("deployments/<uuid:key>/discard/", views.Discard.as_view(), name="discard"),
    path("deployments/<uuid:key>/reuse/", views.Reuse.as_view(), name="reuse"),
    path("deployments/<uuid:key>/retry/", views.Retry.as_view(), name="retry"),
]
