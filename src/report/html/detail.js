"use strict";
// One finding with everything that is known of it. Its details stand behind the scripts and are read when one is opened.

let lines = null;
let shared = null;

/** The details of a row: its candidates, its prose, its sections. */
function details(row) {
  lines ??= find("details").textContent.split("\n").filter(Boolean);
  shared ??= read("shared");
  return JSON.parse(lines[row.order]);
}

function value(said) {
  if (typeof said === "string") return said;
  const [shown, address] = said;
  return make("a", { href: address, rel: "noopener noreferrer", target: "_blank" }, shown);
}

/** Names and what is said of each. */
function fields(list) {
  return make("dl", {}, ...list.flatMap(([name, ...said]) => [
    make("dt", {}, shared[0][name]),
    make("dd", {}, said.length === 1 ? value(said[0]) : make("ul", {}, ...said.map((one) => make("li", {}, value(one))))),
  ]));
}

/** Each candidate for the severity and the dates: the one that won, and what the others lost by. */
function story(candidates) {
  const row = ([about, won, what, origin, lines]) => make("tr", { class: won ? "won" : "lost" },
    make("th", { scope: "row" }, about),
    make("td", {}, won ? "won" : "lost"),
    make("td", {}, about === "severity" && what in MARKED ? severity(what) : what),
    make("td", {}, make("strong", {}, origin), ...lines.map((line) => make("p", {}, line))));
  const titles = ["about", "result", "candidate", "from"].map((name) => make("th", { scope: "col" }, name));
  return make("div", { class: "scroll" }, make("table", { class: "story" },
    make("thead", {}, make("tr", {}, ...titles)), make("tbody", {}, ...candidates.map(row))));
}
const MARKED = Object.fromEntries(words.severities.map((name) => [name, true]));

/** Shows a finding in the dialog. */
function open(row) {
  const [why, prose, sections] = details(row);
  const date = due(row);
  const [dates, ...others] = sections.map(([name, list]) => [make("h3", {}, shared[0][name]), fields(list)]);
  find("finding-place").textContent = words.apps[row.app];
  find("finding-body").replaceChildren(
    make("p", { class: "badges" }, severity(level(row)), row.score === null ? "" : `score ${row.score.toFixed(1)}`,
      make("span", {}, status(row)),
      date === null ? "" : make("span", { class: date.late ? "far late" : "far" }, `due ${date.by}, ${date.far}`)),
    make("h2", { id: "finding-title" }, words.titles[row.title] || row.name),
    make("p", { class: "place" }, [row.name, row.place].filter(Boolean).join(" in ")),
    ...(dates ?? []),
    ...(why === null ? [] : [make("h3", {}, "Why this severity and these dates"), story(shared[2][why])]),
    ...prose.flatMap(([name, text]) => [make("h3", {}, shared[0][name]), make("p", { class: shared[0][name] === "evidence" ? "prose code" : "prose" }, shared[1][text])]),
    ...others.flat(),
    make("p", { class: "soft" }, "Permalink ", make("a", { href: `#${row.id}` }, `#${row.id}`)),
  );
  const at = answer.indexOf(row);
  find("before").disabled = at < 1;
  find("after").disabled = at < 0 || at + 1 >= answer.length;
  const dialog = find("finding");
  if (!dialog.open) dialog.showModal();
  find("finding-body").scrollTop = 0;
  find("finding-body").focus();
  document.title = `${row.name} · scanfold`;
}
