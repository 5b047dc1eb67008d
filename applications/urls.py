"""The addresses of applications."""

from django.urls import path

from applications import views

app_name = "applications"
urlpatterns = [
    path("", views.ApplicationList.as_view(), name="list"),
    path("applications/new/", views.Create.as_view(), name="create"),
    path("applications/<uuid:key>/", views.ApplicationDetail.as_view(), name="detail"),
    path("applications/<uuid:key>/edit/", views.Change.as_view(), name="edit"),
    path("applications/<uuid:key>/environments/<uuid:environment>/tag/", views.Tag.as_view(), name="tag"),
    path(
        "applications/<uuid:key>/environments/<uuid:environment>/publish/",
        views.Publish.as_view(),
        name="publish",
    ),
    path(
        "applications/<uuid:key>/environments/<uuid:environment>/block/", views.Block.as_view(), name="block"
    ),
    path(
        "applications/<uuid:key>/environments/<uuid:environment>/unblock/",
        views.Unblock.as_view(),
        name="unblock",
    ),
    path(
        "applications/<uuid:key>/versions/<uuid:version>/delete/",
        views.DeleteVersion.as_view(),
        name="delete_version",
    ),
    path("applications/<uuid:key>/permissions/", views.Permissions.as_view(), name="permissions"),
    path("applications/<uuid:key>/roles/grant/", views.GrantRole.as_view(), name="grant_role"),
    path("applications/<uuid:key>/roles/<uuid:user>/", views.ChangeRole.as_view(), name="change_role"),
    path("applications/<uuid:key>/roles/<uuid:user>/revoke/", views.RevokeRole.as_view(), name="revoke_role"),
    path("applications/<uuid:key>/team/add/", views.JoinTeam.as_view(), name="join_team"),
    path("applications/<uuid:key>/team/remove/", views.TakeOutOfTeam.as_view(), name="take_out_of_team"),
    path("users/<uuid:key>/applications/grant/", views.GrantToUser.as_view(), name="grant_to_user"),
    path("teams/<uuid:key>/applications/add/", views.PutInTeam.as_view(), name="put_in_team"),
]
