"""Choices of party master data."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class PartyKind(models.TextChoices):
    ORGANISATION = "organisation", _("Organisation")
    PERSON = "person", _("Person")


class ContactKind(models.TextChoices):
    EMAIL = "email", _("Mail")
    PHONE = "phone", _("Phone")
    MOBILE = "mobile", _("Mobile")
    FAX = "fax", _("Fax")
    WEB = "web", _("Website")


class AddressKind(models.TextChoices):
    MAIN = "main", _("Main")
    INVOICE = "invoice", _("Invoice")
    DELIVERY = "delivery", _("Delivery")
