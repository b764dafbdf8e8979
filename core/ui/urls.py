"""Addresses of every Resource's screens, made from the registry, and of the few pages around them."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from core.ui import registry
from core.ui.imports.urls import urlpatterns as import_urls
from core.ui.resource import Resource
from core.ui.views import (
    access,
    action,
    board,
    bulk,
    detail,
    export,
    files,
    form,
    history,
    invitations,
    jobs,
    list_setup,
    palette,
    people,
    preferences,
    tokens,
)
from core.ui.views import list as list_views

app_name = "ui"


def resource_urls(resource: Resource) -> list[URLPattern]:
    """The pages of one Resource. All of them exist; what a declaration leaves out answers 404."""
    views = {
        "list": ("", list_views.ListView),
        "create": ("new/", form.CreateView),
        "board": ("board/", board.BoardView),
        "move": ("board/move/", board.MoveView),
        "bulk": ("bulk/", bulk.BulkView),
        "export": ("export/", export.ExportView),
        "views": ("views/", list_setup.SaveViewView),
        "view": ("views/<int:view_id>/", list_setup.ChangeViewView),
        "columns": ("columns/", list_setup.ColumnsView),
        "lookup": ("lookup/", list_setup.LookupView),
        "validate": ("validate/", form.ValidateView),
        "totals": ("totals/", form.TotalsView),
        "detail": ("<int:pk>/", detail.DetailView),
        "edit": ("<int:pk>/edit/", form.EditView),
        "action": ("<int:pk>/actions/<slug:name>/", action.ActionView),
        "history": ("<int:pk>/history/", history.HistoryView),
        "files": ("<int:pk>/files/", files.FilesView),
        "file": ("<int:pk>/files/<int:file_id>/", files.FileView),
        "file-remove": ("<int:pk>/files/<int:file_id>/remove/", files.RemoveFileView),
        "paper": ("<int:pk>/papers/<int:paper_id>/", files.PaperView),
        "paper-retry": ("<int:pk>/papers/<int:paper_id>/retry/", files.RetryPaperView),
        "panel": ("<int:pk>/panels/<slug:name>/", detail.PanelView),
    }
    return [
        path(route, view.as_view(resource=resource), name=f"{resource.slug}-{name}")
        for name, (route, view) in views.items()
    ]


urlpatterns: list[URLPattern | URLResolver] = [
    path("palette/", palette.PaletteView.as_view(), name="palette"),
    path("shortcuts/", palette.ShortcutsView.as_view(), name="shortcuts"),
    path("preferences/", preferences.PreferencesView.as_view(), name="preferences"),
    path("preferences/company/", preferences.CompanyView.as_view(), name="company"),
    path("access/", access.WhyView.as_view(), name="access"),
    path("access/roles/", access.MatrixView.as_view(), name="role-matrix"),
    path("people/", people.PeopleView.as_view(), name="people"),
    path("people/invite/", people.InviteView.as_view(), name="people-invite"),
    path("people/<int:pk>/", people.PersonView.as_view(), name="person"),
    path("people/<int:pk>/<slug:act>/", people.PersonActView.as_view(), name="person-act"),
    path("invitations/", invitations.InvitationsView.as_view(), name="invitations"),
    path("invitations/<int:company_id>/<slug:answer>/", invitations.AnswerInvitationView.as_view(), name="invitation"),
    path("tokens/", tokens.TokensView.as_view(), name="tokens"),
    path("tokens/<int:pk>/revoke/", tokens.RevokeTokenView.as_view(), name="token-revoke"),
    path("jobs/<int:pk>/", jobs.JobView.as_view(), name="job"),
    path("jobs/<int:pk>/cancel/", jobs.JobCancelView.as_view(), name="job-cancel"),
    path("jobs/<int:pk>/result/", jobs.JobResultView.as_view(), name="job-result"),
    *import_urls,
]
urlpatterns += [path(f"{resource.slug}/", include(resource_urls(resource))) for resource in registry.all_resources()]
