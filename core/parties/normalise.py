"""One spelling for phones, mail addresses, tax numbers and bank accounts, so that equal things compare equal."""

import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_email
from django.utils.translation import gettext_lazy as _
from stdnum import get_cc_module, iban
from stdnum.exceptions import ValidationError as ChecksumError

from core.company.countries import NO_COUNTRY, is_country
from core.errors import InvalidInputError
from core.parties.enums import ContactKind
from core.whole_numbers import whole_number

PHONES = (ContactKind.PHONE, ContactKind.MOBILE, ContactKind.FAX)
MODULES = ("vat", "uscc", "ein", "bn")


def normal_phone(value: str, country: str = "", *, strict: bool = True) -> str:
    """A phone number in E.164, such as +4930123456.

    :param country: where a number without a country code is meant to be.
    :param strict: refuse what is no possible number; else keep it as written, for legacy data.
    :raises InvalidInputError: strict, and it is no phone number.
    """
    try:
        number = phonenumbers.parse(value, country or None)
        if phonenumbers.is_possible_number(number):
            return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    except phonenumbers.NumberParseException:
        pass
    if strict:
        raise InvalidInputError(
            _("%(value)s is not a phone number.") % {"value": value},
            field="value",
            hint=_("Write it with its country code, such as +49 30 123456."),
        )
    return value.strip()


def normal_email(value: str) -> str:
    """:raises InvalidInputError: it is no mail address."""
    address = value.strip().lower()
    try:
        validate_email(address)
    except ValidationError as error:
        raise InvalidInputError(
            _("%(value)s is not a mail address.") % {"value": value}, field="value", hint=_("Check the spelling.")
        ) from error
    return address


def normal_web(value: str) -> str:
    """:raises InvalidInputError: it is no web address."""
    address = value.strip()
    if "://" not in address:
        address = f"https://{address}"
    try:
        URLValidator(schemes=["http", "https"])(address)
    except ValidationError as error:
        raise InvalidInputError(_("%(value)s is not a web address.") % {"value": value}, field="value") from error
    return address


def normal_contact(kind: str, value: str, country: str = "", *, strict: bool = True) -> str:
    """The stored spelling of a contact point of this kind."""
    if kind == ContactKind.EMAIL:
        return normal_email(value)
    if kind in PHONES:
        return normal_phone(value, country, strict=strict)
    return normal_web(value)


def normal_tax_id(country: str, number: str) -> str:
    """A tax number in compact form; its checksum is checked where the country has one.

    :raises InvalidInputError: there is no such country, or the checksum or form is wrong.
    """
    if not is_country(country):
        raise InvalidInputError(NO_COUNTRY % {"value": country}, field="country")
    for name in MODULES:
        module = get_cc_module(country.lower(), name)
        if module is None:
            continue
        try:
            return str(module.validate(number))
        except ChecksumError as error:
            raise InvalidInputError(
                _("%(number)s is not a valid tax number of %(country)s.") % {"number": number, "country": country},
                field="number",
                hint=_("Check it against the party's paper."),
            ) from error
    return number.replace(" ", "").upper()


def normal_bank_account(value: str) -> str:
    """A compact IBAN, checked; anything that does not look like an IBAN is kept without spaces.

    :raises InvalidInputError: it looks like an IBAN and its checksum is wrong.
    """
    compact = value.replace(" ", "").upper()
    if not (len(compact) > 14 and compact[:2].isalpha() and whole_number(compact[2:4]) is not None):
        return compact
    try:
        return str(iban.validate(compact))
    except ChecksumError as error:
        raise InvalidInputError(
            _("%(value)s is not a valid IBAN.") % {"value": value}, field="iban", hint=_("Check its digits.")
        ) from error


def domain_of(address: str) -> str:
    """The domain of a mail or web address, without `www.`: `jo@www.example.com` → `example.com`."""
    host = address.rpartition("@")[2] if "@" in address else address.partition("://")[2] or address
    return host.partition("/")[0].partition(":")[0].lower().removeprefix("www.")
