// Dropping files onto a record's Files panel. Without this the same form has a file field and a button.
import { announce, text, toast } from "./page.js";

/** Wire the drop zone inside `root`. */
export function start(root) {
  const form = root.querySelector("[data-drop]");
  const input = form?.querySelector("input[type=file]");
  if (!input) return;
  input.addEventListener("change", () => send(form, input));
  for (const name of ["dragenter", "dragover"]) form.addEventListener(name, (event) => over(event, form));
  for (const name of ["dragleave", "dragend"]) form.addEventListener(name, (event) => left(event, form));
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    form.removeAttribute("data-over");
    if (!event.dataTransfer?.files.length) return;
    input.files = event.dataTransfer.files;
    send(form, input);
  });
}

function over(event, form) {
  if (![...(event.dataTransfer?.types ?? [])].includes("Files")) return;
  event.preventDefault();
  form.setAttribute("data-over", "");
}

function left(event, form) {
  if (!form.contains(event.relatedTarget)) form.removeAttribute("data-over");
}

/** Too large is said here, before anything travels; every other refusal is the server's. */
function send(form, input) {
  const limit = Number(form.dataset.maxBytes);
  const large = [...input.files].filter((file) => file.size > limit).map((file) => file.name);
  if (large.length) {
    input.value = "";
    toast(`${form.dataset.tooLarge} ${large.join(", ")}`, "error");
    return;
  }
  announce(text("sending"));
  form.requestSubmit();
}
