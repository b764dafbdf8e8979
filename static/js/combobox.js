// Choosing one record among many: Tom Select over a plain select, fed by the lookup address of its Resource.
import { config, element, loadScript, loadStyle, text } from "./page.js";

/** Enhance every select with a lookup address under `root`, but those in a closed menu. */
export async function start(root) {
  const waits = (select) => select.tomselect || select.closest("template, [popover]:not(:popover-open)");
  const selects = [...root.querySelectorAll("select[data-lookup]")].filter((select) => !waits(select));
  if (!selects.length) return;
  await Promise.all([loadScript(config.lib.tomselect), loadStyle(config.lib.tomselectCss, { vendor: true })]);
  for (const select of selects) enhance(select);
}

function enhance(select) {
  if (select.tomselect || !select.isConnected) return;
  const had = document.activeElement === select;
  const isWhole = "whole" in select.dataset;
  let turn = 0;
  const box = new window.TomSelect(select, {
    valueField: "value",
    labelField: "text",
    searchField: isWhole ? ["text"] : [],
    create: false,
    maxOptions: 50,
    loadThrottle: 120,
    openOnFocus: true,
    selectOnTab: true,
    allowEmptyOption: false,
    hideSelected: true,
    placeholder: select.getAttribute("placeholder") ?? select.querySelector('option[value=""]')?.textContent ?? "",
    plugins: select.required ? [] : ["clear_button"],
    shouldLoad: () => true,
    load: isWhole ? null : (term, done) => {
      // Tom Select asks a moment after the last key; somebody may have chosen in that moment, or while the answer came.
      if (term !== box.inputValue()) return void ignore(box);
      const mine = ++turn;
      find(select.dataset.lookup, term).then((items) => {
        // Records for a former term must not lie under a hand that is about to press Enter.
        if (mine !== turn || term !== box.inputValue()) return void ignore(box);
        box.clearOptions((option) => box.items.includes(String(option.value)));
        done(items);
      }, () => {
        done();
        delete box.loadedSearches[term]; // nobody answered: the same term may be asked again
      });
    },
    onItemAdd: () => { turn += 1; },
    // The server has ranked the answers; Tom Select must not sort or drop them.
    ...(isWhole ? {} : { score: () => () => 1 }),
    onDropdownOpen: (dropdown) => dropdown.scrollIntoView({ block: "nearest" }),
    onFocus: () => { if (!isWhole && !box.loadedOnce) { box.loadedOnce = true; box.load(""); } },
    render: {
      option: (item) => option(item),
      no_results: () => element("div", { class: "no-results" }, text("nothing")),
    },
  });
  atOnce(box);
  box.control_input.setAttribute("aria-label", labelOf(select));
  select.setAttribute("aria-hidden", "true");
  // What a dialog gives the focus to must not lay its list over the rest of the dialog.
  if (!had) return;
  box.loadedOnce = true;
  box.settings.openOnFocus = false;
  box.control_input.focus();
  box.settings.openOnFocus = true;
}

/**
 * Tom Select puts off what it does about a key, and about a focus that it gives itself though it has it. By then a quick
 * hand may have chosen and gone on, and the list opened again, over the next field and with its focus.
 */
function atOnce(box) {
  box.hook("instead", "onInput", () => {
    const term = box.inputValue();
    if (box.isLocked || term === box.lastValue) return;
    box.lastValue = term;
    box._onInput();
  });
  const focus = box.focus;
  box.hook("instead", "focus", () => {
    const isThere = [box.control_input, box.focus_node].includes(document.activeElement);
    if (!isThere || !box.isFocused) focus.call(box);
  });
}

/** A question that came to nothing must not open the list again. */
function ignore(box) {
  box.loading = Math.max(box.loading - 1, 0);
  if (!box.loading) box.wrapper.classList.remove(box.settings.loadingClass);
}

async function find(url, term) {
  const address = new URL(url, location.href);
  address.searchParams.set("q", term);
  const answer = await fetch(address, { headers: { "X-Requested-With": "onebook" } });
  if (!answer.ok) throw new Error(`${address.pathname} answered ${answer.status}`);
  return (await answer.json()).results;
}

function option(item) {
  const row = element("div", {}, element("span", {}, item.text));
  if (item.sub) row.append(" ", element("span", { class: "muted" }, item.sub));
  return row;
}

function labelOf(select) {
  return document.querySelector(`label[for="${CSS.escape(select.id)}-ts-control"], label[for="${CSS.escape(select.id)}"]`)?.textContent.trim() ?? "";
}
