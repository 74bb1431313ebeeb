// What the views share: elements, times, the API. Text goes into the page as text, never as markup.

export function h(name, properties = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (key === "text") element.textContent = value;
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** Each state's sign, word and rank: what needs somebody comes first. */
export const states = {
  failed: { sign: "×", word: "failed", rank: 0 },
  unreachable: { sign: "?", word: "unreachable", rank: 1 },
  working: { sign: "›", word: "working", rank: 2 },
  waiting: { sign: "", word: "waiting", rank: 3 },
  changed: { sign: "+", word: "changed", rank: 4 },
  ok: { sign: "✓", word: "ok", rank: 5 },
};

export const sign = (state) => h("span", { class: `sign ${state}`, "aria-hidden": "true", text: states[state]?.sign ?? "" });
export const state = (name, word) => h("span", { class: "state" }, sign(name), word);

/** A bar whose parts are as long as their numbers. */
export function share(counts, total, label) {
  const bar = h("span", { class: "share", role: "img", "aria-label": label ?? Object.keys(states).filter((name) => counts[name]).map((name) => `${counts[name]} ${name}`).join(", ") });
  for (const name of Object.keys(states)) {
    if (!counts[name]) continue;
    const part = h("i", { class: name });
    part.style.width = `${(100 * counts[name]) / Math.max(1, total)}%`;
    bar.append(part);
  }
  return bar;
}

export const plural = (count, one, many = one + "s") => `${count.toLocaleString("en")} ${count === 1 ? one : many}`;

export function duration(seconds) {
  if (seconds === null || seconds === undefined) return "";
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds), minutes = Math.floor(whole / 60), hours = Math.floor(minutes / 60);
  const two = (number) => String(number).padStart(2, "0");
  if (whole < 60) return `${whole} s`;
  return hours ? `${hours}:${two(minutes % 60)}:${two(whole % 60)} h` : `${minutes}:${two(whole % 60)} min`;
}

export function ago(time) {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return h("span");
  const seconds = (Date.now() - date) / 1000;
  const text = seconds < 45 ? "just now" : seconds < 3600 ? `${Math.max(1, Math.round(seconds / 60))} min ago` : seconds < 86400 ? `${Math.round(seconds / 3600)} h ago`
    : date.toLocaleDateString("en-CA");
  return h("time", { datetime: date.toISOString(), title: date.toLocaleString(), text });
}

// The API.

const store = window.sessionStorage;
export const token = {
  get: () => store.getItem("token"),
  set: (value) => store.setItem("token", value),
  forget: () => store.removeItem("token"),
};

export class Refused extends Error {
  constructor(status, problems) {
    super(problems.join("; "));
    this.status = status;
    this.problems = problems;
  }
}

async function request(path, options = {}) {
  const headers = { ...options.headers };
  if (token.get()) headers.Authorization = `Bearer ${token.get()}`;
  const response = await fetch(path, { ...options, headers, cache: "no-store" });
  if (response.ok) return response;
  let problems = [`the server answers ${response.status}`];
  try { problems = (await response.json()).problems ?? problems; } catch { /* no JSON: the status says it */ }
  throw new Refused(response.status, problems);
}

export const get = async (path, signal) => (await request(path, { signal })).json();
export const post = async (path, body = {}) =>
  (await request(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) })).json();

const pause = (milliseconds, signal) => new Promise((resolve) => {
  const timer = setTimeout(resolve, milliseconds);
  signal.addEventListener("abort", () => { clearTimeout(timer); resolve(); }, { once: true });
});

/**
 * Server-sent events by fetch, since EventSource cannot send a token. A connection that breaks continues after the last event that came.
 * `take` gets lists of events; `link` is called with whether there is a connection.
 */
export async function follow(path, signal, take, link) {
  let last = 0, wait = 500;
  while (!signal.aborted) {
    try {
      const response = await request(path, { signal, headers: { "Last-Event-ID": String(last) } });
      link(true);
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      let rest = "";
      for (;;) {
        const { value, done } = await reader.read();
        if (done) break;
        wait = 500;
        const messages = (rest + value).split("\n\n");
        rest = messages.pop();
        const events = [];
        for (const message of messages) {
          let id = null, name = "message", data = null;
          for (const line of message.split("\n")) {
            if (line.startsWith("id: ")) id = Number(line.slice(4));
            else if (line.startsWith("event: ")) name = line.slice(7);
            else if (line.startsWith("data: ")) data = line.slice(6);
          }
          if (id !== null) last = id;
          if (data === null) continue;
          events.push(name === "end" ? { event: "end", ...JSON.parse(data) } : JSON.parse(data));
        }
        if (events.length) take(events);
        if (events.at(-1)?.event === "end") return;
      }
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof Refused) throw error;
    }
    link(false);
    await pause(wait, signal);
    wait = Math.min(2 * wait, 10000);
  }
}

/** Again and again while the page is looked at, until the view is left; also after a time in which the server was away. `link` is called with whether it is there. */
export async function repeat(seconds, signal, work, link) {
  while (!signal.aborted) {
    if (!document.hidden) {
      try {
        await work();
        link(true);
      } catch (error) {
        if (signal.aborted || (error instanceof Refused && error.status < 500)) throw error;
        link(false);
      }
    }
    await pause(1000 * seconds, signal);
  }
}
