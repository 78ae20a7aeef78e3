"use strict";
// The table of findings: what is asked of it (`asked`), which rows answer, and the page of them that is shown.

const PAGE = 100;
const PRINTED = 1000;
/** Longest name, and longest of all else that a row says, in characters. */
const NAME = 120;
const SAID = 240;

const FIELDS = ["id", "severity", "score", "status", "standing", "due", "app", "name", "place", "title", "tools", "kind",
  "baseline", "seen", "owners", "tags", "tickets", "fixed", "others"];
const words = read("words");
const rows = read("rows").map((values, order) => {
  const row = { order };
  FIELDS.forEach((field, at) => { row[field] = values[at]; });
  return row;
});

const due = (row) => {
  const [by, far, ends, late, days] = words.dues[row.due] ?? [];
  return by === undefined ? null : { by, far, ends, late, days };
};
const level = (row) => words.severities[row.severity];
const status = (row) => words.standings[row.standing];
const tools = (row) => words.tools[row.tools].join(", ");

/** The columns: what a row shows there, and by what it is sorted (by what it shows, if nothing else is said). */
const COLUMNS = {
  severity: { show: (row) => severity(level(row)), key: (row) => row.severity * 1000 - (row.score ?? 0) },
  score: { show: (row) => row.score === null ? "" : row.score.toFixed(1), key: (row) => -(row.score ?? -1) },
  due: { show: showDue, key: (row) => due(row)?.ends ?? Infinity },
  finding: { show: showFinding, key: (row) => row.name },
  where: { show: (row) => row.place && make("span", { class: "place" }, short(row.place, SAID)), key: (row) => row.place },
  app: { show: (row) => words.apps[row.app] },
  status: { show: status },
  tool: { show: tools },
  "first seen": { show: (row) => row.seen },
  kind: { show: (row) => words.kinds[row.kind] },
  baseline: { show: (row) => words.baselines[row.baseline] ?? "" },
  "fixed in": { show: (row) => row.fixed },
  owner: { show: (row) => row.owners },
  tags: { show: (row) => row.tags },
  tickets: { show: (row) => row.tickets },
  fingerprint: { show: (row) => make("code", {}, row.id), key: (row) => row.id },
};
const TOLD_APART = { app: words.apps, tool: words.tools };
const USUAL = ["severity", "due", "finding", "where", "app", "status", "tool"]
  .filter((name) => !(name in TOLD_APART) || TOLD_APART[name].length > 1);

/** The filters with one value each: their values, and whether a row has one. */
const FILTERS = {
  due: { values: () => Object.keys(DUES), fits: fitsDue, label: (value) => Object.hasOwn(DUES, value) ? DUES[value] : dueWords(value) },
  status: {
    values: () => ["due", ...words.statuses],
    fits: (row, value) => value === "due" ? isDue(row) : words.statuses[row.status] === value,
    label: (value) => value === "due" ? "open or not looked for" : value,
  },
  app: { values: () => words.apps, fits: (row, value) => words.apps[row.app] === value },
  tool: { values: () => words.tools.flat(), fits: (row, value) => words.tools[row.tools].includes(value) },
  kind: { values: () => [...new Set(rows.map((row) => words.kinds[row.kind]))],
    fits: (row, value) => words.kinds[row.kind] === value },
  baseline: { values: () => words.baselines, fits: (row, value) => words.baselines[row.baseline] === value },
};
const DUES = { overdue: "overdue", "0-7": "in the next 7 days", "0-30": "in the next 30 days",
  "0-90": "in the next 90 days", "0-": "later than now", "none": "no date" };

const isDue = (row) => ["open", "unobserved"].includes(words.statuses[row.status]);

function dueWords(value) {
  const [from, to] = value.split("-");
  return to ? `in ${from} to ${to} days` : `in ${from} days or later`;
}

function fitsDue(row, value) {
  const date = due(row);
  if (value === "none") return date === null;
  if (date === null || date.late !== (value === "overdue")) return false;
  const [from, to] = value.split("-");
  const days = Math.max(date.days, 0);
  return date.late || (days >= Number(from) && (!to || days <= Number(to)));
}

function showDue(row) {
  const date = due(row);
  if (date === null) return "";
  const kind = date.late ? "far late" : date.days <= 7 ? "far soon" : "far";
  return make("span", { class: "when" }, make("span", { class: "date" }, date.by), " ",
    make("span", { class: kind }, date.far));
}

