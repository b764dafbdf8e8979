// Pages travel without reloading the shell: fetch the next page, swap <main>, keep the old one for Back.
// Every address still answers a plain request with a full page; a link that is not ours is left to the browser.
import { announce, liftMessages, loadStyle, onContent, text, toast } from "./page.js";

const PRELOAD_AFTER = 65; // ms of hovering before a page is fetched ahead
const PRELOAD_LIFE = 8000; // ms for which a page fetched ahead may still be shown
const KEPT_PAGES = 12;

const ahead = new Map(); // address -> {promise, at}
const kept = new Map(); // history index -> {main, title, scroll}
let here = 0;
let ticket = 0;

const main = () => document.getElementById("main");

/** Wire links, forms, Back and preloading. */
export function startNavigation() {
  here = history.state?.onebook ?? 0;
  history.scrollRestoration = "manual";
  history.replaceState({ ...history.state, onebook: here }, "");
  if (history.state.scroll) scrollTo(0, history.state.scroll);
  liftMessages(document);
  document.addEventListener("click", onClick);
  document.addEventListener("submit", onSubmit);
  addEventListener("popstate", onPop);
  addEventListener("pagehide", () => rememberScroll());
  for (const name of ["pointerover", "focusin"]) document.addEventListener(name, onHover);
  document.addEventListener("pointerdown", (event) => { if (event.button === 0) preload(linkOf(event)); });
}

