"""Who may see and work on tickets: support works on all of them, sellers see those of the customers they look after."""

from core.access.enums import Role
from core.access.policies import register
from crm.tickets.models import AnswerMail, Ticket, TicketCategory, TicketMessage

READ = "view:company export:company"

TICKETS = {
    Role.SALESPERSON: "view:team",
    Role.SALES_MANAGER: READ,
    Role.SUPPORT_AGENT: "*:company",
    Role.DIRECTOR: READ,
    Role.AUDITOR: READ,
    Role.ADMINISTRATOR: "*:company",
}
CATEGORIES = dict.fromkeys(TICKETS, "view:company") | {
    Role.SUPPORT_AGENT: "view:company create:company change:company export:company",
    Role.ADMINISTRATOR: "*:company",
}

# A ticket belongs to whom its customer belongs to; whoever works on it is support and sees all of them anyway.
register(Ticket, grants=TICKETS, owner="party__owner", team="party__team")
register(TicketMessage, grants=TICKETS, owner="ticket__party__owner", team="ticket__party__team")
register(AnswerMail, grants=TICKETS, owner="message__ticket__party__owner", team="message__ticket__party__team")
register(TicketCategory, grants=CATEGORIES)
