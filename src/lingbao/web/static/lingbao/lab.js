// The progress of a run without reloading the page; a page without scripts reloads itself instead.
"use strict";
document.addEventListener("DOMContentLoaded", () => {
  const place = document.getElementById("progress");
  if (!place) return;
  const look = async () => {
    try {
      const answer = await fetch(location.href, { headers: { "X-Part": "progress" }, credentials: "same-origin", redirect: "error" });
      const state = answer.headers.get("X-State");
      if (state !== "queued" && state !== "running") { location.reload(); return; }
      place.innerHTML = await answer.text();
    } catch { /* the server may be starting again; look again later */ }
    setTimeout(look, 1500);
  };
  setTimeout(look, 1000);
});
