"use strict";
// What stands behind the `#` of the address is what is shown: a page, a question to the table, or a finding.

const PAGES = ["overview", "findings", "inputs", "policies"];
const TITLE = document.title;
const dialog = find("finding");
let opened = null;
let behind = "#overview";

/** The table's question as it stands behind the `#`. */
function address() {
  const question = new URLSearchParams();
  for (const [name, value] of Object.entries(asked)) {
    const usual = nothingAsked()[name];
    if (value !== undefined && String(value) !== String(usual)) question.set(name, value);
  }
  const text = question.toString();
  return text ? `#findings?${text}` : "#findings";
}

/** The question that stands there. What it does not know is left out. */
function question(text) {
  const known = nothingAsked();
  for (const [name, value] of new URLSearchParams(text)) {
    if (name === "q" || name === "sort") known[name] = value;
    else if (Object.hasOwn(FILTERS, name)) {
      // An empty value is a question only where something has no name.
      if (value !== "" || FILTERS[name].values().includes("")) known[name] = value;
    } else if (name === "page") known.page = Number(value) || 1;
    else if (name === "severity") known.severity = value.split(",");
    else if (name === "columns") {
      const columns = value.split(",").filter((column) => Object.hasOwn(COLUMNS, column));
      if (columns.length > 0) known.columns = columns;
    }
  }
  return known;
}

/** Asks the table something else, and keeps the address true. */
function change(what) {
  asked = { ...asked, page: 1, ...what };
  ask();
  show();
  sync();
  behind = address();
  history.replaceState(null, "", behind);
}

/** Goes where the address says. A fingerprint that no finding has is looked for, which says so. */
function route() {
  const hash = location.hash.slice(1);
  const [name, text = ""] = hash.split("?");
  const page = PAGES.includes(name) ? name : "overview";
  const isFinding = /^[0-9a-f]{8,64}$/i.test(hash);
  const digits = hash.slice(0, 12).toLowerCase();
  opened = isFinding ? rows.find((row) => row.id.startsWith(digits)) ?? null : null;
  if (opened !== null) {
    if (document.readyState === "loading") {
      // The details are still on their way.
      addEventListener("DOMContentLoaded", route, { once: true });
      return;
    }
    turn(behind.slice(1).split("?")[0]);
    open(opened);
    return;
  }
  if (dialog.open) dialog.close();
  document.title = TITLE;
  turn(isFinding ? "findings" : page);
  behind = page === "findings" ? `#${hash}` : `#${page}`;
  if (isFinding || page === "findings") {
    asked = isFinding ? { ...nothingAsked(), q: hash } : question(text);
    ask();
    show();
    sync();
  }
}

