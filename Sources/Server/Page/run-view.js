// One run: its failures, its fleet, its tasks.

import { duration, follow, get, h, plural, post, Refused, share, sign, states } from "./dom.js";
import { logView } from "./log-view.js";
import { RunModel } from "./run-model.js";

/** So many hosts have their names shown; from the other number on they are smaller. */
const namedHosts = 60, smallHosts = 400;

/** Shows the run until the signal; `ready` gets the view at once, `follow` ends with the run. */
export async function runView(main, id, hostName, signal, link, ready) {
  const model = new RunModel();
  const view = new RunView(main, id, model, signal);
  view.open(hostName);
  ready(view);
  const timer = setInterval(() => view.draw(), 250);
  signal.addEventListener("abort", () => clearInterval(timer));
  // A run that is over must not look like one that goes on while its events are read.
  try {
    view.known = await get(`/api/runs/${encodeURIComponent(id)}`, signal);
    model.state = view.known.state;
  } catch (error) {
    if (signal.aborted || error instanceof Refused) throw error;
    model.state = "running";
  }
  view.isStale = true;
  await follow(`/api/runs/${encodeURIComponent(id)}/events?view=brief`, signal, (events) => {
    for (const event of events) model.apply(event);
    view.isStale = true;
  }, link);
  link(true);
  view.isStale = true;
}

class RunView {
  isStale = true;
  filter = "";
  only = null;
  cells = new Map();
  /** The run as the API describes it; null until that is there. */
  known = null;
  /** A log was opened and has not been shown yet. */
  unseen = false;
  order = "";

  constructor(main, id, model, signal) {
    Object.assign(this, { main, id, model, signal });
    this.title = h("h1");
    this.facts = h("p");
    this.cancel = h("button", { type: "button", class: "danger", text: "Cancel", hidden: true, onclick: () => this.askToCancel() });
    this.counts = h("div", { class: "counts", role: "group", "aria-label": "Show only hosts that are" });
    this.progress = h("div", { class: "progress" });
    this.note = h("p", { class: "note", role: "status", hidden: true });
    this.failures = h("section", { class: "block", "aria-label": "Failures" });
    this.search = h("input", { type: "search", placeholder: "Find a host  ( / )", "aria-label": "Find a host", oninput: () => { this.filter = this.search.value.toLowerCase(); this.order = ""; this.isStale = true; } });
    this.fleet = h("ul", { class: "fleet", "aria-label": "Hosts: arrow keys move, Enter opens the log", onkeydown: (event) => this.move(event) });
    this.about = h("p", { class: "about", "aria-live": "polite" });
    this.side = h("section", { "aria-label": "Tasks" });
    this.grid = h("div", { class: "run" },
      h("section", {}, this.failures, h("section", { "aria-label": "Hosts" }, this.fleet, this.about)), this.side);
    main.replaceChildren(
      h("div", { class: "head" }, h("div", {}, this.title, this.facts), h("div", { class: "tools" }, this.search, this.cancel)),
      this.counts, this.progress, this.note, this.grid);
    document.addEventListener("keydown", (event) => {
      if (event.key === "/" && !event.target.closest("input")) { event.preventDefault(); this.search.focus(); }
      if (event.key === "Escape" && this.opened) location.hash = `#/runs/${encodeURIComponent(id)}`;
    }, { signal });
  }

  /** Another host's log, or none, beside the fleet. */
  open(hostName) {
    this.log?.abort();
    this.opened = hostName;
    this.unseen = Boolean(hostName);
    this.grid.classList.toggle("wide", Boolean(hostName));
    this.isStale = true;
    if (!hostName) {
      this.side.replaceChildren();
      this.tasks = null;
      return;
    }
    this.log = new AbortController();
    this.signal.addEventListener("abort", () => this.log.abort());
    logView(this.side, this.id, hostName, this.log.signal, () => { location.hash = `#/runs/${encodeURIComponent(this.id)}`; });
  }

  draw() {
    const { model } = this;
    if (model.state === "running" && model.started) this.drawFacts();
    if (!this.isStale) return;
    this.isStale = false;
    this.drawFacts();
    this.drawCounts();
    this.drawFailures();
    this.drawFleet();
    if (!this.opened) this.drawTasks();
    // The fleet above it has its height now.
    if (this.unseen && model.hosts.size) {
      this.unseen = false;
      this.reveal();
    }
  }

