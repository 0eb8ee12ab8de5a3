// Keys of the review queue, and the next story without loading a whole page.
// Every key presses a button of a plain form; without this script the same forms work by themselves.
// Loaded before the body, not deferred: a story that can be seen can be decided by key.
"use strict";

let sending = false;  // or another page is being opened
let held = [];  // keys pressed meanwhile that are obeyed afterwards
let uncountedAt = -Infinity;  // when another was pressed last, which would decide a story before it is seen
const TOLD = 5000;  // milliseconds for which that is told, however quickly stories follow one another

function byId(id) { return document.getElementById(id); }

function boxes() { return Array.from(document.querySelectorAll("#task input[name=themes]")); }

function writing(element) {
  return element && element.matches("textarea, select, input:not([type=checkbox])");
}

function tell(...lines) {
  const say = byId("say");
  say.replaceChildren(...lines.map((line) => {
    const one = document.createElement("p");
    one.textContent = line;
    return one;
  }));
  say.hidden = false;
}

function tellUncounted() {
  uncountedAt = performance.now();
  tell(byId("say").dataset.uncounted);
}

// What was chosen and written stays on the page until the server has said that it is stored.
async function send(form, button) {
  if (sending) { tellUncounted(); return; }
  sending = true;
  byId("main").setAttribute("aria-busy", "true");
  const words = new URLSearchParams(new FormData(form));
  if (button && button.name) words.set(button.name, button.value);
  let answer;
  let text;
  try {
    answer = await fetch(form.action, { method: "POST", body: words, credentials: "same-origin" });
    text = await answer.text();
  } catch (trouble) {
    refused([form.dataset.lost]);
    if (!(trouble instanceof TypeError)) throw trouble;  // the server is away, or the line broke
    return;
  }
  const came = new URL(answer.url);
  const page = new DOMParser().parseFromString(text, "text/html");
  const next = page.getElementById("main");
  if (!answer.ok) {
    const problem = next && next.querySelector(".alarm, .hint");
    refused(problem ? Array.from(problem.children, (one) => one.textContent) : [form.dataset.lost]);
    return;
  }
  if (!next || !came.pathname.startsWith("/review/")) { location.href = answer.url; return; }
  byId("main").replaceWith(document.adoptNode(next));
  document.title = page.title;
  if (came.pathname !== location.pathname) history.pushState(null, "", came.pathname + came.search);
  sending = false;
  ready();
}

function refused(lines) {
  byId("main").removeAttribute("aria-busy");
  sending = false;
  held = [];
  tell(...lines);
}

function press(id) {
  const button = byId(id);
  if (button && !button.disabled) button.form.requestSubmit(button);
}

function accept() {
  const some = boxes().some((box) => box.checked);
  const suggested = document.querySelector("#task .themes").dataset.suggested;
  if (some) { press("accept"); } else if (suggested === "0") { press("none"); } else {
    tell(byId("say").dataset.choose);
  }
}

// The first number says "it is this one" in place of the suggestion; further ones add and take away.
function choose(key) {
  const box = boxes().find((one) => one.dataset.key === key);
  if (!box) return;
  const task = byId("task");
  if (task.dataset.chosen) {
    box.checked = !box.checked;
  } else {
    for (const one of boxes()) one.checked = one === box;
    task.dataset.chosen = "yes";
  }
  byId("say").hidden = true;
}

function narrow(words) {
  for (const box of boxes()) {
    const line = box.closest("li");
    line.hidden = !line.querySelector(".name").textContent.toLowerCase().includes(words.trim().toLowerCase());
  }
}

function leave() {
  const filter = byId("theme-filter");
  filter.value = "";
  narrow("");
  byId("task-title").focus({ preventScroll: true });
}

// A letter as it is called here: Caps Lock and some ways of writing Chinese send capitals.
function keyOf(event) { return event.key.length === 1 ? event.key.toLowerCase() : event.key; }

const DECIDING = {
  Enter: accept,
  0: () => press("none"),
  n: () => press("none"),
  u: () => press("unsure"),
  s: () => press("skip"),
  o: () => byId("open-story").click(),
};
for (const key of "123456789") DECIDING[key] = () => choose(key);

// These say nothing of the story to come: pressed while one is being stored, they are obeyed afterwards.
const PATIENT = {
  z: () => press("undo"),
  c: () => byId("task") && byId("comment").focus(),
  f: () => byId("task") && byId("theme-filter").focus(),
};
PATIENT["/"] = PATIENT.f;

function showKeys() {
  const dialog = byId("keys");
  if (dialog.open) dialog.close(); else dialog.showModal();
}

function pressed(event) {
  if (event.isComposing || event.altKey || event.metaKey) return;
  const at = document.activeElement;
  if (!byId("keys")) return;
  if (sending) { pressedMeanwhile(event, at); return; }
  if (writing(at)) {
    if (!at.closest("#task")) return;
    if (event.key === "Escape") { event.preventDefault(); leave(); }
    if (event.key === "Enter" && at.id === "theme-filter") {
      event.preventDefault();
      const first = boxes().find((box) => !box.closest("li").hidden);
      if (first && at.value.trim()) { first.checked = !first.checked; leave(); }
    }
    if (event.key === "Enter" && event.ctrlKey) { event.preventDefault(); accept(); }
    return;
  }
  if (event.ctrlKey || event.repeat) return;
  if (event.key === "?") { event.preventDefault(); showKeys(); return; }
  if (byId("keys").open) return;
  if (event.key === "Enter" && at && at.matches("a, button")) return;
  const key = keyOf(event);
  const keys = Object.hasOwn(PATIENT, key) ? PATIENT : byId("task") ? DECIDING : {};
  if (Object.hasOwn(keys, key)) { event.preventDefault(); keys[key](); }
}

// What follows a held "c" or "f" was meant as text, of which nothing is kept.
function pressedMeanwhile(event, at) {
  const key = keyOf(event);
  const text = writing(at) || held.some((one) => one !== "z");
  if (event.ctrlKey || event.repeat || (text ? key.length > 1 : at && at.matches("a, button"))) return;
  if (!text && Object.hasOwn(PATIENT, key)) {
    held.push(key);
  } else if (text || Object.hasOwn(DECIDING, key)) {
    tellUncounted();
  } else {
    return;
  }
  event.preventDefault();
}

document.addEventListener("keydown", (event) => {
  if (document.readyState !== "loading") { pressed(event); return; }
  document.addEventListener("DOMContentLoaded", () => pressed(event));
});

document.addEventListener("submit", (event) => {
  if (!event.target.matches("form.quick")) return;
  event.preventDefault();
  send(event.target, event.submitter);
});

document.addEventListener("input", (event) => {
  if (event.target.id === "theme-filter") narrow(event.target.value);
});

document.addEventListener("click", (event) => {
  if (event.target.closest("#show-keys")) showKeys();
});

window.addEventListener("popstate", () => location.reload());
window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });

function ready() {
  (byId("task-title") || byId("main")).focus({ preventScroll: true });
  window.scrollTo(0, 0);
  if (performance.now() - uncountedAt < TOLD && byId("say")) tell(byId("say").dataset.uncounted);
  while (held.length && !sending) PATIENT[held.shift()]();
}

document.documentElement.classList.add("scripted");
document.addEventListener("DOMContentLoaded", ready);
