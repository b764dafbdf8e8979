"""The board view and the one endpoint that moves a card, for dragging, the keyboard and the Move-to menu alike."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Field
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from core.errors import DomainError
from core.ui.actions import call
from core.ui.board import Board, BoardColumn
from core.ui.cards import Moving, cards_html
from core.ui.listing import Listing
from core.ui.requests import is_htmx, redirect
from core.ui.resource import Kanban
from core.ui.saved_views import ListSetup
from core.ui.submission import attempt
from core.ui.views.base import ResourceView
from core.ui.views.history import MOVE
from core.ui.views.list import chips, create_label, filter_fields, list_views
from core.whole_numbers import MOST_VERSION, id_in, whole_number


class BoardBase(ResourceView):
    kanban: Kanban

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        found = self.resource.views.get("board")
        if found is None:
            raise Http404
        self.kanban = found
        return super().dispatch(request, *args, **kwargs)


class BoardView(BoardBase):
    def get(self, request: HttpRequest) -> HttpResponse:
        setup = ListSetup(self.resource, self.caller, request.GET)
        listing = Listing(self.resource, self.caller, setup.params)
        board = Board(self.kanban, listing)
        if "column" in request.GET:
            return self._more(board, request.GET)
        moving = self.moving(board)
        context = {
            "resource": self.resource,
            "title": capfirst(str(self.resource.plural)),
            "board_columns": [self._shown(column, listing, moving) for column in board.columns()],
            "move_url": moving.url if moving else "",
            "tabs": setup.tabs(),
            "views": list_views(self.resource, "board", listing),
            "filter_fields": filter_fields(listing),
            "chips": chips(listing),
            "query": listing.query,
            "list_url": self.resource.url("board"),
            "clear_url": f"{self.resource.url('board')}?view=all",
            "can_create": self.resource.can_create and self.may("create"),
            "create_url": self.resource.url("create") if self.resource.can_create else "",
            "create_label": create_label(self.resource),
        }
        response = render(request, "ui/board.html", context)
        patch_vary_headers(response, ["HX-Request"])
        return response

    def _more(self, board: Board, params: Any) -> HttpResponse:
        offset = params.get("offset", "0")
        number = whole_number(offset, most=999_999) or 0
        column = board.column(params.get("column", ""), number)
        if column is None:
            raise Http404
        context = {"column": self._shown(column, board.listing, self.moving(board))}
        return render(self.request, "ui/_board_column.html", context)

    def moving(self, board: Board) -> Moving | None:
        """The way to move, made once for all cards; None where the person may not."""
        if not board.keys or not self.may(self.kanban.verb):
            return None
        return Moving(self.resource.url("move"), board.keys, get_token(self.request), self.request.get_full_path())

    def _shown(self, column: BoardColumn, listing: Listing, moving: Moving | None) -> dict[str, Any]:
        shown = {name: getattr(column, name) for name in ("key", "label", "count", "sum", "cards")}
        shown["html"] = cards_html(column.cards, moving)
        if column.more is None:
            return {**shown, "more_url": ""}
        params = listing.params.copy()
        params.update({"column": column.key, "offset": str(column.more)})
        return {**shown, "more_url": f"{self.resource.url('board')}?{params.urlencode()}"}


class MoveView(BoardBase):
    """POST `pk`, `to` and `version`. A script gets JSON with the new version and figures; a plain form a redirect."""

    def post(self, request: HttpRequest) -> HttpResponse:
        pk = request.POST.get("pk", "")
        key = id_in(pk)
        if key is None:
            raise Http404
        record = self.get_object(key)
        self.require(self.kanban.verb, record)
        listing = Listing(self.resource, self.caller, request.GET)
        try:
            moved = attempt(lambda: self._move(record, listing))
        except DomainError as refusal:
            return self._refused(refusal)
        if not self._wants_json():
            messages.success(request, _("%(record)s was moved.") % {"record": self.resource.title(record)})
            return redirect(request, request.POST.get("next"), self.resource.url("board"))
        return JsonResponse({"version": getattr(moved, "version", None), "sums": Board(self.kanban, listing).sums()})

    def _move(self, record: Any, listing: Listing) -> Any:
        keys = {str(key): key for key, _label in self.kanban.columns(listing.caller)}
        to = self.request.POST.get("to", "")
        if to not in keys:
            raise Http404
        group: Field[Any, Any] = self.resource.model._meta.get_field(self.kanban.group)  # type: ignore[assignment]
        version = self.request.POST.get("version", "")
        return call(
            self.kanban.move,
            caller=self.caller,
            values={group.attname: keys[to]},
            record=record,
            expected_version=whole_number(version, most=MOST_VERSION),
            verb=f"{self.resource.slug}.{MOVE}",
        )

    def _wants_json(self) -> bool:
        accept = self.request.headers.get("Accept", "")
        return is_htmx(self.request) or "application/json" in accept or "X-Requested-With" in self.request.headers

    def _refused(self, refusal: DomainError) -> HttpResponse:
        status = refusal.status if refusal.status == 409 else 422
        if self._wants_json():
            return JsonResponse(
                {"message": str(refusal.message), "hint": str(refusal.hint), "code": refusal.code}, status=status
            )
        messages.error(self.request, str(refusal))
        return redirect(self.request, self.request.POST.get("next"), self.resource.url("board"))
