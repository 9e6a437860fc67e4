// Why a scenario failed: what was wanted and what came, side by side, and all
// that was known of the others at that moment.
function failurePanel(failure) {
  const where = failure.mismatches?.[0]?.pos || failure.pos;
  return el('section', { class: 'failure', 'aria-label': 'the failure' },
    el('h3', {}, sentence(failure)),
    where && el('p', { class: 'where' }, el('code', {}, `${where.file}:${where.line}:${where.col}`)),
    (failure.mismatches || []).map(mismatch),
    failure.about && el('p', {}, 'About this step: ' + failure.about),
    failure.hint && el('p', { class: 'hint' }, el('b', {}, 'Hint: '), failure.hint),
    failure.order && orderPart(failure.order),
    failure.outcomes && outcomesPart(failure.outcomes));
}

function sentence(failure) {
  const what = failure.what || `${failure.mismatches?.[0]?.key || 'it'} differs from what was expected`;
  if (!failure.actor) return what;
  const step = failure.step || '';
  return step && what.startsWith(step) ? `${failure.actor}.${what}` : `${failure.actor}.${step}: ${what}`;
}

function mismatch(m) {
  const side = (word, value) => el('div', { class: word }, el('dt', {}, word), el('dd', {}, el('code', {}, value)));
  return el('div', { class: 'mismatch' }, m.key && el('h4', {}, m.key),
    el('dl', { class: 'sides' }, side('want', m.want), side('got', m.got)),
    m.diff && hexDiff(m.diff));
}

function hexDiff(lines) {
  const row = /^(want|got |    )  [0-9a-f]{8}  /;
  return el('pre', { class: 'diff', tabindex: '0', role: 'region', 'aria-label': 'the bytes that differ' }, lines.map((line) => {
    const part = row.exec(line);
    const kind = part ? part[1].trim() || 'same' : /^[ ^]+$/.test(line) ? 'mark' : 'remark';
    return [el('span', { class: kind }, line), document.createTextNode('\n')];
  }));
}

// The steps of a line of `order` as bars on one scale, or the circle.
function orderPart(order) {
  const parts = [];
  if (order.circle?.length) {
    parts.push(el('p', {}, 'These cannot hold together:'),
      el('p', { class: 'circle' }, order.circle.map((name) => [el('code', {}, name), ' < ']), el('code', {}, order.circle[0])));
  }
  if (order.instants?.length) parts.push(timeLine(order.instants));
  return el('div', { class: 'order' }, parts);
}

function timeLine(instants) {
  const seqs = [...new Set(instants.map((i) => i.seq))].sort((a, b) => a - b);
  const names = [...new Set(instants.slice().sort((a, b) => a.seq - b.seq).map((i) => i.step))];
  const left = 12 + 7 * Math.min(Math.max(...names.map((n) => shown(n).length)), 40), step = Math.max(60, Math.min(110, 560 / Math.max(seqs.length, 1)));
  const x = (i) => left + seqs.indexOf(i.seq) * step + 20, width = left + seqs.length * step + 60;
  const drawn = names.map((name, row) => {
    const of = instants.filter((i) => i.step === name), at = (what) => of.find((i) => i.instant === what);
    const start = at('start'), blocked = at('blocked'), done = at('done'), y = row * 46 + 8;
    const from = start ? x(start) : left, to = done ? x(done) : width - 10;
    return [svg('text', { x: 0, y: y + 15, class: 'label' }, cut(name, 40)),
      svg('rect', { x: from, y: y + 2, width: Math.max(to - from, 4), height: 16, rx: 2, class: 'bar' }),
      blocked && svg('rect', { x: x(blocked), y: y + 4, width: Math.max(to - x(blocked) - 2, 3), height: 12, class: 'waited' }),
      of.map((i) => svg('text', { x: x(i), y: y + 32, class: 'time middle' }, instant(i.at_ns)))];
  });
  return el('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'time line' },
    svg('svg', { width, height: names.length * 46 + 8, role: 'img', class: 'timeline', 'aria-label': 'when the steps began, were blocked and were done' }, drawn),
    el('p', { class: 'legend' }, 'milliseconds since the start; not to scale'));
}

function outcomesPart(outcomes) {
  const labels = (map) => Object.entries(map).map(([step, label]) => `${step}: ${label || '(none)'}`).join(', ');
  return el('table', { class: 'facts' }, el('tbody', {},
    el('tr', {}, el('th', { scope: 'row' }, 'came'), el('td', {}, labels(outcomes.came))),
    outcomes.rows.map((r) => el('tr', {}, el('th', { scope: 'row' }, 'allowed'), el('td', {}, r.text), el('td', {}, 'wants ' + labels(r.differs))))));
}

function actorsPart(failure) {
  const waited = !failure.mismatches?.length;
  const others = (failure.actors || []).filter((a) => a.name !== failure.actor || waited);
  if (others.length === 0) return null;
  const rows = others.slice(0, 60).map((a) => el('tr', {},
    el('th', { scope: 'row' }, a.name),
    el('td', {}, doing(a)),
    el('td', { class: 'number' }, a.state === 'done' ? '' : 'for ' + lasted(a.since_ns)),
    el('td', { class: 'number' }, a.pos && a.step ? 'line ' + a.pos.line : '')));
  return part(waited ? 'Who waits for whom' : 'The others at that moment', el('div', { class: 'scroll' }, el('table', { class: 'facts' }, el('tbody', {}, rows))),
    others.length > 60 && el('p', {}, `… and ${count(others.length - 60, 'more', 'more')}`));
}

