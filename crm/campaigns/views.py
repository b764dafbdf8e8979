"""The public page by which people unsubscribe. Nobody is signed in: the company comes from the signed link."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from core.company.models import Company
from core.company.tenancy import use_companies
from crm.campaigns.links import NOBODY, read_token
from crm.campaigns.mails import language_of
from crm.campaigns.models import MailingRecipient
from crm.campaigns.operations import unsubscribe_recipient
from crm.campaigns.operations.unsubscribing import is_stopped


@method_decorator([never_cache, csrf_exempt], name="dispatch")
class UnsubscribeView(View):
    """GET shows a button and changes nothing, because scanners follow every link of a mail; POST unsubscribes.

    A mail provider posts for its user in one click (RFC 8058) and has no CSRF token. None is needed: the link itself is
    the secret, no cookie is looked at, and the worst that a forged post could do is to spare somebody a mailing. The
    answer is the page itself, because providers follow no redirect; posting it again changes nothing.
    """

    http_method_names = ["get", "head", "post"]
    company: Company
    recipient: MailingRecipient | None = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        link = read_token(kwargs["token"])
        if link is None:
            return self.refuse()
        with use_companies([link.company_id]):
            company = Company.objects.filter(pk=link.company_id).first()
            recipients = MailingRecipient.objects.select_related("party__parent", "lead", "mailing")
            found = recipients.filter(pk=link.recipient_id, company_id=link.company_id).first()
            if company is None or (found is None and link.recipient_id != NOBODY):
                return self.refuse()
            self.company, self.recipient = company, found
            with translation.override(self.language()):
                return super().dispatch(request, *args, **kwargs)

    def language(self) -> str:
        """The reader's browser knows better than we do; what it does not say, the party's record does."""
        if self.request.headers.get("Accept-Language"):
            return translation.get_language_from_request(self.request)
        return language_of(self.recipient.person if self.recipient else None, self.company)

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        if self.recipient is not None and is_stopped(company_id=self.company.pk, email=self.recipient.email):
            return self.done()
        email = hidden_address(self.recipient.email) if self.recipient else _("your address")
        context = {
            "company": self.company,
            "title": _("Unsubscribe"),
            "text": _("%(company)s will send no more mailings to %(email)s.")
            % {"company": self.company.name, "email": email},
            "submit_label": _("Unsubscribe"),
        }
        return render(request, "public/unsubscribe.html", context)

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        if self.recipient is None:
            return self.say(_("This was a test"), _("The link of a test mail unsubscribes nobody."))
        unsubscribe_recipient(recipient_id=self.recipient.pk, now=timezone.now())
        return self.done()

    def done(self) -> HttpResponse:
        email = hidden_address(self.recipient.email) if self.recipient else ""
        text = _("%(email)s gets no more mailings from %(company)s.") % {"email": email, "company": self.company.name}
        hint = _("Mails about your orders and invoices still reach you.")
        return self.say(_("You are unsubscribed"), text, hint=hint)

    def say(self, title: str, text: str, **more: Any) -> HttpResponse:
        context = {"company": self.company, "title": title, "text": text, **more}
        return render(self.request, "public/message.html", context)

    def refuse(self) -> HttpResponse:
        context = {
            "title": _("This link is not complete"),
            "text": _("Perhaps your mail program broke it into two lines."),
            "hint": _("Copy the whole link from the mail, or answer the mail and we will do it for you."),
            "icon": "alert-circle",
        }
        return render(self.request, "public/message.html", context, status=404)


def hidden_address(email: str) -> str:
    """`a…@nordlicht.example`: its owner knows it again, and whoever was forwarded the mail learns nothing."""
    name, _at, domain = email.partition("@")
    return f"{name[:1]}…@{domain}"
