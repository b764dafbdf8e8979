"""The verbs of marketing."""

from crm.campaigns.operations.campaigns import (
    cancel_campaign,
    create_campaign,
    finish_campaign,
    link_capture_form,
    start_campaign,
    update_campaign,
)
from crm.campaigns.operations.mailings import (
    ask_for_test_mail,
    cancel_mailing,
    create_mailing,
    schedule_mailing,
    send_mailing,
    unschedule_mailing,
    update_mailing,
)
from crm.campaigns.operations.unsubscribing import suppress_bounced, unsubscribe_recipient

__all__ = [
    "ask_for_test_mail",
    "cancel_campaign",
    "cancel_mailing",
    "create_campaign",
    "create_mailing",
    "finish_campaign",
    "link_capture_form",
    "schedule_mailing",
    "send_mailing",
    "start_campaign",
    "suppress_bounced",
    "unschedule_mailing",
    "unsubscribe_recipient",
    "update_campaign",
    "update_mailing",
]
