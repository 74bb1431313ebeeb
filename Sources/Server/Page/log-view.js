// A host's log.

import { get, h } from "./dom.js";

/** Shows it as it grows, until it is complete or the signal comes. */
export async function logView(place, id, hostName, signal, close) {
  const text = h("pre", { tabindex: "0", "aria-label": `Log of ${hostName}` });
  const follows = h("input", { type: "checkbox", checked: true });
  const status = h("span", { text: "loading" });
  place.replaceChildren(h("div", { class: "log panel" },
    h("header", {}, h("b", { text: hostName }), h("span", { class: "grow" }), h("button", { type: "button", class: "quiet", text: "Close", title: "Esc", onclick: close })),
    text, h("footer", {}, status, h("label", {}, follows, "Follow"))));
  text.addEventListener("scroll", () => { if (text.scrollTop + text.clientHeight < text.scrollHeight - 40) follows.checked = false; });
  const path = `/api/runs/${encodeURIComponent(id)}/hosts/${encodeURIComponent(hostName)}/log`;
  let next = 0, rest = "";
  while (!signal.aborted) {
    let piece;
    try { piece = await get(`${path}?from=${next}`, signal); } catch (error) {
      if (signal.aborted) return;
      status.textContent = error.message;
      if (error.status) return;
    }
    if (piece) {
      next = piece.next;
      const lines = (rest + piece.text).split("\n");
      rest = lines.pop();
      for (const line of lines) text.append(logLine(line));
      if (piece.complete && rest) text.append(logLine(rest));
      if (follows.checked && lines.length) { text.scrollTop = text.scrollHeight; follows.checked = true; }
      status.textContent = piece.complete ? `complete, ${next.toLocaleString("en")} bytes` : "live";
      if (piece.complete) return;
      if (piece.text.length > 100000) continue;
    }
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}

function logLine(line) {
  const stamped = /^(\d{4}-\d\d-\d\dT(\d\d:\d\d:\d\d)Z) (.*)$/.exec(line);
  if (!stamped) return document.createTextNode(line + "\n");
  const kind = /^task \d+:/.test(stamped[3]) ? "title" : /^(failed|unreachable|link: lost)/.test(stamped[3]) ? "bad" : "";
  return h("span", { class: kind }, h("time", { datetime: stamped[1], text: stamped[2] }), stamped[3] + "\n");
}
