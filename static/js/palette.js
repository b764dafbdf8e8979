// The command palette: go anywhere, create anything, act on this page, find any record. Commands come from the page
// itself and answer at once; records come from the search address, the latest ones first when nothing is typed.
import { announce, config, element, iconElement, text } from "./page.js";
import { visit } from "./nav.js";

const PAUSE = 60;
const MOST_COMMANDS = 8;

let dialog = null;
let input = null;
let list = null;
let asked = null; // AbortController of the running search
let timer = 0;
let moved = false; // an arrow chose the option that is selected: what arrives later leaves it so

/** Open the palette, with a first term where one was typed already. */
export function openPalette(term = "") {
  if (!dialog) build();
  if (dialog.open) return;
  input.value = term;
  list.replaceChildren();
  dialog.showModal();
  input.setSelectionRange(term.length, term.length);
  update();
}

function build() {
  input = element("input", {
    type: "search", class: "palette-input", role: "combobox", autocomplete: "off", spellcheck: "false", "aria-expanded": "true",
    "aria-controls": "palette-list", "aria-autocomplete": "list", "aria-label": text("palette"), placeholder: text("palette"),
  });
  list = element("div", { id: "palette-list", role: "listbox", class: "palette-list", "aria-label": text("palette") });
  dialog = element("dialog", { class: "palette", "aria-label": text("palette") }, element("div", { class: "palette-head" }, iconElement("search"), input, element("kbd", {}, "Esc")), list);
  document.body.append(dialog);
  input.addEventListener("input", update);
  dialog.addEventListener("keydown", onKey);
  dialog.addEventListener("click", onClick);
  dialog.addEventListener("close", () => asked?.abort());
}

/** Every command this page offers, read from the page. */
function commands() {
  const found = [];
  const take = (group, icon, elements, label = (item) => item.textContent) => {
    for (const item of elements) found.push({ group, icon, label: label(item).trim(), target: item, url: item.href ?? "" });
  };
  take(text("page"), "bolt", document.querySelectorAll("main [data-command]"));
  take(text("create"), "plus", document.querySelectorAll("#create-menu a"));
  take(text("goto"), "arrow-right", document.querySelectorAll("#nav a"), (item) => {
    const wing = item.closest("details")?.querySelector("summary")?.textContent.trim();
    return wing ? `${wing} › ${item.textContent.trim()}` : item.textContent;
  });
  return found;
}

/** 0 when the term does not fit; higher is better: start, word start, inside, first letters of the words. */
function score(label, term) {
  const name = label.toLowerCase();
  const at = name.indexOf(term);
  if (at === 0) return 4;
  if (at > 0) return /[\s›-]/.test(name[at - 1]) ? 3 : 2;
  const initials = name.split(/[\s›-]+/).map((word) => word[0] ?? "").join("");
  return initials.includes(term.replace(/\s/g, "")) ? 1 : 0;
}

/** "create lead" finds what "lead" finds. */
function scoreOf({ label, group }, term) {
  return Math.max(score(label, term), group === text("create") ? score(`${group} ${label}`, term) : 0);
}

function update() {
  const term = input.value.trim().toLowerCase();
  moved = false;
  const shown = commands()
    .map((command) => ({ ...command, score: term ? scoreOf(command, term) : Number(command.group === text("page")) }))
    .filter((command) => command.score > 0)
    .sort((a, b) => b.score - a.score)
    .slice(0, MOST_COMMANDS);
  drawCommands(shown);
  // An answer to the former term must not push its records under a hand that is about to press Enter.
  asked?.abort();
  clearTimeout(timer);
  timer = setTimeout(() => findRecords(term), PAUSE);
}

