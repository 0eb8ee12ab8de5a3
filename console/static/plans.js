/* Plans: a node and its place in the document are marked together; files are dropped; a profile's
   preview follows what is typed. Without this script the links and buttons do the same. */
"use strict";
(() => {
  const beside = document.querySelector("[data-beside]");
  if (beside) {
    const tree = beside.querySelector(".plan-tree");
    const text = beside.querySelector(".plan-text");
    const choose = (id, from) => {
      for (const old of beside.querySelectorAll(".chosen")) old.classList.remove("chosen");
      const key = CSS.escape(id);
      const line = tree.querySelector(`[data-node="${key}"]`);
      const place = text && text.querySelector(`[data-node="${key}"]`);
      for (const [part, frame] of [[line, tree], [place, text]]) {
        if (!part) continue;
        part.classList.add("chosen");
        if (frame !== from) {
          const inside = part.getBoundingClientRect().top - frame.getBoundingClientRect().top;
          frame.scrollTop += inside - 40;
        }
      }
      history.replaceState(null, "", `#text-${id}`);
    };
    beside.addEventListener("click", (event) => {
      if (event.target.closest(".doubt-number")) return;
      const part = event.target.closest("[data-node]");
      if (!part) return;
      const frame = tree.contains(part) ? tree : text;
      if (event.target.closest("a")) event.preventDefault();
      if (String(getSelection()) && frame === text && !event.target.closest("a")) return;
      choose(part.dataset.node, frame);
      if (event.target.closest(".to-tree")) {
        const link = tree.querySelector(`[data-node="${CSS.escape(part.dataset.node)}"] a`);
        if (link) link.focus({ preventScroll: true });
      }
    });
    tree.addEventListener("keydown", (event) => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (!step) return;
      const links = [...tree.querySelectorAll("a")];
      const here = links.indexOf(document.activeElement);
      const next = links[here + step];
      if (!next) return;
      event.preventDefault();
      next.focus();
      choose(next.closest("[data-node]").dataset.node, null);
    });
    const asked = decodeURIComponent(location.hash.replace(/^#(text|node)-/, ""));
    if (location.hash && tree.querySelector(`[data-node="${CSS.escape(asked)}"]`)) choose(asked, null);
  }

  for (const form of document.querySelectorAll("[data-drop]")) {
    const field = form.querySelector("input[type=file]");
    form.querySelector("[data-drop-words]").hidden = false;
    for (const name of ["dragenter", "dragover"]) {
      form.addEventListener(name, (event) => { event.preventDefault(); form.classList.add("over"); });
    }
    form.addEventListener("dragleave", () => form.classList.remove("over"));
    form.addEventListener("drop", (event) => {
      event.preventDefault();
      form.classList.remove("over");
      if (event.dataTransfer.files.length) field.files = event.dataTransfer.files;
    });
  }
})();
