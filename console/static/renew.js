/* [data-renew] says that newer figures are being worked out: the page's JSON twin is asked until they are
   there, then the page is opened anew; where somebody is filling in a form, or is on the way elsewhere, they
   are told instead: opening the page anew would take away a form that is being sent. */
"use strict";
(() => {
  const line = document.querySelector("[data-renew]");
  if (!line) return;
  const part = (name) => line.querySelector(`[data-renew-${name}]`);
  const twin = `/api${location.pathname.replace(/\/$/, "")}${location.search}`;
  const FIRST = 1500;
  const LONGEST = 20000;
  const MOST = 120;
  let asked = 0;
  let busy = false;
  for (const sign of ["input", "submit", "beforeunload"]) window.addEventListener(sign, () => { busy = true; });

  const filling = () => busy || document.activeElement.matches("main input, main select, main textarea");

  const ask = async () => {
    asked += 1;
    try {
      const answer = await fetch(twin, { headers: { accept: "application/json" } });
      if (answer.status === 401) { location.reload(); return; }
      const told = answer.ok ? await answer.json() : {};
      if (told.standing && (told.standing.fresh || told.standing.trouble)) {
        if (!filling()) { location.reload(); return; }
        part("words").hidden = true;
        part("ready").hidden = false;
        return;
      }
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;  // the server is away: it is asked again
    }
    if (asked < MOST) setTimeout(ask, Math.min(FIRST * 1.2 ** asked, LONGEST));
  };
  part("words").hidden = false;
  setTimeout(ask, FIRST);
})();
