"""A project state that renders a model once.

Django renders a historical model again, with everything related to it, after every operation on it. In one book
everything is related: an empty database took minutes to migrate, nearly all of them spent on rendering. Most
operations change nothing that a rendered class is made of: a new model needs only itself, and an index, a constraint
or a trigger only has to be known. Whatever else changes drops all classes, to be rendered from the same model states
at the next use, so they are always those that Django would make.
"""

from collections.abc import Iterable
from typing import Any

from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import ModelState, ProjectState, StateApps
from django.utils.functional import cached_property

Key = tuple[str, str]
# Of no consequence for the class itself; the operation brings the object along that the database needs.
APART = ("indexes", "constraints", "triggers")


def shape_of(state: ModelState) -> tuple[Any, ...]:
    """What a rendered class is made of. Fields are replaced when they change, so their identity tells."""
    options = {name: value for name, value in state.options.items() if name not in APART}
    return {name: id(field) for name, field in state.fields.items()}, state.bases, options, list(state.managers)


class OneRenderingState(ProjectState):
    """Renders new models alone, and all of them only when a rendered one changed its shape."""

    def __init__(self, models: dict[Key, ModelState] | None = None, real_apps: set[str] | None = None) -> None:
        super().__init__(models, real_apps)
        self.shapes: dict[Key, tuple[Any, ...]] = {}

    @cached_property
    def apps(self) -> StateApps:
        self.shapes = {key: shape_of(state) for key, state in self.models.items()}
        return StateApps(self.real_apps, self.models)  # type: ignore[arg-type]  # any iterable will do

    def clone(self) -> "OneRenderingState":
        copy = OneRenderingState({key: state.clone() for key, state in self.models.items()}, self.real_apps)
        if "apps" in self.__dict__:
            copy.apps = self.apps.clone()
            copy.shapes = dict(self.shapes)
        copy.is_delayed = self.is_delayed
        return copy

    def reload_model(self, app_label: str, model_name: str, delay: bool = False) -> None:
        self.reload_models({(app_label, model_name)}, delay=delay)

    def reload_models(self, models: Iterable[Key], delay: bool = True) -> None:
        if "apps" not in self.__dict__:
            return
        for key in models:
            state = self.models[key]
            if key not in self.shapes:
                self.apps.render_multiple([state])
                self.shapes[key] = shape_of(state)
            elif self.shapes[key] == shape_of(state):
                options = self.apps.get_model(*key)._meta
                for name in APART:
                    setattr(options, name, list(state.options.get(name, ())))
            else:
                del self.__dict__["apps"]
                return


class OneRenderingExecutor(MigrationExecutor):
    """Django's executor over such a state."""

    def _create_project_state(self, with_applied_migrations: bool = False) -> ProjectState:
        found = super()._create_project_state(with_applied_migrations)  # type: ignore[misc]  # untyped there
        return OneRenderingState(found.models, found.real_apps)
