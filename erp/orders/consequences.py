"""Where upper apps act inside the operations of this one.

`quotation_accepted.run(quotation=, user=, now=)` runs after the quotation is accepted and before its order is looked
for. An upper app that creates the order itself (by winning the deal) does so with the quotation's source;
`create_sales_order` then takes the accepted quotation's lines, so that there is one order and it says what was
accepted.
"""

from core.events.consequences import ConsequencePoint

quotation_accepted: ConsequencePoint = ConsequencePoint("quotation_accepted")  # type: ignore[type-arg]
