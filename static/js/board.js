// The board: drag a card, move it with the arrow keys, or choose its column from the menu. All three send the same
// request; a refusal puts the card back and says why.
import { announce, config, element, loadScript, text, toast } from "./page.js";

const NARROW = "(max-width: 767px)";

/** Start one board. */
export function start(board) {
  board.addEventListener("click", (event) => {
    if (!event.target.closest("a, button, form, input")) event.target.closest("[data-card]")?.querySelector("a").click();
  });
  if (!board.dataset.moveUrl) return;
  board.addEventListener("keydown", (event) => onKey(board, event));
  board.addEventListener("click", (event) => {
    const button = event.target.closest("[data-move-menu]");
    if (button) openMenu(board, button);
  });
  loadScript(config.lib.sortable).then(() => {
    for (const list of board.querySelectorAll("[data-cards]")) sortable(board, list);
  });
}

function sortable(board, list) {
  window.Sortable.create(list, {
    group: "board",
    draggable: "[data-card]",
    ghostClass: "ghost",
    animation: 100,
    delay: matchMedia(NARROW).matches ? 200 : 0,
    delayOnTouchOnly: true,
    filter: "button, form",
    preventOnFilter: false,
    onEnd: (event) => {
      const back = () => event.from.insertBefore(event.item, event.from.children[event.oldIndex] ?? null);
      if (event.from !== event.to) send(board, event.item, columnOf(event.to), back);
    },
  });
}

const columnOf = (node) => node.closest("[data-column]");
const columns = (board) => [...board.querySelectorAll("[data-column]")];

function onKey(board, event) {
  const card = event.target.closest("[data-card]");
  if (!card || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
    const all = columns(board);
    const next = all[all.indexOf(columnOf(card)) + (event.key === "ArrowRight" ? 1 : -1)];
    if (next) moveTo(board, card, next);
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    const other = event.key === "ArrowDown" ? card.nextElementSibling : card.previousElementSibling;
    other?.querySelector("a")?.focus();
  } else return;
  event.preventDefault();
}

function moveTo(board, card, column) {
  const from = card.parentElement;
  const next = card.nextElementSibling;
  const focused = card.contains(document.activeElement);
  column.querySelector("[data-cards]").prepend(card);
  if (focused) card.querySelector("a").focus();
  card.scrollIntoView({ block: "nearest", inline: "nearest" });
  send(board, card, column, () => {
    from.insertBefore(card, next);
    if (focused) card.querySelector("a").focus();
  });
}

async function send(board, card, column, back) {
  const body = new URLSearchParams({ pk: card.dataset.card, to: column.dataset.column, version: card.dataset.version });
  card.setAttribute("aria-busy", "true");
  try {
    const token = document.querySelector('meta[name="csrf-token"]').content;
    const headers = { "X-CSRFToken": token, "X-Requested-With": "onebook", Accept: "application/json" };
    const answer = await fetch(board.dataset.moveUrl + location.search, { method: "POST", body, headers });
    const said = (answer.headers.get("Content-Type") ?? "").includes("json") ? await answer.json() : {};
    if (!answer.ok) throw new Refused([said.message, said.hint].filter(Boolean).join(" "));
    card.dataset.version = said.version ?? card.dataset.version;
    setSums(board, said.sums ?? {});
    announce(`${text("moved")} ${column.dataset.label}`);
  } catch (error) {
    back();
    toast(error instanceof Refused && error.message ? error.message : text("notMoved"), "error");
  } finally {
    card.removeAttribute("aria-busy");
  }
}

class Refused extends Error {}

function setSums(board, sums) {
  for (const column of columns(board)) {
    const own = sums[column.dataset.column];
    if (own) {
      column.querySelector("[data-count]").textContent = own.count;
      column.querySelector("[data-sum]").textContent = own.sum;
    } else {
      column.querySelector("[data-count]").textContent = column.querySelectorAll("[data-card]").length;
    }
    column.querySelector(".board-empty")?.toggleAttribute("hidden", column.querySelector("[data-card]") !== null);
  }
}

// ---- "Move to…": one menu for all cards ----

let menu = null;

function openMenu(board, button) {
  menu?.remove();
  const card = button.closest("[data-card]");
  menu = element("div", { class: "menu", popover: true, id: "board-menu" });
  for (const column of columns(board)) {
    const here = column === columnOf(card);
    const choice = element("button", { type: "button", disabled: here, "aria-current": here ? "true" : null }, column.dataset.label);
    choice.addEventListener("click", () => { menu.hidePopover(); moveTo(board, card, column); });
    menu.append(choice);
  }
  document.body.append(menu);
  // Not popovertarget: set during a click, it would close the menu again in the same click.
  button.dataset.opens = menu.id;
  menu.addEventListener("toggle", (event) => {
    if (event.newState === "closed") { delete button.dataset.opens; button.focus(); }
  });
  menu.showPopover();
}
