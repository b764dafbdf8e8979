// Entry: small things every page needs; everything else is loaded when a page asks for it.
import { config, text, onContent, announce, toast, iconElement } from "./page.js";
import { startNavigation, visit } from "./nav.js";
import { press } from "./shortcuts.js";

// Literal imports, so that the static files storage can put the hashed names in.
const MODULES = {
  list: () => import("./list.js"),
  form: () => import("./form.js"),
  lines: () => import("./lines.js"),
  linefill: () => import("./linefill.js"),
  board: () => import("./board.js"),
  combobox: () => import("./combobox.js"),
  charts: () => import("./charts.js"),
  files: () => import("./files.js"),
};

const started = new WeakSet();

onContent((root) => {
  for (const element of root.querySelectorAll("[data-module]")) {
    if (started.has(element)) continue;
    started.add(element);
    MODULES[element.dataset.module]?.().then((module) => module.start(element));
  }
  startLookups(root);
});

// Choosers in a closed menu wait until it opens: most visits to a list never filter by a record.
function startLookups(root) {
  const shown = [...root.querySelectorAll("select[data-lookup]")].some((select) => !select.closest("[popover]:not(:popover-open)"));
  if (shown) MODULES.combobox().then((module) => module.start(root));
}

// A menu is a native popover; only its place is ours.
document.addEventListener("toggle", (event) => {
  const menu = event.target;
  if (event.newState !== "open" || !menu.matches?.(".menu[popover]")) return;
  const button = document.querySelector(`[popovertarget="${CSS.escape(menu.id)}"], [data-opens="${CSS.escape(menu.id)}"]`);
  if (!button) return;
  placeMenu(menu, button);
  menu.querySelector("a, button, input, select")?.focus({ preventScroll: true });
  startLookups(menu);
}, true);

function placeMenu(menu, button) {
  const at = button.getBoundingClientRect();
  const below = innerHeight - at.bottom;
  const top = below > menu.offsetHeight + 8 || below > at.top ? at.bottom + 4 : at.top - menu.offsetHeight - 4;
  const left = at.left + menu.offsetWidth > innerWidth - 8 ? at.right - menu.offsetWidth : at.left;
  menu.style.top = `${Math.max(8, Math.min(top, innerHeight - menu.offsetHeight - 8))}px`;
  menu.style.left = `${Math.max(8, Math.min(left, innerWidth - menu.offsetWidth - 8))}px`;
}

document.addEventListener("keydown", (event) => {
  const menu = event.target.closest?.(".menu[popover]");
  if (!menu || !["ArrowDown", "ArrowUp", "Home", "End"].includes(event.key)) return;
  if (event.target.matches("input:not([type=checkbox]), select, textarea")) return;
  const items = [...menu.querySelectorAll("a, button")].filter((item) => item.offsetParent);
  const now = items.indexOf(document.activeElement);
  const next = { ArrowDown: now + 1, ArrowUp: now - 1, Home: 0, End: -1 }[event.key];
  items.at(next % items.length)?.focus();
  event.preventDefault();
});

const openPalette = (term) => import("./palette.js").then((module) => module.openPalette(term));

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "k") {
    event.preventDefault();
    openPalette("");
  } else press(event);
});

document.addEventListener("click", (event) => {
  const target = event.target.closest("[data-palette] input, [data-shortcuts], [data-sidebar-toggle], [data-print]");
  if (!target) return;
  if (target.matches("[data-palette] input")) openPalette(target.value);
  else if (target.matches("[data-shortcuts]")) import("./sheet.js").then((module) => module.showSheet());
  else if (target.matches("[data-print]")) print();
  else foldSidebar();
});

document.addEventListener("input", (event) => {
  if (!event.target.matches("[data-palette] input")) return;
  openPalette(event.target.value);
  event.target.value = "";
});

function foldSidebar() {
  const mode = document.documentElement.dataset.sidebar === "mini" ? "full" : "mini";
  document.documentElement.dataset.sidebar = mode;
  document.cookie = `sidebar=${mode}; path=/; max-age=31536000; samesite=lax`;
  document.activeElement?.blur();
}

// Signing out on purpose also forgets what this browser kept for the person.
document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-logout]")) return;
  for (const key of Object.keys(localStorage)) if (key.startsWith("onebook:")) localStorage.removeItem(key);
});

document.addEventListener("submit", (event) => {
  const question = event.submitter?.dataset.confirm;
  if (question && !confirm(question)) {
    event.preventDefault();
    event.stopImmediatePropagation();
  }
}, true);

// htmx brings lazy panels, live totals and job progress; its failures must be seen.
document.addEventListener("htmx:responseError", (event) => {
  const id = event.detail.xhr.getResponseHeader("X-Request-ID") ?? "";
  toast(`${text("failed")} ${id}`, "error");
});
document.addEventListener("htmx:sendError", () => toast(text("offline"), "error"));
document.addEventListener("htmx:load", (event) => {
  if (event.detail.elt !== document.body) onContent.run(event.detail.elt);
});
document.addEventListener("htmx:afterSwap", (event) => {
  const words = event.detail.target.dataset?.announce ?? event.detail.elt?.dataset?.announce;
  if (words) announce(words);
});

startNavigation();
onContent.run(document.body);
export { config, visit, iconElement };
