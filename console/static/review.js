// Keys of the review queue, and the next story without loading a whole page.
// Every key presses a button of a plain form; without this script the same forms work by themselves.
"use strict";

let busy = false;

function byId(id) { return document.getElementById(id); }

function boxes() { return Array.from(document.querySelectorAll("#task input[name=themes]")); }

function writing(element) {
  return element && element.matches("textarea, select, input:not([type=checkbox])");
}

async function send(form, button) {
  if (busy) return;
  busy = true;
  const words = new URLSearchParams(new FormData(form));
  if (button && button.name) words.set(button.name, button.value);
  try {
    const answer = await fetch(form.action, { method: "POST", body: words, credentials: "same-origin" });
    const came = new URL(answer.url);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const next = page.getElementById("main");
    if (!next || (answer.ok && !came.pathname.startsWith("/review/"))) { location.href = answer.url; return; }
    byId("main").replaceWith(document.adoptNode(next));
    document.title = page.title;
    if (answer.ok && came.pathname !== location.pathname) history.pushState(null, "", came.pathname + came.search);
    ready();
  } catch (trouble) {
    form.submit();
  } finally {
    busy = false;
  }
}

function press(id) {
  const button = byId(id);
  if (button && !button.disabled) button.form.requestSubmit(button);
}

function accept() {
  const some = boxes().some((box) => box.checked);
  const suggested = document.querySelector("#task .themes").dataset.suggested;
  if (some) { press("accept"); } else if (suggested === "0") { press("none"); } else {
    const say = byId("say");
    say.textContent = say.dataset.choose;
    say.hidden = false;
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

const KEYS = {
  Enter: accept,
  0: () => press("none"),
  n: () => press("none"),
  u: () => press("unsure"),
  s: () => press("skip"),
  c: () => byId("comment").focus(),
  f: () => byId("theme-filter").focus(),
  "/": () => byId("theme-filter").focus(),
  o: () => byId("open-story").click(),
};

function showKeys() {
  const dialog = byId("keys");
  if (dialog.open) dialog.close(); else dialog.showModal();
}

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.altKey || event.metaKey) return;
  const at = document.activeElement;
  if (!byId("keys")) return;
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
  if (event.key === "z") { event.preventDefault(); press("undo"); return; }
  if (!byId("task")) return;
  if (event.key === "Enter" && at && at.matches("a, button")) return;
  if (/^[1-9]$/.test(event.key)) { event.preventDefault(); choose(event.key); return; }
  if (Object.hasOwn(KEYS, event.key)) { event.preventDefault(); KEYS[event.key](); }
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

function ready() {
  document.documentElement.classList.add("scripted");
  const title = byId("task-title") || byId("main");
  title.focus({ preventScroll: true });
  window.scrollTo(0, 0);
}

ready();
