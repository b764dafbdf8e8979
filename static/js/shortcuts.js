// One-letter shortcuts. They can be switched off in the preferences; Ctrl/Cmd-K and Esc always work.
import { config } from "./page.js";
import { toggleRow } from "./list.js";
import { visit } from "./nav.js";

const CHORD = 1200; // ms in which a letter may follow g
let waiting = 0;

const typing = (target) => target.closest?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
const first = (selector) => [...document.querySelectorAll(selector)].find((item) => item.offsetParent !== null || item.closest("[popover]"));

/** One key of the keyboard, wherever the focus is. */
export function press(event) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.key === "Escape") return escape(event);
  if (document.querySelector("dialog[open]") || typing(event.target)) return;
  if (event.key === "?") {
    event.preventDefault();
    return void import("./sheet.js").then((module) => module.showSheet());
  }
  if (!config.shortcuts) return;
  if (waiting && Date.now() - waiting < CHORD) {
    waiting = 0;
    return go(event);
  }
  waiting = 0;
  const act = ACTS[event.key];
  if (act && act(event) !== false) event.preventDefault();
}

const ACTS = {
  g: () => { waiting = Date.now(); },
  j: () => step(1),
  k: () => step(-1),
  x: () => { const row = cursor(); if (!row) return false; toggleRow(row); },
  o: () => openRow(),
  Enter: (event) => (event.target === document.body || event.target.matches("[data-scroll], main, h1") ? openRow() : false),
  e: () => press1("[data-edit]"),
  c: () => press1("main [data-create]") || press1('[popovertarget="create-menu"]'),
  "/": () => { const field = first("[data-filter-focus]") ?? first("[data-palette] input"); field?.focus(); field?.select?.(); },
  "[": () => press1("[data-previous]"),
  "]": () => press1("[data-next]"),
};

function press1(selector) {
  const target = first(selector);
  target?.click();
  return Boolean(target);
}

function go(event) {
  const link = document.querySelector(`#nav [data-key="${CSS.escape(event.key)}"]`);
  if (!link) return;
  event.preventDefault();
  link.click();
}

function escape(event) {
  if (document.querySelector("dialog[open], :popover-open")) return;
  if (typing(event.target)) return void event.target.blur();
  const up = document.querySelector("main [data-up]");
  if (up) visit(up.href);
}

// ---- rows and cards ----

const rows = () => [...document.querySelectorAll("#results tbody tr[data-href]")];
const cursor = () => document.querySelector("tr.cursor");

function step(by) {
  const all = rows();
  if (!all.length) return false;
  const now = all.indexOf(cursor());
  const next = all[Math.max(0, Math.min(all.length - 1, now + by))] ?? all[0];
  cursor()?.classList.remove("cursor");
  next.classList.add("cursor");
  next.querySelector("th a, td a")?.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
}

function openRow() {
  const row = cursor();
  if (!row) return false;
  visit(new URL(row.dataset.href, location.href).href);
}
