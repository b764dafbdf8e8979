"""Pages of the demo company."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.access.enums import Role
from core.access.policies import roles_in
from core.errors import DomainError
from core.parties.models import Party
from core.ui.views.base import SignedInView
from crm.leads.models import Lead
from crm.pipeline.models import Deal
from erp.banking.models import Payment
from erp.invoicing.models import SalesInvoice
from erp.ledger.models import JournalEntry
from erp.orders.models import SalesOrder
from integration.demo.dropping import drop_demo_company
from integration.demo.notices import load_of

COUNTED = (Party, Lead, Deal, SalesOrder, SalesInvoice, Payment, JournalEntry)


class DemoProgressView(SignedInView):
    """The bar that shows how far the demo company is; it asks for itself until it is full."""

    def get(self, request: HttpRequest) -> HttpResponse:
        if not self.caller.company.is_demo:
            raise Http404
        context = {"run": load_of(self.caller.company), "url": reverse("demo-progress")}
        return render(request, "integration/_demo_progress.html", context)


class RemoveDemoForm(forms.Form):
    code = forms.CharField(label=gettext_lazy("Code of the company"), max_length=20)


class RemoveDemoView(SignedInView):
    """Says what will go, asks for the company's code, and removes it. For administrators of a demo company."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            company = self.caller.company
            if not company.is_demo:
                raise Http404
            if Role.ADMINISTRATOR not in roles_in(self.caller.user, company.pk):
                raise PermissionDenied(_("Your role does not include this."))
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._show(RemoveDemoForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = RemoveDemoForm(request.POST)
        company = self.caller.company
        if not form.is_valid():
            return self._show(form, status=422)
        try:
            drop_demo_company(
                company_id=company.pk, code=form.cleaned_data["code"], user=self.caller.user, now=self.caller.now
            )
        except DomainError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
            return self._show(form, status=422)
        if not self.caller.user.memberships.filter(accepted_at__isnull=False).exists():
            context = {"title": _("The demo company is removed"), "company": company}
            return render(request, "integration/demo_removed.html", context)
        messages.success(request, _("%(company)s is removed, with everything in it.") % {"company": company})
        return HttpResponseRedirect("/")

    def _show(self, form: RemoveDemoForm, status: int = 200) -> HttpResponse:
        company = self.caller.company
        counts = [
            _("%(count)s %(records)s") % {"count": number, "records": model._meta.verbose_name_plural}
            for model in COUNTED
            if (number := model.objects.filter(company=company).count())
        ]
        context = {"form": form, "company": company, "counts": counts, "title": _("Remove the demo company")}
        return render(self.request, "integration/remove_demo.html", context, status=status)
