/* [data-back] goes back as the browser's own button does, which keeps what was typed; its address opens
   the page anew, for those who came some other way. */
"use strict";
for (const link of document.querySelectorAll("[data-back]")) {
  link.addEventListener("click", (event) => {
    if (history.length < 2 || !document.referrer) return;
    event.preventDefault();
    history.back();
  });
}
