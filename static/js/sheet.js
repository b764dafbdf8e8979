// The sheet of keyboard shortcuts.
import { config, element, iconElement, text } from "./page.js";

let sheet = null;

/** Show all shortcuts. */
export function showSheet() {
  sheet?.remove();
  const close = element("button", { type: "button", class: "icon-btn", "aria-label": text("close") }, iconElement("x"));
  const head = element("header", { class: "dialog-head" }, element("h2", { id: "sheet-title", class: "grow" }, text("shortcuts")), close);
  const body = element("div", { class: "dialog-body sheet" }, ...sections());
  if (!config.shortcuts) body.prepend(element("p", { class: "notice warning" }, text("shortcutsOff")));
  sheet = element("dialog", { class: "modal-box wide", "aria-labelledby": "sheet-title" }, head, body);
  document.body.append(sheet);
  close.addEventListener("click", () => sheet.close());
  sheet.addEventListener("click", (event) => { if (event.target === sheet) sheet.close(); });
  sheet.showModal();
}

function sections() {
  const goes = [...document.querySelectorAll("#nav [data-key]")].map((link) => [`g ${link.dataset.key}`, link.textContent.trim()]);
  return [
    section("anywhere", [["Ctrl K", text("keyPalette")], ["?", text("keyHelp")], ["c", text("keyCreate")], ["Esc", text("keyUp")]]),
    section("lists", [["j / k", text("keyRows")], ["Enter", text("keyOpen")], ["x", text("keySelect")], ["/", text("keyFilter")], ["← →", text("keyCard")]]),
    section("recordsAndForms", [
      ["e", text("keyEdit")], ["[ / ]", text("keyPager")], ["Ctrl Enter", text("keySave")], ["Enter", text("keyAddLine")],
      ["Alt ↑ ↓", text("keyMoveLine")], ["Ctrl ⌫", text("keyDropLine")],
    ]),
    ...(goes.length ? [section("goto", goes)] : []),
  ];
}

/** "j / k" as two keys with a stroke between them, "/" as the key itself. */
function keysOf(combination) {
  const keys = combination.split(" ");
  return keys.map((key) => (key === "/" && keys.length > 1 ? " / " : element("kbd", {}, key)));
}

function section(title, keys) {
  const items = keys.flatMap(([combination, label]) => [
    element("dt", {}, ...keysOf(combination)),
    element("dd", {}, label),
  ]);
  return element("section", {}, element("h3", {}, text(title)), element("dl", {}, ...items));
}