/** Turns to a page, and to its top if it is another one. */
function turn(page) {
  if (find(page).hidden) scrollTo(0, 0);
  for (const name of PAGES) {
    find(name).hidden = name !== page;
    const link = document.querySelector(`header.top a[href="#${name}"]`);
    if (name === page) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}

/** The controls show what is asked. */
function sync() {
  if (find("search").value !== asked.q) find("search").value = asked.q;
  for (const box of document.querySelectorAll("#choices input")) box.checked = asked.severity.includes(box.value);
  for (const box of document.querySelectorAll("#columns input")) {
    box.checked = asked.columns.includes(box.value);
    // At least one column stays.
    box.disabled = box.checked && asked.columns.length === 1;
  }
  for (const name of Object.keys(FILTERS)) {
    const select = find(`filter-${name}`);
    const wanted = asked[name] ?? " any";
    if (select === null) continue;
    // The address may ask for what is no choice of the reader, such as another number of days.
    if (![...select.options].some((option) => option.value === wanted)) select.append(option(name, wanted));
    select.value = wanted;
  }
  find("clear").hidden = answer.length === rows.length && asked.sort === "";
}

function option(name, value) {
  const label = FILTERS[name].label?.(value) ?? value;
  return make("option", { value }, label || "no name");
}

/** The controls, once. A filter with less than two values is no choice. */
function controls() {
  const boxes = words.severities.map((name) => make("label", { class: "chip" },
    make("input", { type: "checkbox", value: name, onchange: () => change({
      severity: [...document.querySelectorAll("#choices input:checked")].map((box) => box.value),
    }) }), severity(name), ` ${rows.filter((row) => level(row) === name).length}`));
  const selects = Object.entries(FILTERS).map(([name, filter]) => {
    const values = [...new Set(filter.values())];
    if (name !== "due" && name !== "status") values.sort();
    if (values.length < 2) return null;
    const select = make("select", { id: `filter-${name}`, onchange: (event) => change({
      [name]: event.target.value === " any" ? undefined : event.target.value,
    }) }, make("option", { value: " any" }, "any"), ...values.map((value) => option(name, value)));
    return make("label", {}, name, select);
  });
  find("choices").append(make("fieldset", {}, make("legend", {}, "severity"), ...boxes),
    ...selects.filter((select) => select !== null));
  find("columns").lastElementChild.append(...Object.keys(COLUMNS).map((name) => make("label", {},
    make("input", { type: "checkbox", value: name, onchange: () => change({ page: asked.page,
      columns: Object.keys(COLUMNS).filter((one) => find("columns").querySelector(`[value="${one}"]`).checked),
    }) }), name)));
  if (matchMedia("(max-width: 45rem)").matches) find("filters").open = false;
}

/** Opens the finding that stands `step` rows further in the answer. */
function step(by) {
  const row = answer[answer.indexOf(opened) + by];
  if (opened !== null && answer.includes(opened) && row !== undefined) location.replace(`#${row.id}`);
}

/** Another page of the table, from its head. The focus goes there too, so that the arrows lead on to its rows. */
function leaf(by) {
  change({ page: asked.page + by });
  find("table").focus({ preventScroll: true });
  find("card").scrollTop = 0;
  find("above").scrollIntoView({ behavior: "instant", block: "start" });
}

/** Closes the menu of columns. */
function fold() {
  find("columns").open = false;
}

/** Arrows go from row to row, `/` to the search, Escape back. Enter on a row's link opens it, as on any link. */
function key(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const typing = event.target.matches("input:not([type=checkbox]), select, textarea");
  if (dialog.open) {
    if (event.key === "ArrowLeft") step(-1);
    if (event.key === "ArrowRight") step(1);
    return;
  }
  if (event.key === "/" && !typing) {
    event.preventDefault();
    if (find("findings").hidden) location.hash = behind = address();
    route();
    find("search").focus();
  } else if (event.key === "Escape" && find("columns").open) {
    fold();
    find("columns").querySelector("summary").focus();
  } else if (event.key === "Escape" && event.target === find("search")) {
    if (asked.q) change({ q: "" });
    else find("search").blur();
  } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && !find("findings").hidden) {
    if (typing && event.target !== find("search")) return;
    const links = [...document.querySelectorAll("#table a.open")];
    const at = links.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1);
    if (links.length === 0) return;
    event.preventDefault();
    if (at < 0) find("search").focus();
    else links[Math.min(at, links.length - 1)].focus();
  }
}

/** On paper stands the open finding alone, else what the table has. A modal dialog would be cut after the first sheet. */
function prepare(printed) {
  if (!dialog.open) {
    show(printed);
    return;
  }
  dialog.close();
  if (printed) dialog.show();
  else dialog.showModal();
}

/** Whether the page is dark, as the reader chose or as the system says. */
function isDark() {
  const chosen = document.documentElement.dataset.theme;
  return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

/** The other theme than the one that is shown. `first.js` reads it again. */
function theme() {
  const other = isDark() ? "light" : "dark";
  document.documentElement.dataset.theme = other;
  find("theme").textContent = isDark() ? "Light" : "Dark";
  try {
    localStorage.setItem("scanfold-theme", other);
  } catch {
    // Some browsers keep nothing for files: then the choice lasts as long as the page.
  }
}

for (const element of document.querySelectorAll(".scripted")) element.hidden = false;
if (isDark()) find("theme").textContent = "Light";
controls();
let waiting = 0;
find("search").addEventListener("input", (event) => {
  clearTimeout(waiting);
  waiting = setTimeout(() => change({ q: event.target.value }), 80);
});
find("clear").addEventListener("click", () => {
  asked = { ...nothingAsked(), columns: asked.columns };
  change({});
});
find("earlier").addEventListener("click", () => leaf(-1));
find("later").addEventListener("click", () => leaf(1));
find("before").addEventListener("click", () => step(-1));
find("after").addEventListener("click", () => step(1));
find("close").addEventListener("click", () => dialog.close());
find("theme").addEventListener("click", theme);
find("table").addEventListener("click", (event) => {
  // A click anywhere in a row opens it, but for one that ends a selection.
  const link = event.target.closest("tbody tr")?.querySelector("a.open");
  if (link && !event.target.closest("a") && String(getSelection()) === "") link.click();
});
dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
dialog.addEventListener("close", () => {
  // It may be open again by now, to be printed.
  if (opened === null || dialog.open) return;
  opened = null;
  document.title = TITLE;
  history.replaceState(null, "", behind);
});
document.querySelector(".skip").addEventListener("click", (event) => {
  // Its address is no page: it would lead away from the one that is shown.
  event.preventDefault();
  scrollTo(0, 0);
  find("main").focus();
});
document.addEventListener("click", (event) => { if (!find("columns").contains(event.target)) fold(); });
addEventListener("resize", fit);
addEventListener("keydown", key);
addEventListener("hashchange", route);
addEventListener("beforeprint", () => prepare(true));
addEventListener("afterprint", () => prepare(false));
ask();
show();
sync();
route();
performance.mark("ready");
