"""The pages of roles."""

from typing import Any

from django import forms
from django.db.models import Count
from django.utils.functional import cached_property
from django.views.generic.edit import FormMixin

from audit.activity.views import (
    ConfirmationView,
    CreationView,
    EntityDetail,
    EntityList,
    EntityStepView,
    PermissionMixin,
)
from infrastructure.models import Environment
from roles import activities, granting, previews, services
from roles.effects import Preview
from roles.forms import ReplacementForm, RoleForm, initial_of
from roles.holders import holders
from roles.models import INFRASTRUCTURE_SWITCHES, EnvironmentPermission, Role, RoleQuerySet
from roles.reviews import ReviewedMixin


class RoleList(PermissionMixin, EntityList):
    """All roles: what each permits where."""

    kind = activities.ROLE
    activity = activities.listed
    template_name = "roles/list.html"
    paginate_by = 25

    def get_queryset(self) -> Any:
        """Count the holders and fetch the levels at once."""
        visible: RoleQuerySet = super().get_queryset()  # type: ignore[assignment]
        return visible.in_order().prefetch_related("levels").annotate(holders=Count("users"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the matrix."""
        context = super().get_context_data(**kwargs)
        environments = list(Environment.objects.in_order())
        context["environments"] = environments
        context["rows"] = [(role, _cells(role, environments)) for role in context["object_list"]]
        return context


class RolePage(EntityDetail):
    """A role: what it permits where, and who holds it."""

    kind = activities.ROLE
    accessed = activities.accessed
    template_name = "roles/detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the levels and the holders."""
        role, number = self.entity, self.request.GET.get("page", "")
        page = int(number) if number.isascii() and number.isdigit() and len(number) < 6 else 0
        held, has_more = holders(role, self.request.user, page)
        return super().get_context_data(
            levels=_cells(role, list(Environment.objects.in_order())),
            may_change=activities.updated.allowed(self.request.user, role),
            holders=held,
            holder_count=services.affected_users(role).count(),
            page_before=page - 1 if page else None,
            page_after=page + 1 if has_more else None,
            **kwargs,
        )


class RoleFormMixin(FormMixin[RoleForm]):
    """The one form of a role."""

    kind = activities.ROLE
    form_class = RoleForm

    def get_form_kwargs(self) -> dict[str, Any]:
        """Give the form the environments."""
        return {**super().get_form_kwargs(), "environments": self.environments}

    @cached_property
    def environments(self) -> list[Environment]:
        """All there are, in order."""
        return list(Environment.objects.in_order())


class RoleCreate(RoleFormMixin, CreationView):
    """A new role."""

    template_name = "roles/form.html"
    activity = activities.created
    heading = "New role"
    submit = "Create role"

    def perform(self, data: dict[str, Any]) -> str:
        """Create it and say so."""
        role = services.create_role(by=self.by, **data)
        self.success_message = f"Role '{role}' created."
        return self.kind.url(role.pk)


class RoleEdit(ReviewedMixin, RoleFormMixin, EntityStepView):
    """Change a role."""

    template_name = "roles/form.html"
    activity = activities.updated
    heading = "Edit role"
    submit = "Save role"

    def shown(self, entity: Role) -> dict[str, Any]:
        """Show the levels as well."""
        self.levels_shown = list(entity.levels.all())
        return initial_of(entity, self.levels_shown)

    def preview(self, data: dict[str, Any]) -> Preview:
        """Rehearse it."""
        switches = {name: data[name] for name in INFRASTRUCTURE_SWITCHES}
        return previews.preview_change(
            self.entity,
            levels=data["levels"],
            switches=switches,
            environments=self.environments,
            stored=self.levels_shown,
        )

    def act(self, data: dict[str, Any]) -> None:
        """Change it and say so."""
        services.change_role(self.entity, by=self.by, **data)
        self.success_message = f"Role '{self.entity}' saved."


class RoleDelete(ReviewedMixin, ConfirmationView):
    """Delete a role; its holders get another one."""

    kind = activities.ROLE
    activity = activities.deleted

    @property
    def submit(self) -> str:
        """Name what goes."""
        return f"Delete role {self.entity}"

    def get_form_class(self) -> Any:
        """Ask for a replacement only if somebody holds the role."""
        return ReplacementForm if self.asks_for_replacement else forms.Form

    def get_form_kwargs(self) -> dict[str, Any]:
        """Offer the roles that the reader may hand out."""
        kwargs = super().get_form_kwargs()
        if self.asks_for_replacement:
            kwargs["roles"] = granting.grantable(self.by.role).exclude(pk=self.entity.pk)
        return kwargs

    @property
    def asks_for_replacement(self) -> bool:
        """Say whether the form does; where one is sent, nobody has to be counted."""
        return "replacement" in self.request.POST or bool(self.affected)

    @cached_property
    def affected(self) -> int:
        """How many people and service accounts hold the role."""
        return int(services.affected_users(self.entity).count())

    @property
    def heading(self) -> str:
        """Name what goes, where it is reviewed."""
        return self.submit

    def preview(self, data: dict[str, Any]) -> Preview:
        """Compare the role with its replacement."""
        replacement = data.get("replacement")
        return previews.preview_replacement(self.entity, replacement) if replacement else Preview()

    def consequences(self) -> list[str]:
        """Say whom it affects; what it does to them depends on the replacement, and is reviewed."""
        cost = (
            f"{_people(self.affected)} affected: they get the replacement role. You see what that changes first."
            if self.affected
            else "Nobody holds this role."
        )
        return [cost, "The role's change log stays."]

    def perform(self, data: dict[str, Any]) -> str:
        """Delete it and say so."""
        name, replacement = self.entity.name, data.get("replacement")
        services.delete_role(self.entity, by=self.by, replacement=replacement)
        self.success_message = f"Role '{name}' deleted."
        return self.kind.list_url


def _cells(
    role: Role, environments: list[Environment]
) -> list[tuple[Environment, EnvironmentPermission | None]]:
    levels = {row.environment_id: row for row in role.levels.all()}
    return [(environment, levels.get(environment.pk)) for environment in environments]


def _people(count: int) -> str:
    return {0: "Nobody is", 1: "1 account is"}.get(count, f"{count} accounts are")
