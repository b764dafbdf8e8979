// The line grid of a document: Tab walks, Enter goes down and opens a new line at the end, Alt and the arrow keys move
// a line, Ctrl/Cmd-Backspace removes it; totals follow from the server, which alone knows prices and taxes.
import { announce, config, loadScript, onContent, text } from "./page.js";

const TOTALS_PAUSE = 350;

const grids = new WeakMap();

/** Start one grid; a second time answers the same one. */
export function start(grid) {
  if (!grids.has(grid)) grids.set(grid, new LineGrid(grid));
  return grids.get(grid);
}

class LineGrid {
  constructor(grid) {
    this.grid = grid;
    this.form = grid.closest("form");
    this.body = grid.querySelector("tbody");
    this.template = grid.querySelector("template");
    this.total = this.form.elements[`${grid.dataset.prefix}-TOTAL_FORMS`];
    this.timer = 0;
    grid.querySelector("[data-add-line]").addEventListener("click", (event) => { event.preventDefault(); this.add(); });
    grid.addEventListener("click", (event) => this.onClick(event));
    grid.addEventListener("keydown", (event) => this.onKey(event));
    grid.addEventListener("change", () => this.totals());
    grid.addEventListener("input", () => this.totals());
    this.form.addEventListener("onebook:restored", () => { this.hideRemoved(); this.totals(); });
    this.hideRemoved();
    this.number();
    this.sortable();
    if (this.rows().length) this.totals();
  }

  rows() {
    return [...this.body.querySelectorAll("tr[data-line]:not(.removed)")];
  }

  add({ focus = true } = {}) {
    const index = Number(this.total.value);
    const html = this.template.innerHTML.replaceAll("__prefix__", String(index));
    const holder = document.createElement("tbody");
    holder.innerHTML = html;
    const row = holder.firstElementChild;
    this.body.append(row);
    this.total.value = String(index + 1);
    onContent.run(row);
    this.number();
    if (focus) { this.focusFirst(row); announce(text("added")); }
    return row;
  }

  /** A restored draft needs as many rows as it had. */
  grow(count) {
    while (Number(this.total.value) < count) this.add({ focus: false });
  }

  remove(row) {
    const rows = this.rows();
    const next = rows[rows.indexOf(row) + 1] ?? rows[rows.indexOf(row) - 1];
    const box = row.querySelector('input[name$="-DELETE"]');
    if (!box) return;
    box.checked = true;
    row.classList.add("removed");
    announce(text("removed"));
    if (next) this.focusFirst(next);
    else this.add();
    this.number();
    this.totals();
    this.form.dispatchEvent(new Event("change", { bubbles: true }));
  }

  move(row, step) {
    const rows = this.rows();
    const other = rows[rows.indexOf(row) + step];
    if (!other) return;
    const focused = document.activeElement;
    if (step < 0) other.before(row);
    else other.after(row);
    focused.focus();
    this.number();
    announce(`${text("line")} ${this.rows().indexOf(row) + 1}`);
  }

  number() {
    this.rows().forEach((row, index) => {
      const order = row.querySelector('input[name$="-ORDER"]');
      if (order) order.value = String(index + 1);
    });
  }

  hideRemoved() {
    for (const row of this.body.querySelectorAll("tr[data-line]")) {
      row.classList.toggle("removed", Boolean(row.querySelector('input[name$="-DELETE"]')?.checked));
    }
  }

  focusFirst(row) {
    const control = [...row.querySelectorAll("input:not([type=hidden]), select, textarea")].find((item) => item.offsetParent || item.tomselect);
    (control?.tomselect ?? control)?.focus();
  }

  onClick(event) {
    const row = event.target.closest("[data-remove-line]")?.closest("tr");
    if (row) this.remove(row);
  }

  onKey(event) {
    const row = event.target.closest("tr[data-line]");
    if (!row) return;
    if (event.altKey && ["ArrowUp", "ArrowDown"].includes(event.key)) this.move(row, event.key === "ArrowUp" ? -1 : 1);
    else if ((event.ctrlKey || event.metaKey) && event.key === "Backspace" && !event.target.value) this.remove(row);
    else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey && event.target.matches("input, select") && !event.defaultPrevented) this.down(event, row);
    else return;
    event.preventDefault();
  }

  /** Enter: the same column one line below, or a new line. */
  down(event, row) {
    if (event.target.closest(".ts-wrapper")) return;
    const rows = this.rows();
    const below = rows[rows.indexOf(row) + 1];
    if (!below) return void this.add();
    const column = event.target.closest("td").cellIndex;
    const control = below.cells[column]?.querySelector("input:not([type=hidden]), select");
    (control?.tomselect ?? control)?.focus();
    control?.select?.();
  }

  totals() {
    if (!this.grid.dataset.totalsUrl || !window.htmx) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(async () => {
      await window.htmx.ajax("POST", this.grid.dataset.totalsUrl, { source: this.form, target: "#totals", swap: "innerHTML" });
      for (const row of this.rows()) showTaken(row);
    }, TOTALS_PAUSE);
  }

  sortable() {
    if (!this.grid.querySelector("[data-handle]") || matchMedia("(pointer: coarse) and (max-width: 767px)").matches) return;
    const load = () => loadScript(config.lib.sortable).then(() => {
      window.Sortable.create(this.body, { handle: "[data-handle]", draggable: "tr[data-line]", animation: 100, onEnd: () => this.number() });
    });
    this.grid.addEventListener("pointerover", load, { once: true });
  }
}

/** What a line takes from its item where nothing is entered stands in the empty fields, as their placeholder. */
function showTaken(row) {
  const taken = row.querySelector("output")?.dataset ?? {};
  for (const control of row.querySelectorAll("input[id]:not([type=hidden], [type=checkbox]), select[id]")) {
    const field = control.name?.split("-").pop();
    if (!field) continue;
    const given = taken[`take${field[0].toUpperCase()}${field.slice(1)}`] ?? "";
    const shown = control.tomselect?.control_input ?? control;
    shown.dataset.empty ??= shown.placeholder ?? "";
    const words = given || shown.dataset.empty;
    if (control.tomselect) {
      control.tomselect.settings.placeholder = words;
      control.tomselect.inputState();
    } else if (control.matches("select")) {
      const empty = control.querySelector('option[value=""]');
      if (empty) { empty.dataset.empty ??= empty.textContent; empty.textContent = given || empty.dataset.empty; }
    } else {
      control.placeholder = words;
    }
  }
}
