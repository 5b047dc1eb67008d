"""The addresses of the logs."""

from django.urls import path

from audit import views

app_name = "audit"
urlpatterns = [
    path("audit-logs/", views.AuditLogs.as_view(), name="log"),
    path("audit-logs/excel/", views.Export.as_view(), name="export"),
    path("change-log/<str:kind>/<str:key>/", views.ChangeLog.as_view(), name="change_log"),
    path("activity-log/<str:kind>/<str:key>/", views.ActivityLog.as_view(), name="activity_log"),
    path("events/<int:id>/", views.EventPage.as_view(), name="event"),
]
