// What a run's events amount to. No page in here: events in, state out.

export class RunModel {
  hosts = new Map();
  /** Plays with their tasks, in the order in which they began. */
  plays = [];
  tasks = new Map();
  title = "";
  check = false;
  started = null;
  ended = null;
  exitCode = null;
  note = null;
  stopping = null;
  warnings = [];
  /** `loading` until it is known; `running` until the stream has ended. */
  state = "loading";
  taskTotal = 0;
  finished = 0;

  host(name) {
    let host = this.hosts.get(name);
    if (!host) {
      host = { name, number: this.hosts.size, state: "waiting", task: null, doing: "", message: null, failedTask: null, changed: false };
      this.hosts.set(name, host);
    }
    return host;
  }

  apply(event) {
    const host = event.host === undefined ? null : this.host(event.host);
    switch (event.event) {
      case "run.started":
        this.title = event.playbook;
        this.check = event.check;
        this.started ??= event.time;
        this.ended = this.exitCode = this.note = this.stopping = null;
        this.taskTotal = event.tasks;
        for (const name of event.hosts) this.host(name);
        break;
      case "play.started":
        this.plays.push({ name: event.batches > 1 ? `${event.name} (batch ${event.batch} of ${event.batches})` : event.name, hosts: event.hosts.length, tasks: [] });
        break;
      case "task.started":
        this.task(event.task, event);
        break;
      case "host.connecting":
        if (!host.isCutOff) this.work(host, event.attempt > 1 ? `connecting, attempt ${event.attempt}` : "connecting");
        break;
      case "host.connected":
        if (!host.isCutOff) host.doing = "";
        break;
      case "host.task.started":
        host.task = event.task;
        this.task(event.task).busy += 1;
        this.work(host, this.task(event.task).name);
        break;
      case "host.task.retry":
        host.doing = `${this.task(event.task).name}, attempt ${event.attempt + 1} of ${event.attempts}`;
        break;
      case "host.task.finished":
        this.finish(host, event);
        break;
      case "host.unreachable":
        this.stopWork(host);
        host.state = "unreachable";
        host.message = event.message;
        break;
      case "host.link":
        host.isCutOff = event.link !== "reattached";
        host.doing = event.link === "reattached" ? this.tasks.get(host.task)?.name ?? "" : `link ${event.link}`;
        break;
      case "warning":
        this.warnings.push(event.message);
        break;
      case "run.stopping":
        this.stopping = event.message;
        break;
      case "run.finished":
        this.ended = event.time;
        this.exitCode = event.exit_code;
        this.note = event.note;
        for (const [name, counts] of Object.entries(event.hosts)) this.setCounts(this.host(name), counts);
        break;
      case "end":
        this.state = event.state;
        break;
    }
    if (event.time) this.latest = event.time;
  }

  task(id, header) {
    let task = this.tasks.get(id);
    if (!task) {
      task = { id, name: header?.name ?? `task ${id}`, counts: {}, busy: 0, done: 0, play: null };
      this.tasks.set(id, task);
      if (this.plays.length === 0) this.plays.push({ name: "", hosts: 0, tasks: [] });
      task.play = this.plays.at(-1);
      task.play.tasks.push(task);
    } else if (header) task.name = header.name;
    return task;
  }

  work(host, doing) {
    host.doing = doing;
    if (host.state !== "failed" && host.state !== "unreachable") host.state = "working";
  }

  stopWork(host) {
    if (host.task !== null) this.task(host.task).busy -= 1;
    host.task = null;
    host.doing = "";
  }

  finish(host, event) {
    this.stopWork(host);
    const task = this.task(event.task);
    const counted = { changed: "changed", failed: "failed" }[event.status] ?? "ok";
    task.counts[counted] = (task.counts[counted] ?? 0) + 1;
    task.done += 1;
    this.finished += 1;
    if (event.status === "changed") host.changed = true;
    if (event.status === "failed") {
      host.state = "failed";
      const said = event.tail?.trim().split("\n").at(-1);
      host.message = [event.message ?? (event.rc === undefined ? "failed" : `status ${event.rc}`), said].filter(Boolean).join(": ");
      host.failedTask = task.name;
    } else if (host.state !== "failed" && host.state !== "unreachable") host.state = host.changed ? "changed" : "ok";
  }

  /** The run's own count goes before what followed from its events. */
  setCounts(host, counts) {
    host.task = null;
    host.doing = "";
    host.state = counts.unreachable ? "unreachable" : counts.failed ? "failed" : counts.changed ? "changed" : counts.ok || counts.skipped ? "ok" : "waiting";
  }

  counts() {
    const counts = {};
    for (const host of this.hosts.values()) counts[host.state] = (counts[host.state] ?? 0) + 1;
    return counts;
  }

  /** Hosts that need somebody, those that fail alike together. */
  failures() {
    const groups = new Map();
    for (const host of this.hosts.values()) {
      if (host.state !== "failed" && host.state !== "unreachable") continue;
      const key = `${host.state}\n${host.failedTask}\n${host.message}`;
      if (!groups.has(key)) groups.set(key, { state: host.state, task: host.failedTask, message: host.message, hosts: [] });
      groups.get(key).hosts.push(host.name);
    }
    return [...groups.values()].sort((left, right) => right.hosts.length - left.hosts.length);
  }
}
