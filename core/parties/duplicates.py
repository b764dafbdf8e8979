"""Who this might already be: the one function that every path of creation asks (form, API, import, lead,
conversion)."""

from collections.abc import Iterable
from dataclasses import dataclass
from string import digits

from django.db import connection

from core.parties.normalise import domain_of

FREE_MAIL = frozenset(
    {"gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "yahoo.com", "icloud.com", "aol.com"}
    | {"gmx.de", "gmx.net", "web.de", "proton.me", "protonmail.com", "mail.ru"}
    | {"qq.com", "163.com", "126.com", "sina.com"}
)
PHONE_DIGITS = 8


@dataclass(frozen=True, slots=True)
class DuplicateCandidate:
    """A party that may be the same. `score` runs to 1.0; `reasons` are codes: name, email, phone, domain, tax_id."""

    party_id: int
    name: str
    score: float
    reasons: tuple[str, ...]


def duplicate_candidates(
    *,
    company_id: int,
    name: str = "",
    emails: Iterable[str] = (),
    phones: Iterable[str] = (),
    domains: Iterable[str] = (),
    tax_ids: Iterable[str] = (),
    exclude_id: int | None = None,
    limit: int = 5,
) -> list[DuplicateCandidate]:
    """Parties of the company that share a tax id, a mail address, a phone's last digits, a domain that is not a public
    mail provider's, or nearly the name; the likeliest first."""
    mails = [mail.strip().lower() for mail in emails if mail]
    tails = ["".join(filter(digits.__contains__, phone))[-PHONE_DIGITS:] for phone in phones if phone]
    hosts = {domain_of(mail) for mail in mails} | {domain_of(domain) for domain in domains if domain}
    numbers = ["".join(filter(str.isalnum, number)).upper() for number in tax_ids if number]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT party_id, name, score, reasons FROM parties_duplicates(%s, %s, %s, %s, %s, %s, %s, %s)",
            [
                company_id,
                name.strip(),
                mails,
                [tail for tail in tails if len(tail) == PHONE_DIGITS],
                sorted(hosts - FREE_MAIL - {""}),
                numbers,
                exclude_id,
                limit,
            ],
        )
        return [DuplicateCandidate(key, title, score, tuple(why)) for key, title, score, why in cursor.fetchall()]
