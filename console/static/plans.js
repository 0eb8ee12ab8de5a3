/* Plans: a node and its place in the document are marked together; files are dropped; a profile's
   preview follows what is typed. Without this script the links and buttons do the same. */
"use strict";
(() => {
  const beside = document.querySelector("[data-beside]");
  if (beside) {
    const rows = beside.querySelector(".plan-rows");  // of fields, where the tree is being mended
    const tree = rows || beside.querySelector(".plan-tree");
    const text = beside.querySelector(".plan-text");
    const choose = (id, from) => {
      for (const old of beside.querySelectorAll(".chosen")) old.classList.remove("chosen");
      const key = CSS.escape(id);
      const line = tree.querySelector(`[data-node="${key}"]`);
      const place = text && text.querySelector(`[data-node="${key}"]`);
      for (const [part, frame] of [[line, tree], [place, text]]) {
        if (!part) continue;
        part.classList.add("chosen");
        if (frame !== from && frame !== rows) {
          const inside = part.getBoundingClientRect().top - frame.getBoundingClientRect().top;
          frame.scrollTop += inside - 40;
        }
      }
      history.replaceState(null, "", `#text-${id}`);
    };
    beside.addEventListener("click", (event) => {
      if (event.target.closest(".doubt-number")) return;
      const part = event.target.closest("[data-node]");
      if (!part || (rows && rows.contains(part))) return;
      const frame = tree.contains(part) ? tree : text;
      if (event.target.closest("a")) event.preventDefault();
      if (String(getSelection()) && frame === text && !event.target.closest("a")) return;
      choose(part.dataset.node, frame);
      if (event.target.closest(".to-tree")) {
        const line = `[data-node="${CSS.escape(part.dataset.node)}"]`;
        const link = tree.querySelector(rows ? `${line} input[name=titles]` : `${line} a`);
        if (link) link.focus({ preventScroll: !rows });
      }
    });
    if (rows) {
      rows.addEventListener("focusin", (event) => {
        choose(event.target.closest("[data-node]").dataset.node, rows);
      });
    }
    tree.addEventListener("keydown", (event) => {
      if (rows) return;
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

  const profile = document.querySelector("[data-profile]");
  if (profile) {
    const preview = document.getElementById("profile-preview");
    let timer = 0;
    let asked = 0;
    const renew = async () => {
      asked += 1;
      const mine = asked;
      const query = new URLSearchParams(new FormData(profile));
      preview.setAttribute("aria-busy", "true");
      try {
        const answer = await fetch(`${profile.getAttribute("action")}?${query}`);
        if (!answer.ok || mine !== asked) return;
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const found = page.getElementById("profile-preview");
        if (found && mine === asked) preview.replaceChildren(...found.childNodes);
      } catch (error) {
        if (!(error instanceof TypeError)) throw error;  // the server is away: the button still asks it
      } finally {
        if (mine === asked) preview.removeAttribute("aria-busy");
      }
    };
    profile.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(renew, 350);
    });
  }
})();