  /** Scrolls to the log where it is out of sight: below the fleet on a narrow page. */
  reveal() {
    const { top } = this.side.firstElementChild.getBoundingClientRect();
    if (top < 0 || top > window.innerHeight - 160) this.side.scrollIntoView({ block: "start" });
  }

  drawFacts() {
    const { model } = this;
    document.title = `${model.title || this.id} · ComfyFleet`;
    this.title.replaceChildren(model.title || this.id, model.check ? " " : "", model.check ? h("span", { class: "tag", text: "check mode" }) : "");
    const end = model.state === "running" ? Date.now() / 1000 : model.ended ?? model.latest;
    const outcome = model.state === "loading" ? "loading" : model.state === "running" ? (model.stopping ? "stopping" : "running")
      : model.state === "interrupted" ? "interrupted; resume it with comfyfleet resume" : { 0: "all well", 2: "tasks failed", 3: "hosts have drifted", 4: "hosts unreachable", 6: "tasks failed, hosts unreachable", 8: "stopped by a failure limit" }[model.exitCode ?? this.known?.exit_code] ?? "finished";
    this.facts.replaceChildren(`${outcome} · ${plural(model.hosts.size, "host")} · ${model.started ? duration(end - model.started) : ""} · `, h("span", { class: "mono", text: this.id }));
    this.cancel.hidden = model.state !== "running" || !model.started;
    if (model.stopping) { this.cancel.disabled = true; this.cancel.textContent = "Stopping…"; }
  }

  drawCounts() {
    const counts = this.model.counts(), total = this.model.hosts.size;
    const focused = this.counts.contains(document.activeElement) ? document.activeElement.dataset.state : null;
    this.counts.replaceChildren(...Object.keys(states).filter((name) => counts[name] || this.only === name).map((name) => {
      const button = h("button", { type: "button", "data-state": name, "aria-pressed": String(this.only === name), onclick: () => { this.only = this.only === name ? null : name; this.order = ""; this.isStale = true; this.draw(); } },
        sign(name), h("b", { text: (counts[name] ?? 0).toLocaleString("en") }), h("span", { text: states[name].word }));
      return button;
    }));
    if (focused) this.counts.querySelector(`[data-state=${focused}]`)?.focus();
    const { model } = this;
    this.progress.replaceChildren(share(counts, total));
    if (model.state === "running" && model.tasks.size) this.progress.append(`task ${model.tasks.size} of ${Math.max(model.tasks.size, model.taskTotal)}`);
    this.note.textContent = model.stopping && model.state === "running" ? model.stopping : model.note ?? "";
    this.note.hidden = !this.note.textContent;
  }

  drawFailures() {
    const groups = this.model.failures();
    this.failures.hidden = groups.length === 0;
    const shown = groups.slice(0, 8).map((group) => h("li", { class: group.state }, sign(group.state),
      h("span", {}, this.link(group.hosts[0]), group.hosts.length > 1 ? h("span", { class: "others", text: ` and ${plural(group.hosts.length - 1, "other")}` }) : null, group.task ? ` · ${group.task}` : ""),
      h("span", { class: "why", text: group.message ?? "" })));
    const more = groups.length - shown.length;
    this.failures.replaceChildren(h("ul", { class: "failures panel" }, shown, more > 0 ? h("li", {}, h("span"), h("span", { class: "soft", text: `and ${plural(more, "other reason")}` })) : null));
  }

  link(name) { return h("a", { href: `#/runs/${encodeURIComponent(this.id)}/${encodeURIComponent(name)}`, text: name }); }

  visible() {
    const rank = (host) => (host.state === "failed" ? 0 : host.state === "unreachable" ? 1 : 2);
    return [...this.model.hosts.values()]
      .filter((host) => (!this.only || host.state === this.only) && host.name.toLowerCase().includes(this.filter))
      // What fails moves to the front; everything else keeps its place.
      .sort((left, right) => rank(left) - rank(right) || left.number - right.number);
  }

  drawFleet() {
    const hosts = this.visible();
    this.fleet.classList.toggle("named", this.model.hosts.size <= namedHosts);
    this.fleet.classList.toggle("small", this.model.hosts.size >= smallHosts);
    for (const host of hosts) this.drawCell(host);
    const order = hosts.map((host) => host.number).join();
    if (order !== this.order) {
      const focused = document.activeElement;
      this.fleet.replaceChildren(...hosts.map((host) => this.cells.get(host.name).item));
      if (this.fleet.contains(focused)) focused.focus();
      this.order = order;
      if (!hosts.some((host) => this.cells.get(host.name).button.tabIndex === 0) && hosts[0]) this.cells.get(hosts[0].name).button.tabIndex = 0;
    }
    if (!hosts.length && this.model.hosts.size) this.about.textContent = "No host is like that.";
  }

