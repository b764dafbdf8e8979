"""One mail of a mailing: headers, text and HTML, for one person."""

from dataclasses import dataclass
from email.utils import formataddr, parseaddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation

from core.company.models import Company
from core.parties.models import Party
from crm.campaigns import wording
from crm.campaigns.models import Mailing
from crm.leads.models import Lead


@dataclass(frozen=True, slots=True)
class Letter:
    """What one person gets to read, with the footer that every mailing has."""

    subject: str
    text: str
    html: str


def letter_for(mailing: Mailing, person: Party | Lead | None, *, unsubscribe_url: str) -> Letter:
    """The mailing with its merge fields filled in, in the language of the person. Load the mailing's company with it.

    :param person: load a party's parent with it; None leaves the fields to the words behind their bars.
    """
    company: Company = mailing.company
    values = wording.values_for(person, company_name=company.name, unsubscribe_url=unsubscribe_url)
    body = wording.fill(mailing.body, values)
    context: dict[str, Any] = {
        "company": company,
        "unsubscribe_url": unsubscribe_url,
        "text": wording.plain(body),
        "html": wording.html(body),
        "subject": wording.fill(mailing.subject, values),
    }
    with translation.override(language_of(person, company)):
        context["language"] = translation.get_language()
        return Letter(
            subject=context["subject"],
            text=render_to_string("mail/mailing.txt", context),
            html=render_to_string("mail/mailing.html", context),
        )


def language_of(person: Party | Lead | None, company: Company) -> str:
    """The person's language, else their organisation's, else ours."""
    if isinstance(person, Party):
        own = person.language or (person.parent.language if person.parent else "")
        return own or company.language
    return company.language


def mail_for(mailing: Mailing, person: Party | Lead | None, *, to: str, unsubscribe_url: str) -> EmailMultiAlternatives:
    """The mail itself. Its two unsubscribe headers let mail programs offer one click (RFC 8058)."""
    letter = letter_for(mailing, person, unsubscribe_url=unsubscribe_url)
    company: Company = mailing.company
    _name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    answer_to = mailing.reply_to or company.email
    mail = EmailMultiAlternatives(
        subject=letter.subject,
        body=letter.text,
        from_email=formataddr((mailing.sender_name or company.name, address)),
        to=[to],
        reply_to=[answer_to] if answer_to else None,
        headers={
            "List-Unsubscribe": f"<{unsubscribe_url}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "Auto-Submitted": "auto-generated",
        },
    )
    mail.attach_alternative(letter.html, "text/html")
    return mail