function showFinding(row) {
  const title = words.titles[row.title];
  const link = make("a", { href: `#${row.id}`, class: "open" }, make("strong", {}, short(row.name, NAME)));
  if (title && title !== row.name) link.append(" ", make("span", {}, short(title, SAID)));
  return link;
}

const nothingAsked = () => ({ q: "", severity: [], sort: "", page: 1, columns: USUAL });
let asked = nothingAsked();
let answer = rows;

/** What is searched in a row, put together when it is first asked for. */
function haystack(row) {
  row.text ??= [row.id, row.name, row.place, words.titles[row.title], words.apps[row.app], tools(row), row.owners,
    row.tags, row.tickets, row.others].join("\n").toLowerCase();
  return row.text;
}

/** The rows that answer, in the order that is asked for: that of urgency, or that of a column. */
function ask() {
  const needles = asked.q.toLowerCase().split(/\s+/).filter(Boolean);
  const filters = Object.entries(FILTERS).filter(([name]) => asked[name] !== undefined);
  answer = rows.filter((row) =>
    (asked.severity.length === 0 || asked.severity.includes(level(row)))
    && filters.every(([name, filter]) => filter.fits(row, asked[name]))
    && needles.every((needle) => haystack(row).includes(needle)));
  const name = asked.sort.replace(/^-/, "");
  if (Object.hasOwn(COLUMNS, name)) {
    const key = COLUMNS[name].key ?? COLUMNS[name].show;
    const keys = new Map(answer.map((row) => [row, key(row)]));
    const turn = asked.sort.startsWith("-") ? -1 : 1;
    answer.sort((one, other) => {
      const [mine, theirs] = [keys.get(one), keys.get(other)];
      // What has nothing to be sorted by stands last, both ways.
      const empty = (value) => value === "" || value === Infinity;
      if (empty(mine) !== empty(theirs)) return empty(mine) ? 1 : -1;
      return (mine < theirs ? -turn : mine > theirs ? turn : 0) || one.order - other.order;
    });
  }
}

/** Shows the answer: one page of it, or as much as is printed. */
function show(printed = false) {
  const pages = Math.max(1, Math.ceil(answer.length / PAGE));
  asked.page = Math.min(Math.max(1, asked.page), pages);
  const first = printed ? 0 : (asked.page - 1) * PAGE;
  const part = answer.slice(first, first + (printed ? PRINTED : PAGE));
  const { columns } = asked;
  const table = find("table");
  table.tHead.replaceChildren(make("tr", { role: "row" }, ...columns.map(head)));
  table.tBodies[0].replaceChildren(...part.map((row) => {
    const cell = (name) => {
      const shown = COLUMNS[name].show(row);
      return make("td", { role: "cell", "data-label": name, class: `c-${name.replace(" ", "-")}` },
        typeof shown === "string" ? short(shown, SAID) : shown);
    };
    return make("tr", { role: "row", class: isDue(row) ? null : "done" }, ...columns.map(cell));
  }));
  table.hidden = answer.length === 0;
  find("nothing").hidden = answer.length > 0;
  find("count").textContent = answer.length === rows.length
    ? count(rows.length, "finding")
    : `${answer.length} of ${count(rows.length, "finding")}`;
  const shown = `${first + 1}–${first + part.length} of ${answer.length}`;
  find("page").textContent = printed && part.length < answer.length ? `The first ${part.length} of ${answer.length} are printed.` : shown;
  find("pages").hidden = printed ? part.length === answer.length : pages === 1;
  find("earlier").disabled = asked.page === 1;
  find("later").disabled = asked.page === pages;
  fit();
}

/** A table that is wider than its card scrolls within it. */
function fit() {
  const card = find("card");
  card.classList.remove("over");
  card.classList.toggle("over", find("table").offsetWidth > card.clientWidth);
}

/** A column's head sorts by it; a second time the other way round, a third time by urgency again. */
function head(name) {
  const [up, down] = [asked.sort === name, asked.sort === `-${name}`];
  const next = up ? `-${name}` : down ? "" : name;
  const button = make("button", { type: "button", onclick: () => {
    change({ sort: next });
    find("table").querySelector(`th[data-name="${name}"] button`).focus();
  } }, name, make("span", { class: "turn", "aria-hidden": "true" }, up ? "▲" : down ? "▼" : ""));
  return make("th", { role: "columnheader", scope: "col", "data-name": name,
    "aria-sort": up ? "ascending" : down ? "descending" : "none" }, button);
}
