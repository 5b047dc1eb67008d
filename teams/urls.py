"""The addresses of teams."""

from django.urls import include, path

from teams import views

app_name = "teams"
team = [
    path("", views.TeamDetail.as_view(), name="detail"),
    path("edit/", views.ChangeTeam.as_view(), name="edit"),
    path("delete/", views.DeleteTeam.as_view(), name="delete"),
    path("members/add/", views.AddMember.as_view(), name="add_member"),
    path("members/<uuid:user>/", views.ChangeMemberRole.as_view(), name="change_member_role"),
    path("members/<uuid:user>/remove/", views.RemoveMember.as_view(), name="remove_member"),
]
urlpatterns = [
    path("teams/", views.TeamList.as_view(), name="list"),
    path("teams/new/", views.CreateTeam.as_view(), name="create"),
    path("teams/<uuid:key>/", include(team)),
    path("users/<uuid:key>/teams/add/", views.AddToTeam.as_view(), name="add_to_team"),
]
