"""What goes wrong in a browser while a test looks elsewhere: script errors, refused content, requests, dialogs."""

from collections.abc import Iterable

from playwright.sync_api import BrowserContext, ConsoleMessage, Dialog, Request, Response, WebError

# Runs before any script of the page; the policy does not concern it.
REPORT_VIOLATIONS = """
addEventListener("securitypolicyviolation", (event) => {
  console.error(`content policy: ${event.violatedDirective} refused ${event.blockedURI || event.sample}`);
});
"""
FAILED_LOAD = "Failed to load resource"  # said by Chromium for each answer over 399, which `_answered` judges


class Watch:
    """Everything of a context that should not have happened.

    :ivar expected: answers over 399 that the test provokes on purpose.
    :ivar answers: what to answer to the dialogs that the test provokes, in order.
    """

    def __init__(self, context: BrowserContext, *, has_scripts: bool) -> None:
        self.has_scripts = has_scripts
        self.problems: list[str] = []
        self.expected: set[int] = set()
        self.answers: list[bool] = []
        self.questions: list[str] = []
        context.add_init_script(REPORT_VIOLATIONS)
        context.on("console", self._said)
        context.on("weberror", self._broke)
        context.on("response", self._answered)
        context.on("requestfailed", self._failed)
        context.on("dialog", self._asked)

    def expect(self, statuses: Iterable[int]) -> None:
        self.expected.update(statuses)

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not message.text.startswith(FAILED_LOAD):
            self.problems.append(f"{message.type}: {message.text}")

    def _broke(self, error: WebError) -> None:
        self.problems.append(f"script error: {error.error}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400 and response.status not in self.expected:
            self.problems.append(f"{response.status}: {response.request.method} {response.url}")

    def _failed(self, request: Request) -> None:
        # Leaving a page ends what it was still fetching ahead; a browser without scripts refuses them as "csp".
        if request.failure != "net::ERR_ABORTED" and (self.has_scripts or request.failure != "csp"):
            self.problems.append(f"{request.failure}: {request.method} {request.url}")

    def _asked(self, dialog: Dialog) -> None:
        self.questions.append(dialog.message or dialog.type)
        if self.answers:
            answer = self.answers.pop(0)
            return dialog.accept() if answer else dialog.dismiss()
        self.problems.append(f"dialog: {dialog.type} {dialog.message}")
        return dialog.dismiss()
