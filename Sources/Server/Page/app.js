// Which view is shown, and the views that are lists.

import { ago, duration, get, h, plural, post, Refused, repeat, share, sign, state, token } from "./dom.js";
import { runView } from "./run-view.js";

const main = document.querySelector("#main"), linkStatus = document.querySelector("#link"), signOut = document.querySelector("#sign-out");
let leaving = new AbortController(), current = null;

const link = (isUp) => { linkStatus.textContent = isUp ? "" : "no connection, trying again"; };

async function show() {
  const [, name = "runs", ...rest] = location.hash.split("/").map(decodeURIComponent);
  // Another host of the run that is shown: only the log changes.
  if (name === "runs" && rest[0] && current?.id === rest[0] && current.view) return current.view.open(rest[1]);
  leaving.abort();
  leaving = new AbortController();
  const { signal } = leaving;
  for (const item of document.querySelectorAll("nav a")) {
    if (item.hash === `#/${name}`) item.setAttribute("aria-current", "page");
    else item.removeAttribute("aria-current");
  }
  signOut.hidden = !token.get();
  document.title = "ComfyFleet";
  current = { id: name === "runs" ? rest[0] : null, view: null };
  link(true);
  try {
    if (name === "runs" && rest[0]) await showRun(rest[0], rest[1], signal);
    else await ({ installs, hosts, schedules, audit }[name] ?? runs)(signal);
  } catch (error) {
    if (signal.aborted) return;
    if (error instanceof Refused && error.status === 401) return askForToken();
    failed(error);
  }
}

async function showRun(id, host, signal) {
  const here = current;
  await runView(main, id, host, signal, link, (view) => { here.view = view; });
}

function failed(error) {
  const problems = error.problems ?? ["the server does not answer"];
  main.replaceChildren(h("div", { class: "problem", role: "alert" }, problems.map((text) => h("p", { text }))));
}

function askForToken() {
  const field = h("input", { type: "password", autocomplete: "current-password", "aria-label": "Token", required: true });
  const wrong = h("p", { role: "alert", hidden: true });
  const form = h("form", { onsubmit: async (event) => {
    event.preventDefault();
    token.set(field.value.trim());
    try { await get("/api/runs?limit=1"); } catch (error) {
      token.forget();
      wrong.textContent = error.message;
      wrong.hidden = false;
      return field.select();
    }
    show();
  } }, field, h("button", { class: "strong", text: "Open" }));
  main.replaceChildren(h("section", { class: "sign-in panel" }, h("h1", { text: "Token" }),
    h("p", {}, "This server asks for one. On its machine: ", h("code", { text: "comfyfleet token create NAME" })), form, wrong));
  field.focus();
}

signOut.addEventListener("click", () => { token.forget(); show(); });

function head(title, about, ...tools) {
  const facts = h("p", { text: about });
  main.replaceChildren(h("div", { class: "head" }, h("div", {}, h("h1", { text: title }), facts), h("div", { class: "tools" }, tools)));
  return facts;
}

/** `kind` is `stack` for one whose rows are stacked where the page is narrow; its cells name their columns then, by `data-label`. */
function table(columns, kind) {
  const body = h("tbody");
  main.append(h("div", { class: "panel scroll" }, h("table", { class: kind }, h("thead", {}, h("tr", {}, columns.map(([name, kind]) => h("th", { class: kind, scope: "col", text: name })))), body)));
  return body;
}

const stem = (path) => path.split("/").at(-1).replace(/\.ya?ml$/, "");

// Runs

function outcome(run) {
  if (run.state === "running") return state("working", "running");
  if (run.state === "interrupted") return state("waiting", run.resumable ? "interrupted, can be resumed" : "interrupted");
  const counts = run.totals ?? {};
  if (counts.failed || counts.unreachable) return state(counts.failed ? "failed" : "unreachable", [counts.failed && `${counts.failed} failed`, counts.unreachable && `${counts.unreachable} unreachable`].filter(Boolean).join(", "));
  if (run.exit_code === 3) return state("changed", "hosts have drifted");
  if (run.exit_code) return state("failed", run.exit_code === 8 ? "stopped by a failure limit" : `ended with ${run.exit_code}`);
  return state(counts.changed ? "changed" : "ok", counts.changed ? `${counts.changed.toLocaleString("en")} changed` : "nothing to change");
}

