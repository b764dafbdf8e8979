// A link with data-dialog opens its page inside one native <dialog>; without script it is a page like any other.
import { element, iconElement, onContent, text } from "./page.js";

const dialog = document.getElementById("dialog");
let opener = null;

/** Fetch a page and show its main part as a dialog; what cannot be one goes to `visit`. */
export async function openDialog(url, link, visit) {
  opener = link;
  try {
    const answer = await fetch(url, { headers: { "X-Requested-With": "onebook" } });
    if (!answer.ok || answer.redirected) return void visit(url);
    if (!fillDialog(await answer.text(), url)) return void visit(url);
  } catch {
    return void visit(url);
  }
  if (!dialog.open) dialog.showModal();
  (dialog.querySelector("[autofocus], .dialog-body input:not([type=hidden]), .dialog-body select, .dialog-body textarea") ?? dialog.querySelector("[data-save]"))?.focus();
}

/** Replace what the dialog shows, after opening or after a refused form. False when the page has no part for a dialog. */
export function fillDialog(html, url = "") {
  const page = new DOMParser().parseFromString(html, "text/html");
  const part = page.querySelector("main .dialog-part");
  const title = page.querySelector("main h1");
  if (!part) return false;
  document.adoptNode(part);
  for (const form of part.matches("form") ? [part] : part.querySelectorAll("form")) {
    if (!form.getAttribute("action") && url) form.setAttribute("action", url);
  }
  const close = element("button", { type: "button", class: "icon-btn", "data-close": true, "aria-label": text("close") }, iconElement("x"));
  const about = page.querySelector("main .page-head .subtitle")?.textContent.trim() ?? "";
  const heading = element("h2", { id: "dialog-title", class: "grow" }, title?.textContent.trim() ?? "", " ", element("span", { class: "muted" }, about));
  const head = element("header", { class: "dialog-head" }, heading, close);
  dialog.replaceChildren(head, element("div", { class: "dialog-body" }, part));
  dialog.classList.toggle("wide", Boolean(part.querySelector(".lines")));
  onContent.run(dialog);
  window.htmx?.process(dialog);
  dialog.querySelector("[data-errors]")?.focus();
  return true;
}

dialog?.addEventListener("click", (event) => {
  const leave = event.target === dialog || event.target.closest("[data-close], [data-cancel]");
  if (!leave) return;
  event.preventDefault();
  event.stopPropagation();
  dialog.close();
});
dialog?.addEventListener("close", () => {
  dialog.replaceChildren();
  if (opener?.isConnected) opener.focus();
});
