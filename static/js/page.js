// What every module shares: configuration, words, notices, the live region, and the hook for new content.

const block = document.getElementById("config");
export const config = block ? JSON.parse(block.textContent) : { urls: {}, lib: {}, text: {}, shortcuts: false, user: "" };

/** A translated word or sentence of the page. */
export const text = (key) => config.text[key] ?? key;

/** Key in localStorage for this person, so that two people at one machine never see each other's drafts. */
export const storageKey = (name) => `onebook:${config.user}:${name}`;

const starters = [];

/** Register `start(root)` for content now and content swapped in later. */
export function onContent(start) {
  starters.push(start);
}
onContent.run = (root) => starters.forEach((start) => start(root));

/** An icon of the sprite as an element. */
export function iconElement(name, extra = "") {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${config.lib.icons}#${name}`);
  svg.setAttribute("class", `icon ${extra}`.trim());
  svg.setAttribute("aria-hidden", "true");
  svg.append(use);
  return svg;
}

/** Make an element: `element("p", {class: "muted"}, "text", child)`. */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== false) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children);
  return made;
}

/** Say something to a screen reader without moving the focus. */
export function announce(words) {
  const live = document.getElementById("live");
  if (!live) return;
  live.textContent = "";
  setTimeout(() => { live.textContent = words; }, 50);
}

/** Show a notice; an error stays until it is closed, everything else leaves after seven seconds, after ten where it offers to undo. */
export function toast(content, level = "info") {
  const close = element("button", { type: "button", class: "icon-btn", "aria-label": text("close") }, iconElement("x", "icon-sm"));
  const body = element("div", { class: "grow" });
  body.append(...(content instanceof Node ? [content] : [document.createTextNode(content)]));
  const role = level === "error" ? "alert" : "status";
  const item = element("div", { class: `toast-item toast-${level}`, role }, body, close);
  close.addEventListener("click", () => item.remove());
  document.getElementById("toasts")?.append(item);
  if (level !== "error" && level !== "warning") leaveLater(item);
}

function leaveLater(item) {
  let timer = 0;
  const life = item.querySelector("[data-undo]") ? 10_000 : 7_000;
  const arm = () => { timer = setTimeout(() => item.remove(), life); };
  item.addEventListener("pointerenter", () => clearTimeout(timer));
  item.addEventListener("pointerleave", arm);
  item.addEventListener("focusin", () => clearTimeout(timer));
  item.addEventListener("focusout", arm);
  arm();
}

/** Turn the messages a page carries into notices, so that they are not lost when the page is swapped. */
export function liftMessages(root) {
  for (const message of root.querySelectorAll("[data-messages] [data-message]")) {
    const words = message.querySelector(".grow");
    const holder = document.createDocumentFragment();
    holder.append(...words.childNodes);
    toast(holder, message.dataset.message);
    message.remove();
  }
}

const loaded = new Map();

/** Load a classic vendor script once. */
export function loadScript(src) {
  if (!loaded.has(src)) {
    loaded.set(src, new Promise((resolve, reject) => {
      const script = element("script", { src });
      script.addEventListener("load", resolve);
      script.addEventListener("error", reject);
      document.head.append(script);
    }));
  }
  return loaded.get(src);
}

/** Load a style sheet once, resolving when it applies. A vendor's sheet goes before our own, so that ours has the last word. */
export function loadStyle(href, { vendor = false } = {}) {
  const known = [...document.querySelectorAll('link[rel="stylesheet"]')].some((link) => link.getAttribute("href") === href);
  if (known) return Promise.resolve();
  return new Promise((resolve) => {
    const link = element("link", { rel: "stylesheet", href });
    link.addEventListener("load", resolve);
    link.addEventListener("error", resolve);
    const own = document.querySelector('link[rel="stylesheet"][href*="onebook"]');
    if (vendor && own) own.before(link);
    else document.head.append(link);
  });
}
