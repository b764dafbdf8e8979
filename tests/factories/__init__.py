"""Factories by model. The first factory of a model in its module is the one that makes a plain, valid record of it."""

import importlib
import pkgutil
from functools import cache
from typing import Any

import factory
from django.db.models import Model

Factories = dict[type[Model], type[factory.django.DjangoModelFactory]]


@cache
def _factories_in(module: str) -> Factories:
    found: Factories = {}
    for value in vars(importlib.import_module(f"{__name__}.{module}")).values():
        is_factory = isinstance(value, type) and issubclass(value, factory.django.DjangoModelFactory)
        if is_factory and value._meta.model is not None and value.__module__.endswith(f".{module}"):
            found.setdefault(value._meta.model, value)
    return found


def factory_for(model: type[Model]) -> Any:
    """The factory of a model; every one of them takes `company=`. It stands in tests/factories/<app label>.py.

    :raises LookupError: when there is none: a model with screens needs one.
    """
    modules = [module.name for module in pkgutil.iter_modules(__path__)]
    for module in sorted(modules, key=lambda name: name != model._meta.app_label):
        if model in (found := _factories_in(module)):
            return found[model]
    raise LookupError(f"no factory for {model._meta.label}; add one to tests/factories/{model._meta.app_label}.py")