async function runs(signal) {
  const facts = head("Runs", "");
  let body = null;
  await repeat(3, signal, async () => {
    const { runs } = await get("/api/runs?limit=100", signal);
    if (!runs.length) {
      facts.textContent = "";
      if (!main.querySelector(".empty")) main.append(h("p", { class: "empty" }, "No run yet. Begin with ", h("code", { text: "comfyfleet run PLAYBOOK -i INVENTORY" })));
      return;
    }
    main.querySelector(".empty")?.remove();
    body ??= table([["Run"], ["Outcome"], ["Hosts", "number"], ["", "optional"], ["Started", "optional"], ["Took", "number"]]);
    const active = runs.filter((run) => run.state === "running").length;
    facts.textContent = active ? `${plural(active, "run")} in progress` : "None in progress";
    const focused = document.activeElement?.getAttribute("href");
    body.replaceChildren(...runs.map((run) => h("tr", { class: "row" },
      h("td", {}, h("a", { href: `#/runs/${encodeURIComponent(run.run)}`, text: run.playbooks.map(stem).join(", ") || "exec" }), run.check ? [" ", h("span", { class: "tag", text: "check" })] : null,
        h("span", { class: "line mono soft", text: run.run })),
      h("td", {}, outcome(run)),
      h("td", { class: "number", text: run.host_count.toLocaleString("en") }),
      h("td", { class: "optional" }, run.totals && run.state === "finished" ? share(run.totals, run.host_count) : null),
      h("td", { class: "soft optional" }, run.started ? ago(run.started) : null),
      h("td", { class: "number soft", text: run.state === "running" && run.started ? duration((Date.now() - new Date(run.started)) / 1000) : duration(run.duration) }))));
    if (focused) body.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus();
  }, link);
}

// Installs

async function installs(signal) {
  const [{ hosts }, { modules }] = await Promise.all([get("/api/remote/status", signal), get("/api/remote/modules", signal)]);
  head("Installs", `${plural(modules.length, "module")} to install, ${plural(hosts.length, "host")} with a manifest`);
  if (!hosts.length) {
    main.append(h("p", { class: "empty" }, "Nothing was installed by the API yet: ", h("code", { text: "POST /api/remote/install" })));
  } else {
    const body = table([["Host"], ["Last install"], ["Modules"], ["When", "optional"]]);
    const kinds = { installed: "changed", noop: "ok", failed: "failed", running: "working", interrupted: "waiting" };
    body.append(...hosts.map((host) => h("tr", { class: "row" },
      h("td", {}, h("a", { href: `#/runs/${encodeURIComponent(host.run)}/${encodeURIComponent(host.host)}`, text: host.host })),
      h("td", {}, state(kinds[host.status] ?? "waiting", host.status === "noop" ? "nothing to change" : host.status), host.failed.map((name) => h("span", { class: "line soft", text: `${name}: ${host.reasons[name] ?? ""}` }))),
      h("td", { text: Object.keys(host.present).sort().join(", ") }),
      h("td", { class: "soft optional" }, ago(new Date(1000 * host.updated).toISOString())))));
  }
  if (modules.length) {
    main.append(h("h2", { text: "Modules" }));
    table([["Module"], ["Does"]]).append(...modules.map((module) => h("tr", {}, h("td", {}, h("b", { text: module.module })), h("td", { class: "soft", text: module.summary }))));
  }
}

// Credentials

async function hosts(signal) {
  const search = h("input", { type: "search", placeholder: "Find a host", "aria-label": "Find a host", oninput: () => draw() });
  const facts = head("Credentials", "Asking where each field comes from…", search);
  const report = await get("/api/resolve", signal);
  facts.textContent = `${report.summary.would_connect.toLocaleString("en")} of ${plural(report.summary.hosts, "host")} would connect. Layers are shown, never a value.`;
  const body = table([["Host"], ["Would connect"], ["From the vault", "optional"], ["Problems"]]);
  const sorted = report.hosts.toSorted((left, right) => left.would_connect - right.would_connect || right.problems.length - left.problems.length);
  function draw() {
    const wanted = search.value.toLowerCase();
    body.replaceChildren(...sorted.filter((host) => host.host.toLowerCase().includes(wanted)).slice(0, 1000).map(hostRow));
  }
  draw();
}

function hostRow(host) {
  const fields = Object.entries(host.fields);
  return h("tr", { class: "row" },
    h("td", {}, h("details", {}, h("summary", {}, h("b", { text: host.host })),
      h("table", { class: "layers" }, h("tbody", {}, fields.map(([name, field]) => h("tr", {}, h("td", { text: name }), h("td", { text: field.from }), h("td", { class: "soft", text: field.shadows.length ? `over ${field.shadows.join(", ")}` : "" }))))))),
    h("td", {}, host.would_connect ? state("ok", host.transport) : state("failed", "no")),
    h("td", { class: "soft optional", text: host.provider + (host.key ? `, ${host.key}` : "") }),
    h("td", {}, host.problems.map((problem) => h("span", { class: "line" }, `${problem.severity}: ${problem.problem}`, problem.remedy ? h("span", { class: "line soft", text: problem.remedy }) : null))));
}

// Schedules

const fireKinds = { succeeded: "ok", drift: "changed", failed: "failed", running: "working", waiting: "waiting" };

function lastFire(job) {
  if (job.open) return state(fireKinds[job.open.state] ?? "waiting", job.open.state === "running" ? "running" : "waiting");
  if (!job.last) return h("span", { class: "soft", text: "not yet" });
  const word = job.last.result ?? job.last.state, fire = state(fireKinds[word] ?? "failed", word);
  return job.last.run ? [h("a", { href: `#/runs/${encodeURIComponent(job.last.run)}` }, fire), " ", ago(job.last.due)] : [fire, " ", ago(job.last.due)];
}

