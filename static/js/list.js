// Lists: a click on a row opens it, boxes select, the bulk bar acts, filters apply themselves, columns can be ordered.
import { visit, visitFrame } from "./nav.js";

const TYPING_PAUSE = 250;

/** Start one results block; it is swapped as a whole when a filter changes. */
export function start(results) {
  followAddress();
  const bar = results.querySelector(".bulk-bar");
  if (bar) startSelection(results, bar);
}

/** What stands outside the results (saving a view, exports) speaks of the rows shown now. */
function followAddress() {
  const query = location.search.slice(1);
  for (const input of document.querySelectorAll('[data-with-query] input[name="params"]')) input.value = query;
  for (const link of document.querySelectorAll("[data-export]")) {
    const url = new URL(link.href);
    url.search = query;
    url.searchParams.set("format", link.dataset.export);
    link.href = url.href;
  }
}

// Rows of lists and of panels alike: the link in the row is for the keyboard, the whole row for the mouse.
document.addEventListener("click", onRowClick);

function onRowClick(event) {
  const row = event.target.closest("tr[data-href]");
  if (!row || event.target.closest("a, button, input, label, select, summary") || getSelection().toString()) return;
  if (event.metaKey || event.ctrlKey) open(row.dataset.href, "_blank", "noopener");
  else if (row.closest("table").classList.contains("selecting") && matchMedia("(max-width: 767px)").matches) toggleRow(row);
  else visit(new URL(row.dataset.href, location.href).href);
}

/** Select or unselect one row, as the box in it would. */
export function toggleRow(row) {
  const box = row.querySelector("input[name=ids]");
  if (!box) return;
  box.checked = !box.checked;
  box.dispatchEvent(new Event("change", { bubbles: true }));
}

function startSelection(results, bar) {
  const table = results.querySelector("table");
  const all = results.querySelector("[data-select-all]");
  const matching = bar.querySelector("[data-select-matching]");
  const boxes = [...results.querySelectorAll("input[name=ids]")];
  let last = null;

  const refresh = () => {
    const chosen = boxes.filter((box) => box.checked);
    const everything = bar.elements.all.checked;
    for (const box of boxes) box.closest("tr").classList.toggle("selected", box.checked);
    if (all) { all.checked = chosen.length === boxes.length; all.indeterminate = chosen.length > 0 && !all.checked; }
    bar.classList.toggle("shown", chosen.length > 0);
    table.classList.toggle("selecting", chosen.length > 0);
    bar.querySelector("[data-selected-count]").textContent = everything ? bar.dataset.count : chosen.length;
    matching.hidden = !everything && (chosen.length < boxes.length || Number(bar.dataset.count) <= boxes.length);
  };
  const setAll = (on) => { for (const box of boxes) box.checked = on; bar.elements.all.checked = false; refresh(); };

  results.addEventListener("change", (event) => {
    if (event.target === all) return setAll(all.checked);
    if (event.target.name === "ids") bar.elements.all.checked = false;
    if (["ids", "all"].includes(event.target.name)) refresh();
  });
  results.addEventListener("click", (event) => {
    const box = event.target.closest("input[name=ids]");
    if (!box) return;
    if (event.shiftKey && last) selectBetween(boxes, last, box);
    last = box;
    refresh();
  });
  bar.querySelector("[data-select-none]").addEventListener("click", () => setAll(false));
  refresh();
}

function selectBetween(boxes, from, to) {
  const [first, end] = [boxes.indexOf(from), boxes.indexOf(to)].sort((a, b) => a - b);
  for (const box of boxes.slice(first, end + 1)) box.checked = to.checked;
}

// ---- filters apply themselves: at once for a choice, after a pause for typing ----

let typing = 0;
document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-auto]");
  if (!form || !event.target.matches("input[type=search], input[type=text], input[type=number]")) return;
  clearTimeout(typing);
  typing = setTimeout(() => apply(form, false), TYPING_PAUSE);
});
document.addEventListener("change", (event) => {
  const form = event.target.form;
  if (form?.matches("[data-auto]") && !event.target.matches("input[type=search]")) apply(form, true);
});

function apply(form, push) {
  clearTimeout(typing);
  for (const menu of form.querySelectorAll("[popover]")) {
    const set = [...menu.querySelectorAll("input, select")].some((control) => (control.type === "checkbox" ? control.checked : control.value));
    form.querySelector(`[popovertarget="${CSS.escape(menu.id)}"]`)?.classList.toggle("active", set);
  }
  const url = new URL(form.action, location.href);
  const now = new URLSearchParams(location.search);
  // Sort order and view may have changed since the form was drawn; the address knows.
  for (const input of form.querySelectorAll("input[type=hidden]")) input.value = now.get(input.name) ?? "";
  if (now.has("sort") && !form.elements.sort) url.searchParams.set("sort", now.get("sort"));
  for (const [name, value] of new FormData(form)) if (value !== "") url.searchParams.append(name, value);
  visitFrame(url.href, form.dataset.frame, { push });
}

// ---- the column chooser: the order of the boxes is the order of the columns ----

document.addEventListener("click", (event) => {
  const item = event.target.closest("[data-columns] [data-up]")?.closest("li");
  if (!item?.previousElementSibling) return;
  item.previousElementSibling.before(item);
  item.querySelector("[data-up]").focus();
});
