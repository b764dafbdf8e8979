"""What everybody has to do today, so that nobody's home is empty."""

import datetime as dt

from core.access.enums import Role
from crm.contacts.enums import InteractionKind
from crm.contacts.operations import plan_interaction
from integration.demo.month import Month

# Role → what, and in how many days it is due.
WITH_CUSTOMERS = {
    Role.SALESPERSON: (("Call about the quotation", 0), ("Send the catalogue", 0), ("Agree on a delivery date", -1),
                       ("Ask how the first delivery went", 2)),
    Role.SALES_MANAGER: (("Prepare the yearly review", 0), ("Approve the discount", 0), ("Visit the key account", 3)),
    Role.SUPPORT_AGENT: (("Call back about the scratched table", 0), ("Ask whether the lamp works now", 1)),
    Role.MARKETER: (("Ask for a reference", 0), ("Send pictures of the new collection", 2)),
    Role.ACCOUNTANT: (("Remind of the overdue invoice", 0), ("Clarify the short payment", 0),
                      ("Send a statement of account", 2)),
    Role.FINANCE_MANAGER: (("Review the credit limit", 0), ("Agree on an instalment plan", 1)),
    Role.DIRECTOR: (("Call the managing director", 0), ("Dinner with the owners", 2)),
    Role.AUDITOR: (("Ask for a balance confirmation", 0), ("Sample ten invoices", 1)),
    Role.ADMINISTRATOR: (("Merge the two records of this customer", 0), ("Check who may see these prices", 2)),
}  # fmt: skip
WITH_SUPPLIERS = {
    Role.BUYER: (("Remind of the late order", -1), ("Ask for new prices", 0), ("Call about the lead time", 0)),
    Role.WAREHOUSE: (("Return the broken pallet", 0), ("Agree on a time for the truck", 0), ("Ask for labels", 1)),
}  # fmt: skip
KEY_ACCOUNTS = 40


def plan_today(month: Month) -> None:
    """Once, when the past has been lived through."""
    rng = month.rng("tasks")
    for tasks_of, parties in (
        (WITH_CUSTOMERS, month.masters.customers[:KEY_ACCOUNTS]),
        (WITH_SUPPLIERS, month.masters.suppliers),
    ):
        for role, tasks in tasks_of.items():
            for subject, days in tasks:
                plan_interaction(
                    company_id=month.company.pk,
                    user=month.people[role],
                    now=month.at(month.today, 8),
                    subject=subject,
                    kind=InteractionKind.CALL if subject.startswith("Call") else InteractionKind.TASK,
                    due_at=month.at(month.today + dt.timedelta(days=days), rng.randint(13, 17)),
                    party_id=rng.choice(parties).pk,
                )