async function schedules(signal) {
  const { jobs, next, daemon } = await get("/api/schedules", signal);
  head("Schedules", jobs.length ? `${plural(jobs.length, "job")}; ${daemon ? `${daemon}, fires them` : "no daemon runs: nothing fires until comfyfleet schedule daemon, or its timers, do"}` : "");
  if (!jobs.length) return main.append(h("p", { class: "empty" }, "No jobs: they stand in ", h("code", { text: "config/schedules.yml" })));
  table([["Job"], ["When"], ["Next"], ["Last"]], "stack").append(...jobs.map((job) => h("tr", { class: "row" },
    h("td", {}, h("b", { text: job.job }), job.kind === "run" ? null : [" ", h("span", { class: "tag", text: job.kind })], h("span", { class: "line soft", text: job.description ?? job.playbooks.map(stem).join(", ") })),
    h("td", { class: "mono", "data-label": "When", text: job.when }),
    h("td", { "data-label": "Next" }, job.suspended ? `rests after ${plural(job.failures, "failure")}` : !job.enabled ? h("span", { class: "soft", text: "not enabled" }) : job.next ? moment(job.next) : "never"),
    h("td", { "data-label": "Last" }, lastFire(job)))));
  main.append(h("h2", { text: "Next times" }));
  table([["Due"], ["Local time (zone)", "optional"], ["Job"], ["Begins"]], "stack").append(...next.map((fire) => h("tr", { class: "row" },
    h("td", {}, moment(fire.due)), h("td", { class: "soft optional", text: `${fire.local} (${fire.time_zone})` }), h("td", { text: fire.job }),
    h("td", { class: "soft", "data-label": fire.begins === fire.due ? null : "Begins" }, fire.begins === fire.due ? null : moment(fire.begins), fire.in_window ? null : " outside of its windows"))));
}

// Audit

const chained = new Set(["timestamp", "event", "logger", "previous", "hash"]);
const plain = (value) => (Array.isArray(value) ? value.join(", ") : typeof value === "object" && value !== null ? JSON.stringify(value) : String(value));

/** `2026-11-26 01:49:32`, in the reader's time zone. */
function moment(time) {
  const date = new Date(time);
  return h("time", { datetime: time, title: time, text: `${date.toLocaleDateString("en-CA")} ${date.toLocaleTimeString("en-GB")}` });
}

/** Entries of one event that follow each other, as those of a run's many hosts do. */
function alike(entries) {
  const groups = [];
  for (const item of entries) {
    const last = groups.at(-1)?.[0].entry;
    if (last && last.event !== undefined && last.event === item.entry.event) groups.at(-1).push(item);
    else groups.push([item]);
  }
  return groups;
}

function auditRow({ line, entry }) {
  if (typeof entry === "string") return h("tr", {}, h("td", { class: "soft", text: `line ${line}` }), h("td"), h("td", { class: "mono", text: entry }));
  const fields = Object.entries(entry).filter(([name, value]) => !chained.has(name) && value !== null);
  return h("tr", { class: "row" }, h("td", { class: "soft" }, moment(entry.timestamp)), h("td", { text: entry.event }),
    h("td", {}, h("span", { class: "fields", title: fields.map(([name, value]) => `${name}: ${plain(value)}`).join("\n").slice(0, 4000) },
      fields.flatMap(([name, value]) => [`${name} `, h("b", { text: plain(value).slice(0, 2000) }), "  "]))));
}

async function audit(signal) {
  const pick = h("select", { "aria-label": "Which events", onchange: () => load() }, [["", "All events"], ["run", "Runs"], ["secrets", "Secrets"], ["credentials", "Credentials"], ["api", "API"]].map(([value, text]) => h("option", { value, text })));
  head("Audit", "Newest first. Names and counts, never a value.", pick);
  const chain = h("div", { class: "chain panel" });
  main.append(chain);
  const body = table([["When"], ["Event"], ["What"]], "stack");
  async function load() {
    const report = await get(`/api/security/audit?limit=300${pick.value ? `&event=${pick.value}` : ""}`, signal);
    const { intact, entries, head, broken, unfinished_lines: unfinished } = report.chain;
    chain.replaceChildren(sign(intact ? "ok" : "failed"), intact
      ? h("p", {}, h("b", { text: "The chain is whole. " }), `${plural(entries, "entry", "entries")}${unfinished.length ? `, ${plural(unfinished.length, "unfinished line")} noted` : ""}`, head ? [", head ", h("span", { class: "mono soft", text: head.slice(0, 16) })] : null)
      : h("p", {}, h("b", { text: `The chain is broken at line ${broken.line}. ` }), broken.problem));
    body.replaceChildren(...alike(report.entries).map((group) => {
      if (group.length < 4) return group.map(auditRow);
      const rest = h("tbody", {}, group.map(auditRow)), { entry } = group[0];
      return [h("tr", { class: "row" }, h("td", { class: "soft" }, moment(entry.timestamp)), h("td", { text: entry.event }),
        h("td", {}, h("details", {}, h("summary", { text: `${plural(group.length, "entry", "entries")}` }), h("table", { class: "inner" }, rest))))];
    }).flat());
  }
  await load();
}

window.addEventListener("hashchange", show);
show();
