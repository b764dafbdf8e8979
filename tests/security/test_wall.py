"""The wall between companies is the database's: with every filter of ours left out, nothing foreign is read, changed,
removed or slipped in (QUALITY 28)."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from core.company.rules import EXEMPT, walled_tables
from core.company.tenancy import use_companies
from tests.security.world import World

# Tables without a company, each with the reason why that is no hole.
WITHOUT_COMPANY = {
    "access_user": "a person may belong to several companies; what is shown of people goes through memberships",
    "access_user_groups": "Django's groups are not used for rights",
    "access_user_user_permissions": "Django's permissions open its admin site only",
    "company_company": "the companies themselves; lists of them are limited by memberships",
    "company_currency": "ISO 4217 is the same for everybody",
    "audit_companyevent": "versions of companies, read together with the company",
    "audit_userevent": "versions of people without their passwords, read together with the person",
    "catalog_tax_children": "pairs of ids whose two ends stand behind the wall",
    "catalog_taxset_taxes": "pairs of ids whose two ends stand behind the wall",
    "catalog_pricelist_parties": "pairs of ids whose two ends stand behind the wall",
    "catalog_pricelist_groups": "pairs of ids whose two ends stand behind the wall",
    "events_heartbeat": "signs of life of our own processes",
    "ui_apitoken": "a token belongs to a person and is looked up by its digest before any company is known",
    "pghistory_context": "who asked and when, by number; read only together with a row of a walled table",
    "account_emailaddress": "addresses with which people sign in, before any company is known",
    "account_emailconfirmation": "as the addresses",
    "mfa_authenticator": "second factors, needed before any company is known",
    "usersessions_usersession": "a person's own sessions",
    "django_admin_log": "what the installation's keepers did in Django admin, shown to them alone",
    "django_session": "sessions, needed before any company is known",
    "django_content_type": "names of our models",
    "django_migrations": "names of our migrations",
    "auth_permission": "names of Django's permissions",
    "auth_group": "not used for rights",
    "auth_group_permissions": "not used for rights",
}


def rows_of(cursor: Any, table: str, company_id: int) -> int:
    cursor.execute(f'SELECT count(*) FROM "{table}" WHERE company_id = %s', [company_id])
    return int(cursor.fetchone()[0])


def refusal_of(cursor: Any, statement: str, parameters: list[Any]) -> str:
    """What the database says against the statement; empty when it does it. Either way it is taken back."""
    point = transaction.savepoint()
    try:
        cursor.execute(statement, parameters)
    except DatabaseError as error:
        return str(error)
    finally:
        transaction.savepoint_rollback(point)
    return ""


def test_every_table_is_walled_or_has_a_reason(world: World) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
        every = {name for (name,) in cursor.fetchall()}
        cursor.execute("SELECT viewname FROM pg_views WHERE schemaname = current_schema()")
        views = [name for (name,) in cursor.fetchall()]
    walled = walled_tables()
    unexplained = every - set(walled) - set(EXEMPT) - set(WITHOUT_COMPANY)
    assert unexplained == set(), "give the table a company, or a reason in WITHOUT_COMPANY"
    assert set(WITHOUT_COMPANY) - every == set()
    # A view would read with its owner's eyes.
    assert views == []
    assert [table for table, is_secured in walled.items() if not is_secured] == []


def test_every_wall_is_the_same_wall(world: World) -> None:
    """One policy a table, for every command, whose check is its condition: reading and writing cannot differ."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tablename, policyname, permissive, roles::text, cmd, qual, with_check FROM pg_policies"
            " WHERE schemaname = current_schema()"
        )
        policies = cursor.fetchall()
    tables = [policy[0] for policy in policies]
    assert sorted(tables) == sorted(walled_tables())
    assert len({policy[1:] for policy in policies}) == 1
    assert policies[0][1:5] == ("company_wall", "PERMISSIVE", "{public}", "ALL")
    assert policies[0][6] is None


def test_nothing_foreign_is_read_changed_or_removed(world: World) -> None:
    tables = sorted(walled_tables())
    with connection.cursor() as cursor:
        stocked = [table for table in tables if rows_of(cursor, table, world.home.pk)]
        assert len(stocked) > len(tables) * 0.5
        with use_companies([world.away.pk]):
            for table in tables:
                assert rows_of(cursor, table, world.home.pk) == 0, table
                cursor.execute(f'SELECT count(*) FROM "{table}" WHERE company_id <> %s', [world.away.pk])
                assert cursor.fetchone() == (0,), table
                for statement in (
                    f'UPDATE "{table}" SET company_id = company_id WHERE company_id = %s',
                    f'DELETE FROM "{table}" WHERE company_id = %s',
                ):
                    refusal = refusal_of(cursor, statement, [world.home.pk])
                    # Facts may not be changed by anybody, so for them the question does not even arise.
                    assert "permission denied" in refusal or (refusal, cursor.rowcount) == ("", 0), statement
        assert [table for table in stocked if not rows_of(cursor, table, world.home.pk)] == []


def test_nothing_is_slipped_into_another_company(world: World) -> None:
    # A trigger may look at the row before the wall does: it refuses what it cannot find either.
    refused = "row-level security|is not in an open period"
    with connection.cursor() as cursor, use_companies([world.away.pk]):
        for table in walled_tables():
            with pytest.raises(DatabaseError, match=refused), transaction.atomic():
                cursor.execute(f'INSERT INTO "{table}" (company_id) VALUES (%s)', [world.home.pk])


def test_no_row_moves_to_another_company(world: World) -> None:
    with connection.cursor() as cursor, use_companies([world.away.pk]):
        for table in walled_tables():
            if rows_of(cursor, table, world.away.pk) == 0:
                continue
            with pytest.raises(DatabaseError, match=r"row-level security|permission denied"), transaction.atomic():
                cursor.execute(f'UPDATE "{table}" SET company_id = %s', [world.home.pk])


def test_a_list_of_companies_cannot_be_talked_into_more(world: World) -> None:
    """The list is a setting of the transaction; what is no list of numbers shows nothing or fails, never everything."""
    with connection.cursor() as cursor:
        for value in ("", "0", " ", "*,1", "1;2", "null", "1000000007"):
            with transaction.atomic():
                cursor.execute("SELECT set_config('app.companies', %s, true)", [value])
                seen = refusal_of(cursor, "SELECT 1 / (SELECT count(*) FROM parties_party)", [])
                transaction.set_rollback(True)
            assert "invalid input syntax" in seen or "division by zero" in seen, value


def test_the_app_role_cannot_take_the_wall_down(world: World) -> None:
    with connection.cursor() as cursor:
        for statement in (
            "ALTER TABLE parties_party DISABLE ROW LEVEL SECURITY",
            "DROP POLICY company_wall ON parties_party",
            "CREATE POLICY open ON parties_party USING (true)",
            "ALTER TABLE ledger_journalline DISABLE TRIGGER ALL",
            "SET session_replication_role = replica",
            "SET ROLE onebook_owner",
            "TRUNCATE parties_party CASCADE",
            "COPY parties_party TO PROGRAM 'true'",
            "SELECT pg_read_file('/etc/hostname')",
        ):
            with (
                pytest.raises(DatabaseError, match=r"must be owner|permission denied|does not exist"),
                transaction.atomic(),
            ):
                cursor.execute(statement)
