"""The public pages of a capture form. Nobody is signed in here: the company comes from the form's address."""

import datetime as dt
from typing import Any

import pghistory
from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View

from core.company.tenancy import all_companies, use_companies
from core.errors import DomainError
from crm.leads.capture import capture_lead
from crm.leads.models import CaptureForm
from crm.leads.public_forms import HONEYPOT, UTM, PublicLeadForm, StampError, new_stamp, read_stamp

MOST_POSTS = 5
WINDOW = dt.timedelta(minutes=10)


class PublicView(View):
    """Finds the form over all companies, then sees its company only."""

    capture_form: CaptureForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        with all_companies():
            forms = CaptureForm.objects.select_related("company", "company__currency")
            found = forms.filter(slug=kwargs["slug"], active=True).first()
        if found is None:
            raise Http404
        self.capture_form = found
        pghistory.context(company=found.company_id)
        with use_companies([found.company_id]):
            return super().dispatch(request, *args, **kwargs)


class CaptureView(PublicView):
    """Shows the form; a POST writes one lead and leads to the thank-you page."""

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        now = timezone.now()
        return self._show(PublicLeadForm(capture_form=self.capture_form, initial={"stamp": new_stamp(now)}))

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        now = timezone.now()
        if request.POST.get(HONEYPOT):
            return self._thanks()
        if not _within_rate(request, slug):
            return self._too_many()
        form = PublicLeadForm(request.POST, capture_form=self.capture_form)
        try:
            token = read_stamp(request.POST.get("stamp", ""), now)
        except StampError as error:
            return self._again(request, error, now)
        if not form.is_valid():
            return self._show(form, status=422)
        utm = {name: request.GET.get(name, "")[:120].replace("\x00", "") for name in UTM}
        try:
            capture_lead(
                capture_form=self.capture_form,
                token=token,
                now=now,
                consented=form.consented,
                values=form.lead_values(),
                utm=utm,
            )
        except DomainError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
            return self._show(form, status=422)
        return self._thanks()

    def _again(self, request: HttpRequest, error: StampError, now: dt.datetime) -> HttpResponse:
        """A person only has to press the button once more."""
        data = request.POST.copy()
        if not error.is_young:
            data["stamp"] = new_stamp(now)
        form = PublicLeadForm(data, capture_form=self.capture_form)
        form.add_error(None, _("Please press the button once more."))
        return self._show(form, status=422)

    def _show(self, form: PublicLeadForm, status: int = 200) -> HttpResponse:
        context = {
            "company": self.capture_form.company,
            "title": self.capture_form.title,
            "text": self.capture_form.text,
            "form": form,
            "errors": form.non_field_errors() if form.is_bound else [],
            "honeypot": HONEYPOT,
            "submit_label": _("Send"),
        }
        return render(self.request, "public/lead_form.html", context, status=status)

    def _thanks(self) -> HttpResponse:
        return redirect("leads:thanks", slug=self.capture_form.slug)

    def _too_many(self) -> HttpResponse:
        context = {
            "company": self.capture_form.company,
            "title": _("Too many messages"),
            "text": _("We have had several messages from you in the last minutes."),
            "hint": _("Please try again in ten minutes."),
            "icon": "clock",
        }
        return render(self.request, "public/lead_thanks.html", context, status=429)


class ThanksView(PublicView):
    """What people see after they sent the form."""

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        context = {
            "company": self.capture_form.company,
            "title": _("Thank you"),
            "text": self.capture_form.thanks or _("We have your message and will get back to you."),
        }
        return render(request, "public/lead_thanks.html", context)


def _within_rate(request: HttpRequest, slug: str) -> bool:
    """Whether this address may post once more within the window."""
    address = get_adapter(request).get_client_ip(request)
    key = f"leads.capture:{slug}:{address}"
    cache.add(key, 0, WINDOW.total_seconds())
    try:
        return int(cache.incr(key)) <= MOST_POSTS
    except ValueError:
        # The window ended between the two calls: a new one begins with this post.
        cache.set(key, 1, WINDOW.total_seconds())
        return True
