"""Facts: rows that are written once. The database refuses to change or delete them, also to a superuser."""

import pgtrigger

from core.company.models import CompanyOwned

_REFUSE = """
    IF TG_OP = 'DELETE' AND current_setting('app.drop_demo_company', true) = OLD.company_id::text
       AND EXISTS (SELECT 1 FROM company_company c WHERE c.id = OLD.company_id AND c.is_demo) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION '% is append-only: a correction is a new row', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
"""


class AppendOnly(pgtrigger.Trigger):
    """Refuses update and delete. The one exception is dropping a whole demo company, which the app role cannot do: it
    has no DELETE on fact tables."""

    when = pgtrigger.Before
    operation = pgtrigger.Update | pgtrigger.Delete
    func = _REFUSE

    def __init__(self) -> None:
        super().__init__(name="append_only")


class Fact(CompanyOwned):
    """Base of append-only rows. A subclass with a Meta of its own inherits this one: `class Meta(Fact.Meta)`."""

    class Meta:
        abstract = True
        triggers = (AppendOnly(),)
