"""Screens of the master data below this layer. Apps above declare theirs in their own `resources.py`."""

from core.ui.imports import jobs, resource
from core.ui.resources import catalog, company, parties, prices, taxes

__all__ = ["catalog", "company", "jobs", "parties", "prices", "resource", "taxes"]