function doing(a) {
  const step = a.step ? (a.step === a.verb ? a.step : `${a.step} (${a.verb})`) : '';
  switch (a.state) {
    case 'blocked': return `blocked in ${step}${a.on ? ' on ' + a.on : ''}`;
    case 'waiting': return `waiting${step ? ' to start ' + step : ''}${a.for ? ' for ' + a.for.join(', ') : ''}`;
    case 'failed': return `was in ${step}${a.on ? ' on ' + a.on : ''}`;
    case 'unstarted': return `did not start ${step}`;
    case 'running': return step ? `in ${step}` : 'running';
    case 'done': return 'done';
  }
  return `${a.state} ${step}`;
}

// The open sockets as the kernel saw them then. What is 0 is not told.
const socketFacts = [
  ['accept_queue', (n) => count(n, 'connection waits for accept', 'connections wait for accept')], ['backlog', (n) => 'backlog ' + grouped(n)],
  ['recv_queue', (n) => size(n) + ' unread'], ['send_queue', (n) => size(n) + ' not acknowledged'], ['not_sent', (n) => size(n) + ' of these not sent'],
  ['unacked', (n) => count(n, 'segment on its way', 'segments on their way')], ['retransmits', (n) => `sent again ${n === 1 ? 'once' : grouped(n) + ' times'}`],
  ['probes', (n) => count(n, 'probe unanswered', 'probes unanswered')], ['snd_wnd', (n) => 'peer’s window ' + size(n)],
  ['rto_ns', (n) => 'retransmission timeout ' + lasted(n)], ['rtt_ns', (n) => 'round trip ' + lasted(n)],
];

function socketsPart(failure) {
  const sockets = (failure.sockets || []).filter((s) => s.state || socketFacts.some(([key]) => s[key]));
  if (sockets.length === 0) return null;
  const rows = sockets.map((s) => el('tr', {}, el('th', { scope: 'row' }, s.name || '', ' ', el('code', {}, s.socket)), el('td', {}, s.state || ''),
    el('td', {}, [s.local, s.peer].filter(Boolean).join(' → ')),
    el('td', {}, socketFacts.filter(([key]) => s[key]).map(([key, words]) => words(s[key])).concat(s.not_sent && !s.snd_wnd ? 'peer’s window 0 B' : []).join(', '))));
  return part('The sockets at that moment', el('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'the sockets' }, el('table', { class: 'facts sockets' },
    el('thead', {}, el('tr', {}, ['socket', 'state', 'addresses', 'queues and times'].map((name) => el('th', { scope: 'col' }, name)))), el('tbody', {}, rows))),
  failure.sockets_more && el('p', {}, `… and ${count(failure.sockets_more, 'more', 'more')}`));
}

function programsPart(programs) {
  if (!programs?.length) return null;
  return part(programs.length > 1 ? 'The programs' : 'The program', programs.map((p) => el('div', { class: 'program' },
    el('p', {}, el('b', {}, p.name), ' ', programEnd(p), ' ', el('code', {}, cut((p.argv || []).join(' '), 200)), `, pid ${p.pid}`),
    p.inject?.length && el('ul', { class: 'injected' }, p.inject.map((i) => el('li', {}, el('code', {}, 'inject ' + i.fault), ' ', carriedOut(i.times)))),
    ['stderr', 'stdout'].map((name) => p[name] && output(name, p[name])))));
}

function programEnd(p) {
  if (p.running) return 'was running';
  const how = p.signal ? `killed by ${p.signal.name || p.signal.value}` : p.exit !== undefined ? `exited with ${p.exit}` : p.lost || 'ended';
  const bad = p.exit !== 0 || p.limit;
  return el('span', { class: bad && 'message' }, how + (p.limit ? `, over the limit of ${p.limit}` : ''));
}

function carriedOut(times) {
  if (times === undefined) return 'nobody knows how often it was carried out';
  return times === 0 ? 'never carried out' : times === 1 ? 'carried out once' : `carried out ${grouped(times)} times`;
}

function output(name, out) {
  const text = out.text ?? decoded(out.base64 || '');
  return [el('p', { class: 'legend' }, (out.before ? 'the end of its ' : 'its ') + name + (out.dropped ? `; ${grouped(out.dropped)} bytes more were dropped` : '')),
    el('pre', { tabindex: '0', role: 'region', 'aria-label': name }, lines(text).slice(-40).map((line) => cut(line, 400) + '\n').map((line) => document.createTextNode(line)))];
}

// decoded are bytes as text; those that are none as \xff.
function decoded(base64) {
  const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
  const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let text = '';
  for (let i = 0; i < bytes.length;) {
    const first = bytes[i], n = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    try {
      text += strict.decode(bytes.subarray(i, i + n));
      i += n;
    } catch {
      text += '\\x' + first.toString(16);
      i++;
    }
  }
  return text;
}

// lines are those of a text, each to be shown on its own.
function lines(text) {
  const list = text.split(/\r\n|[\n\r\u0085\u2028\u2029]/);
  if (list[list.length - 1] === '') list.pop();
  return list.map((line) => shown(line.replaceAll('\t', '  ')));
}