function drawCommands(shown) {
  list.querySelectorAll("[data-commands]").forEach((part) => part.remove());
  const groups = Map.groupBy ? Map.groupBy(shown, (item) => item.group) : grouped(shown);
  const parts = [...groups].map(([group, items]) => {
    const part = element("div", { role: "group", "aria-label": group, "data-commands": true }, element("div", { class: "palette-group", "aria-hidden": "true" }, group));
    for (const item of items) {
      const option = element("a", { role: "option", class: "palette-item", tabindex: "-1", href: item.url || "#" }, iconElement(item.icon), element("span", { class: "grow truncate" }, item.label));
      option.command = item.target;
      part.append(option);
    }
    return part;
  });
  list.prepend(...parts);
  settle();
}

function grouped(items) {
  const groups = new Map();
  for (const item of items) groups.set(item.group, [...(groups.get(item.group) ?? []), item]);
  return groups;
}

async function findRecords(term) {
  asked?.abort();
  asked = new AbortController();
  const url = new URL(config.urls.search, location.href);
  url.searchParams.set("q", term);
  try {
    const answer = await fetch(url, { signal: asked.signal, headers: { "HX-Request": "true", "X-Requested-With": "onebook" } });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    list.querySelectorAll("[data-records]").forEach((part) => part.remove());
    const parts = [...page.querySelectorAll("[data-records]")].map((part) => document.adoptNode(part));
    dropKnown(parts);
    // What was looked at last stands first; what was searched for stands below the commands that match as well.
    if (term) list.append(...parts);
    else list.prepend(...parts);
    if (!list.querySelector("[role=option]")) list.replaceChildren(element("p", { class: "palette-none", "data-records": true }, text("nothing")));
    settle();
    announce(`${options().length} ${text("results")}`);
  } catch {
    // A newer term or a closed palette ended this search.
  }
}

/** Places and creations that the page itself offered already need not stand there twice. */
function dropKnown(parts) {
  const known = new Set([...document.querySelectorAll("#nav a, #create-menu a")].map((link) => link.href));
  for (const part of parts) {
    for (const item of part.querySelectorAll("[role=option]")) if (known.has(item.href)) item.remove();
  }
  parts.splice(0, parts.length, ...parts.filter((part) => part.querySelector("[role=option]")));
}

const options = () => [...list.querySelectorAll("[role=option]")];

function settle() {
  const kept = moved ? list.querySelector('[aria-selected="true"]') : null;
  options().forEach((option, index) => { option.id = `palette-${index}`; option.setAttribute("aria-selected", "false"); });
  choose(kept ?? options()[0]);
}

function choose(option) {
  list.querySelector('[aria-selected="true"]')?.setAttribute("aria-selected", "false");
  if (!option) return void input.removeAttribute("aria-activedescendant");
  option.setAttribute("aria-selected", "true");
  option.scrollIntoView({ block: "nearest" });
  input.setAttribute("aria-activedescendant", option.id);
}

function move(option) {
  moved = true;
  choose(option);
}

function onKey(event) {
  const all = options();
  const now = all.findIndex((option) => option.getAttribute("aria-selected") === "true");
  // The browser would empty the field first and close only the second time.
  if (event.key === "Escape") dialog.close();
  else if (event.key === "ArrowDown") move(all[(now + 1) % all.length]);
  else if (event.key === "ArrowUp") move(all.at(now - 1));
  else if (event.key === "Enter" && all[now]) run(all[now], event.metaKey || event.ctrlKey);
  else return;
  event.preventDefault();
}

function onClick(event) {
  if (event.target === dialog) return void dialog.close();
  const option = event.target.closest("[role=option]");
  if (!option || event.metaKey || event.ctrlKey) return;
  event.preventDefault();
  event.stopPropagation();
  run(option, false);
}

function run(option, elsewhere) {
  const { command } = option;
  dialog.close();
  if (elsewhere && option.getAttribute("href") !== "#") open(option.href, "_blank", "noopener");
  else if (command) command.click();
  else if (document.dispatchEvent(new CustomEvent("onebook:leave", { cancelable: true }))) visit(option.href);
}
