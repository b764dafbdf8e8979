"""The verbs of support."""

from crm.tickets.operations.mails import send_answer_mail, send_waiting_mails, try_answer_mail_again
from crm.tickets.operations.settling import close_ticket, reopen_ticket, resolve_ticket
from crm.tickets.operations.talking import add_ticket_note, answer_ticket, record_customer_message
from crm.tickets.operations.tickets import (
    assign_ticket,
    create_ticket,
    move_ticket,
    resume_ticket,
    take_ticket,
    update_ticket,
    wait_for_customer,
)

__all__ = [
    "add_ticket_note",
    "answer_ticket",
    "assign_ticket",
    "close_ticket",
    "create_ticket",
    "move_ticket",
    "record_customer_message",
    "reopen_ticket",
    "resolve_ticket",
    "resume_ticket",
    "send_answer_mail",
    "send_waiting_mails",
    "take_ticket",
    "try_answer_mail_again",
    "update_ticket",
    "wait_for_customer",
]
