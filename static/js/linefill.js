// Choosing an item on a document line fills description, unit, price, discount and taxes from the server, and says why
// the price is what it is. What the person typed stays; saving fills the same way without this module.

const FIELDS = ["description", "unit_price", "discount_percent"];
const CHOICES = ["unit", "tax_set"];

/** `select` is the item of a line; its address of defaults is in data-fill-url. */
export function start(select) {
  select.addEventListener("change", () => fill(select));
}

async function fill(select) {
  const row = select.closest("tr[data-line]");
  if (!select.value || !row) return;
  const address = new URL(select.dataset.fillUrl, location.href);
  address.searchParams.set("item", select.value);
  address.searchParams.set("quantity", field(row, "quantity")?.value ?? "1");
  for (const [name, input] of [["party", "party"], ["currency", "currency"], ["date", "document_date"]]) {
    address.searchParams.set(name, select.form.elements[input]?.value ?? "");
  }
  const answer = await fetch(address, { headers: { "X-Requested-With": "onebook" } });
  if (answer.ok && select.isConnected) put(row, await answer.json());
}

function put(row, found) {
  for (const name of FIELDS) write(field(row, name), found[name] ?? "");
  for (const name of CHOICES) choose(field(row, name), found[name]);
  const price = field(row, "unit_price");
  const words = [found.reason, found.available].filter(Boolean).join(" ");
  if (price) price.title = words;
  row.dispatchEvent(new Event("input", { bubbles: true }));
}

function field(row, name) {
  return row.querySelector(`[name$="-${name}"]`);
}

/** A value that a person typed is theirs; one that we put may be replaced. */
function write(input, value) {
  if (!input || (input.value && input.value !== input.dataset.filled)) return;
  input.value = value;
  input.dataset.filled = value;
}

function choose(select, option) {
  if (!select || !option || (select.value && select.value !== select.dataset.filled)) return;
  const value = String(option.value);
  if (select.tomselect) {
    select.tomselect.addOption({ value, text: option.text });
    select.tomselect.setValue(value, true);
  } else {
    if (![...select.options].some((one) => one.value === value)) select.add(new Option(option.text, value));
    select.value = value;
  }
  select.dataset.filled = value;
}
