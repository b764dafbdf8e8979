// Forms: unsaved changes are guarded and drafted, fields are checked when they are left, Ctrl/Cmd-Enter saves.
import { element, storageKey, text, toast } from "./page.js";

const DRAFT_EVERY = 2000;
const SKIPPED = ["csrfmiddlewaretoken", "idempotency_key", "version"];

const state = new WeakMap(); // form -> {clean, touched, timer}

/** Watch one form. */
export function start(form) {
  if (!(form instanceof HTMLFormElement)) return;
  const own = { clean: snapshot(form), touched: false, timer: 0 };
  state.set(form, own);
  // What other modules put into the form while it starts, such as the order of its lines, is nobody's change.
  for (const name of ["focusin", "pointerdown"]) form.addEventListener(name, () => touch(form, own), { capture: true });
  if (form.dataset.draft && !form.closest("dialog")) offerDraft(form, own);
  form.addEventListener("input", () => later(form, own));
  form.addEventListener("change", () => later(form, own));
  form.addEventListener("focusout", (event) => validateField(form, event.target));
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit(form.querySelector("[data-save]"));
  });
  form.addEventListener("onebook:saved", () => { forget(form); own.clean = snapshot(form); });
}

function entries(form) {
  return [...new FormData(form)].filter(([name, value]) => typeof value === "string" && !SKIPPED.includes(name));
}
const snapshot = (form) => JSON.stringify(entries(form));
const isDirty = (form) => Boolean(state.get(form)?.touched) && state.get(form).clean !== snapshot(form);

function touch(form, own) {
  if (own.touched) return;
  own.touched = true;
  own.clean = snapshot(form);
}
const draftKey = (form) => storageKey(`draft:${form.dataset.draft}`);

// ---- leaving ----

const dirtyForms = () => [...document.querySelectorAll('main form[data-module="form"]')].filter(isDirty);

document.addEventListener("onebook:leave", (event) => {
  const dirty = dirtyForms();
  if (!dirty.length) return;
  if (confirm(text("leave"))) dirty.forEach(forget);
  else event.preventDefault();
});
addEventListener("beforeunload", (event) => {
  const open = dirtyForms().filter((form) => !form.hasAttribute("aria-busy"));
  if (open.length) event.preventDefault();
});

// ---- drafts ----

function later(form, own) {
  if (!form.dataset.draft || form.closest("dialog")) return;
  clearTimeout(own.timer);
  own.timer = setTimeout(() => keep(form), DRAFT_EVERY);
}

function keep(form) {
  if (!form.isConnected) return;
  if (!isDirty(form)) return void forget(form);
  const fields = entries(form).filter(([name]) => form.elements[name]?.type !== "password");
  const draft = { at: new Date().toISOString(), version: form.elements.version?.value ?? "", fields };
  try {
    localStorage.setItem(draftKey(form), JSON.stringify(draft));
  } catch {
    // A full or forbidden storage costs the draft, not the work.
  }
}

function forget(form) {
  clearTimeout(state.get(form)?.timer);
  if (form.dataset.draft) localStorage.removeItem(draftKey(form));
}

async function offerDraft(form, own) {
  const stored = localStorage.getItem(draftKey(form));
  if (!stored || form.querySelector("[data-errors]")) return;
  const draft = JSON.parse(stored);
  // A draft of an older version would silently undo what others changed since.
  if (draft.version !== (form.elements.version?.value ?? "")) return void localStorage.removeItem(draftKey(form));
  touch(form, own);
  await growLines(form, draft.fields);
  restore(form, draft.fields);
  if (!isDirty(form)) return void forget(form);
  const when = new Date(draft.at).toLocaleString(document.documentElement.lang);
  const discard = element("button", { type: "button", class: "link-btn" }, text("discard"));
  discard.addEventListener("click", () => {
    forget(form);
    own.clean = snapshot(form);
    location.reload();
  });
  const words = document.createDocumentFragment();
  words.append(`${text("draft")} ${when}. `, discard);
  toast(words, "warning");
}

async function growLines(form, fields) {
  const grid = form.querySelector('[data-module="lines"]');
  if (!grid) return;
  const { start: startLines } = await import("./lines.js");
  const total = fields.find(([name]) => name === `${grid.dataset.prefix}-TOTAL_FORMS`);
  if (total) startLines(grid).grow(Math.min(Number(total[1]), 1000));
}

function restore(form, fields) {
  const named = new Map();
  for (const [name, value] of fields) named.set(name, [...(named.get(name) ?? []), value]);
  for (const control of form.elements) {
    if (!control.name || SKIPPED.includes(control.name) || control.type === "file") continue;
    const values = named.get(control.name);
    if (control.type === "checkbox" || control.type === "radio") control.checked = values?.includes(control.value) ?? false;
    else if (control.tagName === "SELECT") selectValues(control, values ?? []);
    else if (values) control.value = values.shift() ?? "";
  }
  form.dispatchEvent(new CustomEvent("onebook:restored", { bubbles: true }));
}

function selectValues(select, values) {
  for (const value of values) {
    if (value && ![...select.options].some((option) => option.value === value)) select.add(new Option(value, value));
  }
  for (const option of select.options) option.selected = values.includes(option.value);
  select.tomselect?.sync();
}

// ---- checking a field when it is left ----

async function validateField(form, control) {
  const url = form.dataset.validateUrl;
  if (!url || !control.name || control.type === "hidden" || SKIPPED.includes(control.name)) return;
  if (control.value === "" && !control.hasAttribute("aria-invalid")) return;
  const body = new URLSearchParams(new FormData(form));
  body.set("field", control.name);
  try {
    const answer = await fetch(url, { method: "POST", body, headers: { "HX-Request": "true", "X-Requested-With": "onebook" } });
    if (answer.ok && control.isConnected) showErrors(control, await answer.text());
  } catch {
    // No server, no early check; saving will say so.
  }
}

function showErrors(control, html) {
  const list = new DOMParser().parseFromString(html, "text/html").querySelector(".errorlist");
  const holder = control.closest(".field, td") ?? control.parentElement;
  holder.querySelector(".errorlist")?.remove();
  control.toggleAttribute("aria-invalid", false);
  if (!list) return;
  list.id ||= `${control.id}_error`;
  control.setAttribute("aria-invalid", "true");
  const described = new Set((control.getAttribute("aria-describedby") ?? "").split(" ").filter(Boolean)).add(list.id);
  control.setAttribute("aria-describedby", [...described].join(" "));
  const help = holder.querySelector(".help");
  if (help) help.before(document.adoptNode(list));
  else holder.append(document.adoptNode(list));
}