function linkOf(event) {
  const link = event.target.closest?.("a[href]");
  if (!link || link.target || link.hasAttribute("download") || link.closest("[data-native]")) return null;
  if (link.origin !== location.origin || /^\/(static|media|admin|api)\//.test(link.pathname)) return null;
  if (link.getAttribute("href").startsWith("#")) return null;
  return link;
}

function onClick(event) {
  if (event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = linkOf(event);
  if (!link || !main()) return;
  event.preventDefault();
  if (!mayLeave(link)) return;
  if (link.hasAttribute("data-dialog")) import("./dialog.js").then((module) => module.openDialog(link.href, link, visit));
  else if (link.dataset.frame) visitFrame(link.href, link.dataset.frame, { push: true });
  else visit(link.href);
}

/** False when a form with unsaved changes asks to stay; form.js answers the question. */
function mayLeave(link) {
  if (link.hasAttribute("data-dialog") || link.dataset.frame) return true;
  return document.dispatchEvent(new CustomEvent("onebook:leave", { cancelable: true }));
}

let hover = 0;
function onHover(event) {
  clearTimeout(hover);
  const link = linkOf(event);
  if (link && !link.hasAttribute("data-frame")) hover = setTimeout(() => preload(link), PRELOAD_AFTER);
}

function preload(link) {
  if (!link || link.hash || link.href === location.href || navigator.connection?.saveData) return;
  const known = ahead.get(link.href);
  if (known && Date.now() - known.at < PRELOAD_LIFE) return;
  ahead.set(link.href, { at: Date.now(), promise: getPage(link.href).catch(() => null) });
  if (ahead.size > 20) ahead.delete(ahead.keys().next().value);
}

async function getPage(url, options = {}) {
  const headers = { "X-Requested-With": "onebook", ...options.headers };
  const answer = await fetch(url, { credentials: "same-origin", ...options, headers });
  const type = answer.headers.get("Content-Type") ?? "";
  return { answer, url: answer.url, html: type.startsWith("text/html") ? await answer.text() : null };
}

/** Go to an address. `history`: "push", "replace" or "none". */
export async function visit(url, { mode = "push", scroll = 0 } = {}) {
  const mine = ++ticket;
  const known = ahead.get(url);
  ahead.delete(url);
  progress(true);
  try {
    const early = known && Date.now() - known.at < PRELOAD_LIFE ? await known.promise : null;
    const page = early ?? (await getPage(url));
    if (mine !== ticket) return;
    if (page.html === null) location.assign(url);
    else await show(page, { mode, scroll, hash: new URL(url, location.href).hash });
  } catch {
    if (mine === ticket) toast(text("offline"), "error");
  } finally {
    if (mine === ticket) progress(false);
  }
}

function progress(on) {
  document.getElementById("progress")?.toggleAttribute("data-active", on);
}

/** Put a fetched page in place. */
export async function show(page, { mode = "push", scroll = 0, hash = "" } = {}) {
  const next = new DOMParser().parseFromString(page.html, "text/html");
  const fresh = next.getElementById("main");
  if (!fresh || !sameShell(next)) return void location.assign(page.url + hash);
  const sheets = [...next.querySelectorAll('head link[rel="stylesheet"]')].map((link) => link.getAttribute("href"));
  await Promise.all(sheets.map((href) => loadStyle(href)));
  if (mode === "push") { keepPage(); here += 1; }
  if (mode === "push") history.pushState({ onebook: here }, "", page.url + hash);
  if (mode === "replace") history.replaceState({ onebook: here }, "", page.url + hash);
  replaceMain(document.adoptNode(fresh), next.title, next);
  onContent.run(main());
  window.htmx?.process(main());
  liftMessages(main());
  settle({ scroll, hash });
}

function sameShell(next) {
  const [old, fresh] = [document.documentElement, next.documentElement];
  return ["lang", "data-layout", "data-bs-theme", "data-density"].every((name) => old.getAttribute(name) === fresh.getAttribute(name));
}

function replaceMain(element, title, next = null) {
  document.getElementById("dialog")?.close?.();
  const sidebar = document.getElementById("sidebar");
  if (sidebar?.matches(":popover-open")) sidebar.hidePopover();
  main().replaceWith(element);
  document.title = title;
  const token = next?.querySelector('meta[name="csrf-token"]')?.content;
  if (token) document.querySelector('meta[name="csrf-token"]').content = token;
  for (const part of next?.querySelectorAll("[data-swap]") ?? []) {
    const old = document.getElementById(part.id);
    if (old && old.innerHTML !== part.innerHTML) old.innerHTML = part.innerHTML;
  }
}

function settle({ scroll, hash }) {
  const target = hash ? document.getElementById(hash.slice(1)) : null;
  const wanted = main().querySelector("[data-errors], [autofocus]") ?? main().querySelector("h1") ?? main();
  wanted.focus({ preventScroll: true });
  if (target) target.scrollIntoView();
  else scrollTo(0, scroll);
  announce(`${document.title.split(" · ")[0]} ${text("loaded")}`);
  document.dispatchEvent(new CustomEvent("onebook:page"));
}

function rememberScroll() {
  history.replaceState({ ...history.state, scroll: scrollY }, "");
}

function keepPage() {
  rememberScroll();
  const inner = [...main().querySelectorAll("[data-scroll]")].map((box) => [box, box.scrollTop, box.scrollLeft]);
  const nav = [...document.querySelectorAll("[data-swap]")].map((part) => [part.id, part.innerHTML]);
  kept.set(here, { main: main(), title: document.title, scroll: scrollY, inner, nav, url: location.href });
  if (kept.size > KEPT_PAGES) kept.delete(kept.keys().next().value);
}

function onPop(event) {
  const index = event.state?.onebook;
  if (index === undefined) return;
  ticket += 1;
  keepLeaving(index);
  const page = kept.get(index);
  kept.delete(index);
  here = index;
  if (!page || page.main === main()) return void visit(location.href, { mode: "none", scroll: event.state.scroll ?? 0 });
  replaceMain(page.main, page.title);
  for (const [id, html] of page.nav) if (document.getElementById(id)) document.getElementById(id).innerHTML = html;
  for (const [box, top, left] of page.inner) { box.scrollTop = top; box.scrollLeft = left; }
  scrollTo(0, page.scroll);
  announce(document.title.split(" · ")[0]);
  document.dispatchEvent(new CustomEvent("onebook:page"));
}

/** Going back keeps the page we leave, so that Forward is instant as well. */
function keepLeaving(index) {
  if (index === here) return;
  const page = { main: main(), title: document.title, scroll: scrollY, inner: [], nav: [] };
  page.nav = [...document.querySelectorAll("[data-swap]")].map((part) => [part.id, part.innerHTML]);
  kept.set(here, page);
}

// ---- parts of a page: filters, sorting, paging ----

/** Fetch an address and swap only the element `id`; the address bar follows. */
export async function visitFrame(url, id, { push = false } = {}) {
  const mine = ++ticket;
  progress(true);
  try {
    const { answer, html } = await getPage(url, { headers: { "HX-Request": "true", "HX-Target": id } });
    if (mine !== ticket || !document.getElementById(id)) return;
    if (answer.headers.has("HX-Redirect")) return void location.assign(answer.headers.get("HX-Redirect"));
    if (!answer.ok || answer.redirected || html === null) return void location.assign(url);
    if (push) { rememberScroll(); here += 1; history.pushState({ onebook: here }, "", url); }
    else history.replaceState({ ...history.state }, "", url);
    swapFrame(html, id);
  } catch {
    if (mine === ticket) toast(text("offline"), "error");
  } finally {
    if (mine === ticket) progress(false);
  }
}

function swapFrame(html, id) {
  const fresh = new DOMParser().parseFromString(html, "text/html").getElementById(id);
  const old = document.getElementById(id);
  if (!fresh) return;
  const focused = old.contains(document.activeElement) ? document.activeElement : null;
  const mark = focused && { id: focused.id, href: focused.getAttribute("href"), rel: focused.getAttribute("rel") };
  document.adoptNode(fresh);
  old.replaceWith(fresh);
  onContent.run(fresh.parentElement);
  window.htmx?.process(fresh);
  if (mark) {
    const again = (mark.id && document.getElementById(mark.id)) || (mark.rel && fresh.querySelector(`[rel="${mark.rel}"]`));
    (again || fresh.querySelector("[data-scroll]") || main()).focus({ preventScroll: true });
  }
  if (fresh.dataset.announce) announce(fresh.dataset.announce);
}

// ---- forms ----

function onSubmit(event) {
  const form = event.target;
  if (event.defaultPrevented || form.closest("[data-native]") || !main() || form.method === "dialog") return;
  if (new URL(form.action, location.href).origin !== location.origin) return;
  if (!form.closest("main, dialog, #toasts")) return;
  event.preventDefault();
  if (form.method === "get") submitGet(form, event.submitter);
  else submitPost(form, event.submitter);
}

function submitGet(form, submitter) {
  const url = new URL(form.action, location.href);
  const data = new FormData(form, submitter);
  url.search = new URLSearchParams([...data].filter(([, value]) => typeof value === "string" && value !== "")).toString();
  if (form.dataset.frame) visitFrame(url.href, form.dataset.frame, { push: form.dataset.push !== "no" });
  else visit(url.href);
}

async function submitPost(form, submitter) {
  if (form.hasAttribute("aria-busy")) return;
  const data = new FormData(form, submitter);
  const buttons = [...form.querySelectorAll("button:not([type=button])")];
  const busy = (on) => {
    form.toggleAttribute("aria-busy", on);
    for (const button of buttons) button.setAttribute("aria-busy", String(on));
  };
  busy(true);
  progress(true);
  try {
    const url = submitter?.getAttribute("formaction") ?? form.getAttribute("action") ?? location.href;
    const multipart = form.enctype === "multipart/form-data";
    const page = await getPage(url || location.href, { method: "POST", body: multipart ? data : new URLSearchParams(data) });
    kept.clear();
    ahead.clear();
    await receive(page, form);
  } catch {
    toast(text("offline"), "error");
  } finally {
    busy(false);
    progress(false);
  }
}

async function receive(page, form) {
  const { answer } = page;
  if (answer.status >= 500) {
    toast(`${text("failed")} ${answer.headers.get("X-Request-ID") ?? ""}`, "error");
  } else if (page.html === null) {
    download(await answer.blob(), answer);
  } else if (answer.redirected) {
    form.dispatchEvent(new CustomEvent("onebook:saved", { bubbles: true }));
    const same = page.url.split("#")[0] === location.href.split("#")[0];
    await show(page, { mode: same ? "replace" : "push", scroll: same ? scrollY : 0 });
  } else if (form.closest("dialog") && [400, 409, 422].includes(answer.status)) {
    const { fillDialog } = await import("./dialog.js");
    if (!fillDialog(page.html, form.getAttribute("action") ?? "")) await show({ ...page, url: location.href }, { mode: "replace" });
  } else {
    await show({ ...page, url: location.href }, { mode: "replace" });
  }
}

function download(blob, answer) {
  const name = /filename="?([^";]+)/.exec(answer.headers.get("Content-Disposition") ?? "")?.[1] ?? "download";
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
