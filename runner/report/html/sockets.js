// What happened to the steps of a run, and which of them met: the connections,
// bytes and datagrams between them, from the addresses, descriptors and counts
// that the calls have. What cannot be told for certain has no arrow.
const kinds = ['start', 'blocked', 'done', 'left out', 'failed', 'aborted'];
const untold = {}; // of a step of which nothing came

function readSteps(detail) {
  const names = detail.names || [];
  const steps = (detail.steps || []).map(([actor, name, verb, line, out]) => ({
    actor: names[actor], name: names[name], verb: names[verb], line, out: out || untold, had: {},
  }));
  const events = [];
  let at = 0;
  for (let i = 0; i < (detail.events || []).length; i += 2) {
    const step = steps[Math.floor(detail.events[i] / 8)], kind = kinds[detail.events[i] % 8];
    at += detail.events[i + 1];
    const event = { step, kind, at };
    step.had[kind] = event;
    events.push(event);
  }
  return { steps, events, lost: detail.lost || 0 };
}

const sending = new Set(['send', 'sendto', 'write', 'sendmsg', 'writev', 'sendfile']);
const lossy = new Set(['drop', 'reject', 'link', 'route']);
const receiving = new Set(['recv', 'recvfrom', 'read', 'recvmsg', 'readv']);

class Sockets {
  constructor(run) {
    this.tables = new Map(); // actor → descriptor → socket
    this.all = [];
    this.connects = [];
    this.accepts = [];
    this.datagrams = [];
    this.taken = [];
    this.arrows = [];
    for (const event of run.events) {
      if (event.kind === 'done' || event.kind === 'aborted') this.done(event.step, event.kind);
    }
    this.meet();
    this.streams();
    this.packets(run.steps.some((s) => lossy.has(s.verb)));
    this.signals(run);
  }

  own(actor) {
    if (!this.tables.has(actor)) this.tables.set(actor, new Map());
    return this.tables.get(actor);
  }

  add(actor, fd, kind, more) {
    const socket = { kind, sends: [], recvs: [], ends: [], ...more };
    this.own(actor).set(fd, socket);
    this.all.push(socket);
    return socket;
  }

  // A call may be made on the descriptor of a parent or of another actor.
  find(actor, fd, kind) {
    for (let name = actor; name; name = name.slice(0, Math.max(name.lastIndexOf('.'), 0))) {
      const found = this.tables.get(name)?.get(fd);
      if (found && (!kind || !found.kind || found.kind === kind)) return found;
    }
    const others = new Set();
    for (const table of this.tables.values()) {
      if (table.get(fd)?.kind === kind) others.add(table.get(fd));
    }
    return others.size === 1 ? [...others][0] : undefined;
  }

  done(step, kind) {
    if (kind === 'aborted' && !receiving.has(step.verb)) return;
    const { out, verb, actor } = step, calls = out.calls || [];
    const last = calls[calls.length - 1] || '';
    const on = /^\w+\((\d+)<([^>]*)>/.exec(last);
    const returned = /\) = (\d+)/.exec(last.slice(last.lastIndexOf(') = ')));
    if (out.errno && out.errno !== 'EINPROGRESS') return;
    if (verb === 'socket' && returned) {
      this.add(actor, returned[1], undefined);
      return;
    }
    const pair = /\[(\d+), (\d+)\]/.exec(last);
    if ((verb === 'socketpair' || verb === 'pipe') && pair) {
      this.pair(actor, pair[1], pair[2], verb === 'pipe');
      return;
    }
    if (!on) return;
    const socket = this.find(actor, on[1], on[2]) || this.add(actor, on[1], on[2]);
    socket.kind = on[2];
    this.call(step, socket, last, returned && returned[1]);
  }

  pair(actor, a, b, pipe) {
    const one = this.add(actor, a, pipe ? 'pipe' : undefined), other = this.add(actor, b, pipe ? 'pipe' : undefined);
    one.mate = other;
    other.mate = one;
  }

  call(step, socket, text, returned) {
    const { out, verb, actor } = step;
    if (verb === 'dup' && returned) this.own(actor).set(returned, socket);
    else if (verb === 'bind' || verb === 'getsockname') socket.local = out.addr;
    else if (verb === 'connect') this.connect(step, socket, text);
    else if (verb === 'accept' && returned) {
      this.accepts.push({ step, socket: this.add(actor, returned, undefined, { local: out.addr }), from: out.from, at: out.addr });
    } else if (verb === 'close' || verb === 'shutdown' && !text.includes('SHUT_RD)')) socket.ends.push(step);
    else if (sending.has(verb) && out.length !== undefined) this.sent(step, socket, text);
    else if (receiving.has(verb) && !text.includes('MSG_PEEK')) this.received(step, socket);
    else if (verb === 'splice' && out.length) {
      socket.recvs.push({ step, n: out.length });
      const to = /, (\d+)<([^>]*)>/.exec(text);
      const other = to && this.find(actor, to[1], to[2]);
      if (other) other.sends.push({ step, n: out.length });
    }
  }

