"""The mail that carries an answer: plain text, in the customer's language, tied to its ticket by its headers."""

from email.utils import formataddr, parseaddr

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import translation

from crm.tickets.models import AnswerMail, Ticket


def answer_message(mail: AnswerMail) -> EmailMessage:
    """The message, ready to be sent. Its id is made of the answer's, so a second sending is the same mail."""
    ticket = Ticket.objects.select_related("company", "party").get(pk=mail.message.ticket_id)
    company = ticket.company
    language = ticket.party.language or company.language
    with translation.override(language):
        body = render_to_string(
            "mail/ticket_answer.txt",
            {
                "text": mail.message.text,
                "ticket": ticket,
                "company": company,
                "author": str(mail.message.author or company),
            },
        )
    return EmailMessage(
        subject=f"[{ticket.number}] {' '.join(ticket.subject.split())}",
        body=body,
        from_email=formataddr((company.name, parseaddr(settings.DEFAULT_FROM_EMAIL)[1])),
        to=[mail.address],
        reply_to=[company.email] if company.email else None,
        headers={
            "Message-ID": _message_id(f"answer-{mail.message_id}", ticket),
            "References": _message_id(f"ticket-{ticket.pk}", ticket),
        },
    )


def _message_id(name: str, ticket: Ticket) -> str:
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    return f"<{name}.{ticket.company.code}@{domain}>"