  drawCell(host) {
    let cell = this.cells.get(host.name);
    if (!cell) {
      cell = { sign: sign("waiting"), name: h("span", { class: "name", text: host.name }), doing: h("span", { class: "doing" }) };
      cell.button = h("button", { type: "button", tabindex: "-1", "data-host": host.name, onclick: () => { location.hash = this.link(host.name).hash; }, onfocus: () => this.tell(host), onmouseenter: () => this.tell(host) },
        cell.sign, cell.name, cell.doing);
      cell.item = h("li", {}, cell.button);
      this.cells.set(host.name, cell);
    }
    if (cell.state !== host.state) {
      cell.state = host.state;
      cell.button.className = host.state;
      cell.sign.className = `sign ${host.state}`;
      cell.sign.textContent = states[host.state].sign;
    }
    const doing = host.doing || (host.state === "failed" ? host.failedTask ?? "failed" : states[host.state].word);
    if (cell.text !== doing) {
      cell.text = doing;
      cell.doing.textContent = doing;
      cell.button.setAttribute("aria-label", `${host.name}: ${states[host.state].word}${host.doing ? `, ${host.doing}` : ""}`);
    }
    const isOpen = String(host.name === this.opened);
    if (cell.button.getAttribute("aria-current") !== isOpen) cell.button.setAttribute("aria-current", isOpen);
  }

  tell(host) {
    this.about.replaceChildren(h("b", { text: host.name }), ` ${states[host.state].word}${host.doing ? `: ${host.doing}` : host.message && host.state !== "changed" && host.state !== "ok" ? `: ${host.message}` : ""}`);
  }

  /** Arrow keys, Home and End move among the hosts. */
  move(event) {
    const buttons = [...this.fleet.querySelectorAll("button")], index = buttons.indexOf(document.activeElement);
    if (index < 0) return;
    const top = buttons[0].getBoundingClientRect().top;
    const columns = Math.max(1, buttons.findIndex((button) => button.getBoundingClientRect().top > top + 4) === -1 ? buttons.length : buttons.findIndex((button) => button.getBoundingClientRect().top > top + 4));
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns, Home: -index, End: buttons.length - 1 - index }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const target = buttons[Math.min(buttons.length - 1, Math.max(0, index + step))];
    for (const button of buttons) button.tabIndex = -1;
    target.tabIndex = 0;
    target.focus();
  }

  drawTasks() {
    const { model } = this;
    const list = h("ol", { class: "tasks panel" });
    for (const play of model.plays) {
      if (play.name) list.append(h("li", { class: "play", text: play.name }));
      for (const task of play.tasks) {
        const total = Math.max(play.hosts, task.done + task.busy);
        list.append(h("li", { class: task.busy > 0 ? "task now" : "task" }, h("span", { text: task.name, title: task.name }),
          h("span", { class: "of", text: task.busy > 0 ? `${task.done} of ${total}` : String(task.done) }), share({ ...task.counts, working: task.busy }, total)));
      }
    }
    if (!model.plays.length) list.append(h("li", { class: "task" }, h("span", { class: "soft", text: "No task has begun." })));
    const top = this.side.querySelector(".tasks")?.scrollTop ?? 0, bottom = this.side.querySelector(".tasks");
    const atEnd = !bottom || bottom.scrollTop + bottom.clientHeight >= bottom.scrollHeight - 8;
    this.side.replaceChildren(list);
    list.scrollTop = atEnd && model.state === "running" ? list.scrollHeight : top;
  }

  /** A second press within a few seconds means it. */
  async askToCancel() {
    if (this.cancel.dataset.sure) {
      this.cancel.disabled = true;
      this.cancel.textContent = "Stopping…";
      try { await post(`/api/runs/${encodeURIComponent(this.id)}/cancel`); } catch (error) { this.progress.append(error.message); }
      return;
    }
    this.cancel.dataset.sure = "yes";
    this.cancel.textContent = "Stop it in order?";
    setTimeout(() => {
      delete this.cancel.dataset.sure;
      if (!this.cancel.disabled) this.cancel.textContent = "Cancel";
    }, 4000);
  }
}
