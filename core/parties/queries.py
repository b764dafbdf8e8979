"""Parties, read."""

from core.parties.models import Party


def party_of(company_id: int, party_id: int, *related: str) -> Party | None:
    """A party of the company, with its currency, its company and the company's currency; None when there is none."""
    parties = Party.objects.select_related("currency", "company__currency", *related)
    try:
        return parties.get(company_id=company_id, pk=party_id)
    except Party.DoesNotExist:
        return None
