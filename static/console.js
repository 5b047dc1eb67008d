/* What the keyboard adds to pages that work without it: one key to search, two to step through the rows, one for help.
   Single keys can be switched off in the help (WCAG 2.1.4) and never act while somebody writes. */
"use strict";

const ROWS = ".log .time a, .data tbody th a";
const SEARCH = "main input[type=search], main .filters input[type=text]";
const help = document.getElementById("shortcuts");
const keys = {
  "/": () => document.querySelector(SEARCH)?.focus(),
  "j": () => step(1),
  "k": () => step(-1),
  "?": () => help.showModal(),
};

/** Say whether single keys act: they do, unless whoever uses this browser has switched them off. */
function areOn() {
  return localStorage.getItem("shortcuts") !== "off";
}

/** Say whether a key pressed there belongs to what is being written or chosen. */
function isWriting(target) {
  return target.closest("input:not([type=checkbox]), select, textarea, [contenteditable]") !== null;
}

/** Move the focus a row on from the one that has it, or to the first that can be seen. */
function step(direction) {
  const rows = [...document.querySelectorAll(ROWS)];
  const here = rows.findIndex((row) => row.closest(".log tbody, .data tr").contains(document.activeElement));
  const seen = rows.findIndex((row) => row.getBoundingClientRect().top >= 0);
  rows[here < 0 ? Math.max(seen, 0) : here + direction]?.focus();
}

document.addEventListener("keydown", (event) => {
  const act = keys[event.key];
  const isModified = event.ctrlKey || event.metaKey || event.altKey;
  if (!act || !help || help.open || isModified || isWriting(event.target) || !areOn()) return;
  event.preventDefault();
  act();
});

/* The exact time that the focus shows covers what is below; Escape takes it away (WCAG 1.4.13). */
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") document.activeElement.closest(".log .time a")?.toggleAttribute("data-hushed", true);
});

if (help) {
  const opener = document.querySelector(".menu [hidden]");
  opener.hidden = false; // without this file there is nothing to open
  opener.addEventListener("click", () => {
    const menu = opener.closest("details");
    menu.open = false;
    menu.querySelector("summary").focus(); // to which the focus returns
    help.showModal();
  });
  const choice = help.querySelector("[type=checkbox]");
  choice.checked = areOn();
  choice.addEventListener("change", () => localStorage.setItem("shortcuts", choice.checked ? "on" : "off"));
}

/* Whoever comes back to a log is where they left it. */
if (performance.getEntriesByType("navigation")[0]?.type !== "navigate") {
  document.querySelector(".log .open .time a")?.focus();
}

/* A row that could not be had (signed out, refused, gone from this log) is asked for as a page, which says why. */
document.addEventListener("htmx:beforeSwap", (event) => {
  const { target, requestConfig, xhr } = event.detail;
  if (!target.matches(".log > tbody") || xhr.responseText.includes(`id="${target.id}"`)) return;
  event.preventDefault();
  location.assign(requestConfig.elt.href);
});
