"""What holds for each view of the suite. A view without a line here fails `test_object_access.py`; add one:

1. find the rule below that says who may open it;
2. add its dotted name to `LINES`, with the policy verb where it is not "view";
3. when its address names something (an id, a token), teach `World.arguments` in world.py to give an example of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from tests.security.urls import Address, addresses


class Rule(Enum):
    RECORD = auto()  # names a record of a Resource: 404 out of sight, 403 without the verb, nobody is sent to sign in
    LIST = auto()  # about a Resource, names no record: 403 without the verb
    REPORT = auto()  # figures of the whole company: 403 without the right to the rows behind them
    PERSON = auto()  # names somebody of the company: 404 for people of another one, 403 without the right to see people
    OWN = auto()  # names something of one person: 404 for everybody else
    PERSONAL = auto()  # for whoever is signed in, about nothing but themselves
    API_RECORD = auto()  # like RECORD, LIST and REPORT with a token: 401 without one
    API_LIST = auto()
    API_REPORT = auto()
    API_OWN = auto()  # figures over the rows that the caller may see, whichever those are: 401 without a token
    API_PERSON = auto()  # like PERSON, with a token whose scopes name people
    SIGNED = auto()  # for people without an account: the token in the address is the right
    PUBLIC = auto()  # for everybody: nothing in it is anybody's
    IDENTITY = auto()  # sign-in and one's own account (allauth); another test's business
    ADMIN = auto()  # the installation's keepers: Django's own permissions, behind the same wall


@dataclass(frozen=True)
class Line:
    """:ivar verb: the policy verb that opens it; "" where it depends (an action's own verb, a board's).
    :ivar writes: the verb without which nothing is written there, where it is another one.
    :ivar refusal: what a role without the verb is answered.
    """

    rule: Rule
    verb: str = "view"
    writes: str = ""
    refusal: int = 403

    def verb_for(self, method: str) -> str:
        return self.writes if self.writes and method != "get" else self.verb


UI, API = "core.ui.views", "core.ui.api"
LINES: dict[str, Line] = {
    f"{UI}.list.ListView": Line(Rule.LIST),
    f"{UI}.board.BoardView": Line(Rule.LIST),
    f"{UI}.board.MoveView": Line(Rule.LIST, ""),
    f"{UI}.bulk.BulkView": Line(Rule.LIST, ""),
    f"{UI}.export.ExportView": Line(Rule.LIST, "export"),
    f"{UI}.form.CreateView": Line(Rule.LIST, "create"),
    # Helpers of the form: whoever cannot write does not learn that they exist.
    f"{UI}.form.ValidateView": Line(Rule.LIST, "create|change", refusal=404),
    f"{UI}.form.TotalsView": Line(Rule.LIST, "create|change", refusal=404),
    f"{UI}.list_setup.ColumnsView": Line(Rule.LIST),
    f"{UI}.list_setup.LookupView": Line(Rule.LIST),
    f"{UI}.list_setup.SaveViewView": Line(Rule.LIST),
    f"{UI}.list_setup.ChangeViewView": Line(Rule.OWN),
    f"{UI}.detail.DetailView": Line(Rule.RECORD),
    f"{UI}.detail.PanelView": Line(Rule.RECORD, ""),
    f"{UI}.history.HistoryView": Line(Rule.RECORD),
    f"{UI}.form.EditView": Line(Rule.RECORD, "change"),
    f"{UI}.action.ActionView": Line(Rule.RECORD, ""),
    "core.ui.imports.views.UploadView": Line(Rule.LIST, "create"),
    "core.ui.imports.views.ProgressView": Line(Rule.RECORD),
    "core.ui.imports.views.RowsView": Line(Rule.RECORD),
    "core.ui.imports.views.RowsCsvView": Line(Rule.RECORD, "export"),
    # Headers and a made-up row; 404 for whoever may not import the kind.
    "core.ui.imports.views.TemplateView": Line(Rule.PERSONAL),
    f"{UI}.files.FilesView": Line(Rule.RECORD, writes="change"),
    f"{UI}.files.FileView": Line(Rule.RECORD),
    f"{UI}.files.RemoveFileView": Line(Rule.RECORD, "change"),
    f"{UI}.files.PaperView": Line(Rule.RECORD),
    # Orders a paper again that failed; the document stays as it is.
    f"{UI}.files.RetryPaperView": Line(Rule.RECORD),
    f"{UI}.jobs.JobView": Line(Rule.OWN),
    f"{UI}.jobs.JobCancelView": Line(Rule.OWN),
    f"{UI}.jobs.JobResultView": Line(Rule.OWN),
    f"{UI}.tokens.TokensView": Line(Rule.PERSONAL),
    # What companies offer oneself; nobody's invitation has an address of its own.
    f"{UI}.invitations.InvitationsView": Line(Rule.PERSONAL),
    f"{UI}.invitations.AnswerInvitationView": Line(Rule.PERSONAL),
    f"{UI}.tokens.RevokeTokenView": Line(Rule.OWN),
    # A demo company's own pages: they do not exist in any other.
    "integration.demo.views.DemoProgressView": Line(Rule.PERSONAL),
    "integration.demo.views.RemoveDemoView": Line(Rule.PERSONAL),
    f"{UI}.palette.PaletteView": Line(Rule.PERSONAL),
    f"{UI}.palette.ShortcutsView": Line(Rule.PERSONAL),
    f"{UI}.preferences.PreferencesView": Line(Rule.PERSONAL),
    f"{UI}.preferences.CompanyView": Line(Rule.PERSONAL),
    f"{UI}.people.PeopleView": Line(Rule.REPORT),
    f"{UI}.people.InviteView": Line(Rule.REPORT),
    f"{UI}.people.PersonView": Line(Rule.PERSON),
    f"{UI}.people.PersonActView": Line(Rule.PERSON),
    f"{UI}.access.WhyView": Line(Rule.REPORT),
    f"{UI}.access.MatrixView": Line(Rule.REPORT),
    # Names of reports; each of them asks for itself.
    "reporting.views.ReportsView": Line(Rule.PERSONAL),
    "reporting.views.HomeView": Line(Rule.PERSONAL),
    "reporting.analysis.views.SalesView": Line(Rule.REPORT),
    # Over the deals that one may see; who sees none is refused (tests/reporting/test_home.py).
    "reporting.analysis.views.PipelineView": Line(Rule.PERSONAL),
    "erp.orders.views.LineDefaultsView": Line(Rule.PERSONAL),
    "erp.ledger.views.TrialBalanceView": Line(Rule.REPORT),
    "erp.ledger.views.BalanceSheetView": Line(Rule.REPORT),
    "erp.ledger.views.IncomeStatementView": Line(Rule.REPORT),
    "erp.ledger.views.GeneralLedgerView": Line(Rule.REPORT),
    "erp.invoicing.views.AgedReceivablesView": Line(Rule.REPORT),
    "erp.invoicing.views.AgedPayablesView": Line(Rule.REPORT),
    "erp.invoicing.views.OpenItemsView": Line(Rule.REPORT),
    "erp.inventory.views.StockOnHandView": Line(Rule.REPORT),
    f"{API}.viewsets.ResourceViewSet": Line(Rule.API_RECORD),
    f"{API}.files.RecordFilesViewSet": Line(Rule.API_RECORD),
    f"{API}.people.PeopleApi": Line(Rule.API_PERSON),
    "erp.ledger.api.TrialBalanceApi": Line(Rule.API_REPORT),
    "erp.ledger.api.BalanceSheetApi": Line(Rule.API_REPORT),
    "erp.ledger.api.IncomeStatementApi": Line(Rule.API_REPORT),
    "erp.ledger.api.GeneralLedgerApi": Line(Rule.API_REPORT),
    "erp.invoicing.api.AgedReceivablesApi": Line(Rule.API_REPORT),
    "erp.invoicing.api.AgedPayablesApi": Line(Rule.API_REPORT),
    "erp.inventory.api.StockOnHandApi": Line(Rule.API_REPORT),
    "reporting.api.SalesApi": Line(Rule.API_REPORT),
    "reporting.api.PipelineApi": Line(Rule.API_OWN),
    "reporting.api.MetricsApi": Line(Rule.API_OWN),
    "reporting.api.DashboardsApi": Line(Rule.API_OWN),
    "erp.orders.public.views.QuotationPageView": Line(Rule.SIGNED),
    "erp.orders.public.views.QuotationPdfView": Line(Rule.SIGNED),
    "crm.campaigns.views.UnsubscribeView": Line(Rule.SIGNED),
    "crm.leads.views.CaptureView": Line(Rule.PUBLIC),
    "crm.leads.views.ThanksView": Line(Rule.PUBLIC),
    "core.jobs.views.healthz": Line(Rule.PUBLIC),
    "core.jobs.views.readyz": Line(Rule.PUBLIC),
    # The description of the API; it tells nothing that the repository does not.
    "drf_spectacular.views.SpectacularAPIView": Line(Rule.PUBLIC),
    "django.contrib.contenttypes.views.shortcut": Line(Rule.ADMIN),
}
# Whole packages whose views we do not write.
FOREIGN = {"allauth.": Line(Rule.IDENTITY)}


def line_of(address: Address) -> Line | None:
    if address.name.startswith("admin:"):
        return Line(Rule.ADMIN)
    if address.label.startswith("core.ui.api.viewsets.ResourceViewSet") and not address.parameters:
        return Line(Rule.API_LIST)
    foreign = next((line for prefix, line in FOREIGN.items() if address.label.startswith(prefix)), None)
    return LINES.get(address.label, foreign)


def ruled(*rules: Rule) -> list[Address]:
    return [address for address in addresses() if (line := line_of(address)) is not None and line.rule in rules]


def asked(address: Address) -> tuple[str, ...]:
    """The methods to try. Resources share their views, so each method of a view is tried on one Resource, and on all
    the others the one that would do most harm."""
    if address.resource is None or address.resource.slug == "parties":
        return address.methods
    return (address.unsafe or address.methods)[-1:]
