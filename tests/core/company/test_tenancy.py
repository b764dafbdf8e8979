"""The wall between companies is the database's, not the query's."""

import pytest
from django.db import DatabaseError, connection, transaction

from core.company import rules
from core.company.tenancy import all_companies, use_companies
from core.parties.models import Party
from tests.factories.company import CompanyFactory
from tests.factories.parties import PartyFactory


@pytest.mark.django_db
def test_rows_of_other_companies_do_not_exist_without_any_filter():
    ours, theirs = PartyFactory(), PartyFactory()
    with use_companies([ours.company_id]):
        assert list(Party.objects.all()) == [ours]
        assert not Party.objects.filter(pk=theirs.pk).exists()
        assert Party.objects.filter(pk=theirs.pk).update(name="taken over") == 0


@pytest.mark.django_db
def test_nothing_is_visible_when_no_company_is():
    PartyFactory()
    with use_companies([]):
        assert Party.objects.count() == 0


@pytest.mark.django_db
def test_a_row_cannot_be_written_into_another_company():
    ours, theirs = CompanyFactory(), CompanyFactory()
    with use_companies([ours.pk]), pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
        Party.objects.create(company=theirs, name="Smuggled")


@pytest.mark.django_db
def test_the_list_ends_with_its_block():
    first, second = PartyFactory(), PartyFactory()
    with use_companies([first.company_id]):
        with use_companies([second.company_id]):
            assert list(Party.objects.all()) == [second]
        assert list(Party.objects.all()) == [first]
    assert Party.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_connection_carries_no_list_from_one_transaction_to_the_next():
    party = PartyFactory._meta.model.objects
    with all_companies(), transaction.atomic():
        PartyFactory()
        assert party.count() == 1
    with use_companies([]), transaction.atomic():
        assert party.count() == 0


@pytest.mark.django_db
def test_every_table_with_a_company_has_its_wall():
    walled = rules.walled_tables()
    assert walled
    assert [table for table, secured in walled.items() if not secured] == []


@pytest.mark.django_db
def test_the_app_role_owns_nothing_and_is_no_superuser():
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_tables WHERE tableowner = current_user")
        assert cursor.fetchone() == (0,)
        cursor.execute("SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == (False, False)
