"""The customer's page of a quotation: read it, take the PDF, accept or decline."""

from collections.abc import Callable
from typing import Any

import pghistory
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.cache import never_cache

from core.company.models import Company
from core.company.queries import local_date
from core.company.tenancy import use_companies
from core.documents.papers import papers_of, print_paper
from core.errors import DomainError
from core.ui import formats
from core.ui.badges import status_badge
from core.ui.submission import attempt
from erp.orders.enums import QuotationStatus
from erp.orders.forms import PublicAnswerForm, PublicDeclineForm
from erp.orders.models import Quotation, QuotationLine
from erp.orders.operations import accept_quotation, decline_quotation
from erp.orders.panels import sale_totals
from erp.orders.public.limits import address_hash, is_too_often
from erp.orders.public.links import read_token

READS_PER_MINUTE, ANSWERS_PER_MINUTE = 60, 10


@method_decorator(never_cache, name="dispatch")
class PublicQuotationView(View):
    """Base: the link opens one company and one quotation, for this request alone."""

    quotation: Quotation
    company: Company

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        is_answer = request.method == "POST"
        limit = ANSWERS_PER_MINUTE if is_answer else READS_PER_MINUTE
        if is_too_often(request, "answer" if is_answer else "read", per_minute=limit):
            return self.refuse(_("Too many requests"), _("Please wait a minute and try again."), 429)
        link = read_token(kwargs["token"])
        if link is None:
            return self.refuse(_("This link does not work any more"), _("Ask us to send the quotation again."), 404)
        pghistory.context(company=link.company_id)
        with use_companies([link.company_id]):
            found = Quotation.objects.select_related("company__currency", "party", "currency", "payment_term")
            quotation = found.filter(pk=link.quotation_id, company_id=link.company_id).first()
            if quotation is None or quotation.status == QuotationStatus.DRAFT:
                return self.refuse(_("This link does not work any more"), "", 404)
            self.quotation, self.company = quotation, quotation.company
            with translation.override(quotation.party.language or self.company.language):
                return super().dispatch(request, *args, **kwargs)

    def refuse(self, title: str, text: str, status: int) -> HttpResponse:
        context = {"title": title, "text": text, "icon": "alert-circle"}
        return render(self.request, "public/message.html", context, status=status)


class QuotationPageView(PublicQuotationView):
    """Shows the quotation. Reading changes nothing; answering is a POST with `act` accept or decline."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        return self.show()

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        accepting = request.POST.get("act") != "decline"
        form = (PublicAnswerForm if accepting else PublicDeclineForm)(request.POST)
        if not form.is_valid():
            return self.show(form, accepting=accepting, status=422)
        try:
            attempt(lambda: self.answer(form.cleaned_data, accepting=accepting))
        except DomainError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal.message))
            return self.show(form, accepting=accepting, status=refusal.status)
        thanks = _("Thank you. We have your order.") if accepting else _("Thank you for letting us know.")
        messages.success(request, thanks)
        return HttpResponseRedirect(reverse("orders:quotation", args=[token]))

    def answer(self, given: dict[str, Any], *, accepting: bool) -> None:
        common = {
            "quotation_id": self.quotation.pk,
            "user": None,
            "now": timezone.now(),
            "address_hash": address_hash(self.request),
            "user_agent": self.request.headers.get("User-Agent", ""),
        }
        act: Callable[..., Any] = accept_quotation if accepting else decline_quotation
        act(**common, **given)

    def show(self, form: Any = None, *, accepting: bool = True, status: int = 200) -> HttpResponse:
        self.quotation.refresh_from_db(fields=["status", "answered_at", "answered_name"])
        quotation = self.quotation
        is_open = quotation.is_open and quotation.valid_until >= local_date(self.company, timezone.now())
        context = {
            "company": self.company,
            "title": _("Quotation %(number)s") % {"number": quotation.number},
            "status": status_badge(quotation, {}),
            "quotation": quotation,
            "facts": self.facts(),
            **self.table(),
            "totals": sale_totals(quotation),
            "note": quotation.notes,
            "pdf_url": reverse("orders:quotation-pdf", args=[self.kwargs["token"]]),
            "is_open": is_open,
            "is_over": quotation.is_open and not is_open,
            "accept_form": form if form is not None and accepting else PublicAnswerForm(),
            "decline_form": form if form is not None and not accepting else PublicDeclineForm(),
            "declining": form is not None and not accepting,
        }
        return render(self.request, "public/quotation_page.html", context, status=status)

    def facts(self) -> list[dict[str, Any]]:
        quotation = self.quotation
        facts = [
            (_("For"), quotation.party.name),
            (_("Date"), formats.date(quotation.document_date)),
            (_("Valid until"), formats.date(quotation.valid_until)),
            (_("Your reference"), quotation.reference),
            (_("Payment term"), quotation.payment_term),
            (_("Delivery by"), formats.date(quotation.requested_date)),
        ]
        return [{"label": label, "value": value} for label, value in facts if value]

    def table(self) -> dict[str, Any]:
        labels = [
            (_("Item"), False), (_("Quantity"), True), (_("Unit price"), True), (_("Discount"), True), (_("Net"), True)
        ]  # fmt: skip
        rows = []
        for line in QuotationLine.objects.filter(quotation=self.quotation).select_related("unit"):
            values = (
                line.description,
                f"{formats.quantity(line.quantity)} {line.unit or ''}".strip(),
                formats.price(line.unit_price),
                formats.percent(line.discount_percent or None),
                formats.money(line.net_amount, self.quotation.currency_id),
            )
            rows.append(
                [
                    {"value": value, "num": num, "label": label}
                    for value, (label, num) in zip(values, labels, strict=True)
                ]
            )
        return {"headers": [{"label": label, "num": num} for label, num in labels], "rows": rows}


class QuotationPdfView(PublicQuotationView):
    """The paper as it was when the quotation was sent."""

    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        paper = papers_of(self.quotation).first()
        if paper is None:
            raise Http404
        with transaction.atomic():
            content = bytes(print_paper(paper_id=paper.pk).content)
        answer = HttpResponse(content, content_type="application/pdf")
        answer["Content-Disposition"] = f'attachment; filename="{self.quotation.number}.pdf"'
        answer["X-Content-Type-Options"] = "nosniff"
        return answer
