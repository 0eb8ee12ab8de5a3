/* Long work, watched: the words of [data-watch] are asked for again until the work has ended; then the
   page is opened anew, which shows the end and what to do next; not while a form of it is being sent or a
   link followed, which that would take away. */
"use strict";
(() => {
  const words = document.querySelector("[data-watch]");
  if (!words) return;
  const state = document.getElementById("job-state");
  const EVERY = 1500;
  const LONGEST = 10;
  let failures = 0;
  let leaving = false;
  for (const sign of ["submit", "beforeunload"]) window.addEventListener(sign, () => { leaving = true; });

  const show = (told) => {
    const atEnd = words.scrollTop + words.clientHeight >= words.scrollHeight - 4;
    const text = told.words.join("\n");
    if (told.words.length && words.textContent !== text) words.textContent = text;
    if (atEnd) words.scrollTop = words.scrollHeight;
    if (state.textContent !== told.state) state.textContent = told.state;
  };

  const ask = async () => {
    try {
      const answer = await fetch(words.dataset.watch, { headers: { accept: "application/json" } });
      if (answer.status === 401) { location.reload(); return; }
      if (!answer.ok) throw new Error(String(answer.status));
      const told = await answer.json();
      failures = 0;
      show(told);
      if (told.job.state !== "running" && !leaving) { location.reload(); return; }
    } catch (error) {
      failures += 1;  // the server may be starting again: ask less often
    }
    setTimeout(ask, EVERY * (leaving ? LONGEST : Math.min(1 + failures, LONGEST)));
    leaving = false;
  };
  words.scrollTop = words.scrollHeight;
  setTimeout(ask, EVERY);
})();
