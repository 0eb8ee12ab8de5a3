/* Long work, watched: the words of [data-watch] are asked for again until the work has ended; then the
   page is opened anew, which shows the end and what to do next. */
"use strict";
(() => {
  const words = document.querySelector("[data-watch]");
  if (!words) return;
  const state = document.getElementById("job-state");
  const EVERY = 1500;
  let failures = 0;

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
      if (told.job.state !== "running") { location.reload(); return; }
    } catch (error) {
      failures += 1;  // the server may be starting again: ask less often
    }
    setTimeout(ask, EVERY * Math.min(1 + failures, 10));
  };
  words.scrollTop = words.scrollHeight;
  setTimeout(ask, EVERY);
})();
