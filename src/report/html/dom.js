"use strict";
// Elements. Words become text nodes and attributes, never markup.

const find = (id) => document.getElementById(id);

const read = (id) => JSON.parse(find(id).textContent);

/** An element with its attributes and what stands in it; nothing stands for what is null or "". */
function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (value === true) element.setAttribute(key, "");
    else if (value !== false && value !== null) element.setAttribute(key, value);
  }
  element.append(...children.filter((child) => child !== null && child !== ""));
  return element;
}

/** Words of which a row shows the beginning; the details have them whole. */
function short(words, length) {
  return words.length > length ? `${[...words].slice(0, length).join("")}…` : words;
}

/** The level by its shape, its colour and its word. */
function severity(level) {
  const space = "http://www.w3.org/2000/svg";
  const mark = document.createElementNS(space, "svg");
  mark.setAttribute("class", "mark");
  mark.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(space, "use");
  use.setAttribute("href", `#mark-${level}`);
  mark.append(use);
  return make("span", { class: `severity ${level}` }, mark, level);
}

/** `1 finding`, `2000 findings`: numbers stand as in the rest of the page. */
const count = (value, noun) => `${value} ${noun}${value === 1 ? "" : "s"}`;