  connect(step, socket, text) {
    const to = /^connect\([^,]*, (.*), \d+\) = /.exec(text);
    socket.to = to ? to[1] : undefined;
    socket.local = step.out.addr || socket.local;
    if (!packetKind(socket.kind)) this.connects.push({ step, socket });
  }

  sent(step, socket, text) {
    if (!packetKind(socket.kind)) {
      socket.sends.push({ step, n: step.out.length });
      return;
    }
    const to = /, ([^ ,]+), \d+\) = \d+$/.exec(text);
    this.datagrams.push({ step, socket, to: to && to[1] !== 'NULL' ? to[1] : socket.to, n: step.out.length });
  }

  received(step, socket) {
    const { out } = step;
    if (packetKind(socket.kind)) this.taken.push({ step, socket, from: out.from, n: out.length });
    else socket.recvs.push({ step, n: out.length ?? returnedBytes(out.calls), eof: out.eof });
  }

  // A connection is made by the connect whose own address the accept was given;
  // of sockets without a name by the first to that address.
  meet() {
    for (const accept of this.accepts) {
      const open = this.connects.filter((c) => !c.met);
      const made = open.find((c) => c.socket.local && c.socket.local !== 'unnamed' && c.socket.local === accept.from) ||
        open.find((c) => c.socket.to && c.socket.to === accept.at && (accept.from === 'unnamed' || !c.socket.local));
      if (!made) continue;
      made.met = true;
      made.socket.mate = accept.socket;
      accept.socket.mate = made.socket;
      this.arrow('connect', made.step, accept.step);
    }
  }

  arrow(kind, from, to, n) {
    if (from && to && from !== to) this.arrows.push({ kind, from, to, n });
  }

  // The n-th byte that one end sent is the n-th that the other receives.
  streams() {
    for (const socket of new Set(this.all)) {
      const sends = socket.mate ? socket.mate.sends.map((s) => ({ ...s })) : [];
      for (const recv of socket.recvs) {
        for (let left = recv.n; left > 0 && sends.length > 0;) {
          const n = Math.min(left, sends[0].n);
          if (n > 0) this.arrow('data', sends[0].step, recv.step, n);
          left -= n;
          sends[0].n -= n;
          if (sends[0].n <= 0) sends.shift();
        }
        if (recv.eof && socket.mate) this.arrow('end', socket.mate.ends[0], recv.step);
      }
    }
  }

  // Datagrams come in order, and whole or cut. Where some may be lost, one is known
  // only by what is in it.
  packets(loss) {
    for (const taken of this.taken) {
      const like = this.datagrams.filter((d) => !d.met && d.n >= taken.n && sameText(d.step, taken.step) && (d.socket.mate
        ? d.socket.mate === taken.socket
        : sameAddress(d.to, taken.socket.local) && (!taken.from || !d.socket.local || taken.from === 'none' || sameAddress(taken.from, d.socket.local))));
      if (like.length === 0 || loss && like.length > 1) continue;
      like[0].met = true;
      this.arrow('datagram', like[0].step, taken.step, taken.n);
    }
  }

  signals(run) {
    for (const step of run.steps) {
      if (step.verb !== 'interrupt' || !step.had.done) continue;
      const target = /^tgkill\((.*), SIG/.exec((step.out.calls || [])[0] || '');
      const hit = target && run.steps.find((s) => s.actor + '.' + s.name === target[1]);
      if (hit) this.arrow('interrupt', step, hit);
    }
  }
}

// sameText tells whether a datagram can be the one that was sent, by as much as the calls show.
function sameText(sent, taken) {
  const text = (step) => /"((?:[^"\\]|\\.)*)"/.exec((step.out.calls || [])[0] || '')?.[1];
  const a = text(sent), b = text(taken);
  return a === undefined || b === undefined || a.startsWith(b);
}

// returnedBytes is what the calls of a step that was cut short had taken already.
function returnedBytes(calls) {
  return (calls || []).reduce((n, call) => n + Number(/\) = (\d+)/.exec(call.slice(call.lastIndexOf(') = ')))?.[1] || 0), 0);
}

function packetKind(kind) { return /UDP|DGRAM|SEQPACKET|RAW|ICMP/.test(kind || ''); }

function sameAddress(a, b) {
  if (!a || !b) return false;
  if (a === b) return true;
  const port = (s) => s.slice(s.lastIndexOf(':'));
  return /^(0\.0\.0\.0|\[::\]):/.test(b) && port(a) === port(b) || /^(0\.0\.0\.0|\[::\]):/.test(a) && port(a) === port(b);
}
