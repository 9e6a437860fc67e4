// A space-time diagram: a lane for each actor, time downwards. Every event has a
// row of its own, so that nothing of what happened in a microsecond is lost, but
// for a short step that nothing came in between of, which takes one.
const rowHeight = 24, axisWidth = 92, headRoom = 8, barWidth = 10;
const mostLanes = 12, mostRows = 300, longTime = 2e7; // nanoseconds
const faults = new Set(['drop', 'reject', 'link', 'route', 'restore', 'abort']);
const silent = new Set(['repeat']);

class Diagram {
  constructor(run, options) {
    this.run = run;
    this.options = options; // actors, failure, width, selected; narrow: nothing may be wider; whole: all rows
    this.arrows = run.arrows;
    this.expanded = new Set();
    this.whole = options.whole;
    this.box = el('div', { class: 'diagram', tabindex: '0', role: 'region', 'aria-label': 'space-time diagram' });
    this.draw();
  }

  draw() {
    this.layLanes();
    this.layRows();
    this.box.replaceChildren(this.heads(), this.picture());
    if (this.options.narrow && this.width > this.options.width) this.box.style.zoom = String(this.options.width / this.width);
    if (this.hiddenRows > 0) {
      this.box.prepend(el('button', { class: 'more', click: () => { this.whole = true; this.draw(); } },
        `show ${count(this.hiddenRows, 'earlier row', 'earlier rows')}`));
    }
  }

  // Lanes: the actors in the order of the spec; where they are many, those with a
  // number share one.
  layLanes() {
    const acting = [];
    const seen = new Set();
    for (const event of this.run.events) {
      const { actor, verb } = event.step;
      if (!seen.has(actor) && !silent.has(verb)) { seen.add(actor); acting.push(actor); }
    }
    const rank = new Map((this.options.actors || []).map((name, i) => [name, i]));
    const root = (name) => name.replace(/\[.*$/, '').split('.')[0];
    acting.sort((a, b) => (rank.get(root(a)) ?? 1e9) - (rank.get(root(b)) ?? 1e9) || a.localeCompare(b, 'en', { numeric: true }));
    this.lanes = [];
    this.laneOf = new Map();
    const groups = new Map();
    for (const actor of acting) {
      const group = actor.replace(/\[\d+\]/g, '[…]');
      const shared = acting.length > mostLanes && group !== actor && !this.expanded.has(group);
      let lane = shared ? groups.get(group) : undefined;
      if (!lane) {
        lane = { name: shared ? group : actor, group, members: 0, shared, columns: [] };
        this.lanes.push(lane);
        if (shared) groups.set(group, lane);
      }
      lane.members++;
      this.laneOf.set(actor, lane);
    }
    const room = this.options.width || 900;
    const width = Math.max(this.options.narrow ? 36 : 150, Math.min(420, Math.floor((room - axisWidth) / Math.max(this.lanes.length, 1))));
    this.lanes.forEach((lane, i) => { lane.x = axisWidth + i * width; lane.width = width; });
    this.width = Math.max(axisWidth + this.lanes.length * width, room);
  }

  layRows() {
    const events = this.run.events.filter((e) => !silent.has(e.step.verb) && this.laneOf.has(e.step.actor));
    let rows = [];
    let before;
    for (const event of events) {
      if (!(before && before.step === event.step && event.kind !== 'start' && (before.kind === 'done' || event.at - before.at < longTime))) rows.push({ at: event.at, events: [] });
      rows[rows.length - 1].events.push(event);
      before = event;
    }
    this.hiddenRows = this.whole ? 0 : Math.max(rows.length - mostRows, 0);
    rows = rows.slice(this.hiddenRows);
    const gaps = rows.slice(1).map((r, i) => r.at - rows[i].at).sort((a, b) => a - b);
    const usual = gaps[Math.floor(gaps.length / 2)] || 0;
    this.folds = [];
    this.place = new Map(); // event → y
    let y = headRoom;
    rows.forEach((row, i) => {
      const gap = i > 0 ? row.at - rows[i - 1].events.at(-1).at : 0;
      if (gap > longTime && gap > 8 * usual) {
        this.folds.push({ y, gap });
        y += rowHeight;
      }
      row.y = y;
      for (const event of row.events) this.place.set(event, y);
      y += rowHeight;
      if (row.events.some((e) => e.kind === 'failed')) {
        row.note = this.note();
        y += row.note.length * 16 + (row.note.length ? 8 : 0);
      }
    });
    this.rows = rows;
    this.height = y + 8;
  }

  note() {
    const wrong = (this.options.failure?.mismatches || [])[0];
    return wrong ? [['want', wrong.want], ['got', wrong.got]] : [];
  }

  heads() {
    return el('div', { class: 'heads' }, el('span', { class: 'axis' }, this.options.plain ? 'step' : 'ms'), this.lanes.map((lane) => {
      const name = lane.members > 1 ? `${lane.name} ×${grouped(lane.members)}` : lane.name;
      const head = el('span', { class: 'lane', title: shown(name) }, cut(name, Math.floor(lane.width / 8)));
      head.style.width = lane.width + 'px';
      const toggle = (open) => () => { open ? this.expanded.add(lane.group) : this.expanded.delete(lane.group); this.draw(); };
      if (lane.members > 1 && lane.members <= 100) head.append(el('button', { click: toggle(true), title: 'a lane for each', 'aria-label': 'a lane for each ' + shown(lane.name) }, '⊞'));
      if (this.expanded.has(lane.group)) head.append(el('button', { click: toggle(false), title: 'one lane for all', 'aria-label': 'one lane for all ' + shown(lane.group) }, '⊟'));
      return head;
    }));
  }

  picture() {
    const text = `${count(this.lanes.length, 'lane', 'lanes')}, ${count(this.run.steps.length, 'step', 'steps')}; the calls are listed below`;
    return svg('svg', { width: this.width, height: this.height, viewBox: `0 0 ${this.width} ${this.height}`, role: 'img', 'aria-label': text },
      this.bands(), this.ground(), this.bars(), this.allArrows(), this.labels());
  }

  // What lies below all: lanes, the axis, folded stretches of time.
  ground() {
    const parts = this.lanes.map((lane) => svg('line', { x1: this.middle(lane), x2: this.middle(lane), y1: 0, y2: this.height, class: 'lane-line' }));
    let last;
    for (const row of this.rows) {
      const label = this.options.plain ? String(row.at) : instant(row.at);
      if (label !== last) parts.push(svg('text', { x: axisWidth - 16, y: row.y + 16, class: 'time' }, label));
      last = label;
    }
    for (const fold of this.folds) {
      parts.push(svg('rect', { x: 0, y: fold.y + 2, width: this.width, height: rowHeight - 4, class: 'fold' }),
        svg('text', { x: axisWidth - 16, y: fold.y + 16, class: 'fold-text' }, '⋯ ' + lasted(fold.gap), svg('title', {}, `${lasted(fold.gap)} in which nothing happened`)));
    }
    return parts;
  }

  middle(lane) { return lane.x + 14; }

  // Faults and barriers go across all lanes, and so does the failure.
  bands() {
    const parts = [], open = this.openings();
    for (const row of this.rows) {
      const { step } = row.events[0], kind = row.events[row.events.length - 1].kind;
      if (row.events.some((e) => open.has(e))) this.line(parts, row.y + 2, 'barrier', 'barrier');
      if (faults.has(step.verb) && row.events.some((e) => e.kind === 'done')) {
        parts.push(svg('rect', { x: axisWidth - 8, y: row.y + 1, width: this.width - axisWidth + 8, height: rowHeight - 2, class: 'fault' }));
      }
      if (kind === 'failed') {
        const height = rowHeight + (row.note?.length ? row.note.length * 16 + 4 : 0);
        parts.push(svg('rect', { x: 0, y: row.y, width: this.width, height, rx: 3, class: 'failed-band' }));
      }
    }
    return parts;
  }

  // A barrier opens when the first of those who are there goes on.
  openings() {
    const waiting = new Set(), open = new Set();
    let released = new Set();
    for (const event of this.run.events) {
      if (event.step.verb !== 'barrier') continue;
      if (event.kind === 'start') waiting.add(event.step);
      if (event.kind !== 'done') continue;
      if (!released.delete(event.step)) {
        open.add(event);
        released = new Set(waiting);
        released.delete(event.step);
      }
      waiting.delete(event.step);
    }
    return open;
  }

  line(parts, y, kind, label) {
    parts.push(svg('line', { x1: axisWidth - 8, x2: this.width, y1: y, y2: y, class: kind }),
      svg('text', { x: this.width - 4, y: y - 3, class: kind + '-text' }, label));
  }

  bars() {
    const parts = [];
    for (const step of this.run.steps) {
      const lane = this.laneOf.get(step.actor);
      const drawn = Object.values(step.had).filter((e) => this.place.has(e));
      if (!lane || drawn.length === 0) continue;
      parts.push(this.bar(step, lane, drawn));
    }
    return parts;
  }

  bar(step, lane, drawn) {
    const { had } = step, end = had.done || had.aborted || had.failed;
    const top = had.start && this.place.has(had.start) ? this.place.get(had.start) + 5 : headRoom;
    const bottom = end ? this.place.get(end) + rowHeight - 5 : this.height - 6;
    step.x = this.middle(lane) - barWidth / 2 + this.column(lane, step, top, bottom) * 6;
    step.top = top;
    step.bottom = bottom;
    const state = had.failed ? 'failed' : had['left out'] ? 'left-out' : had.aborted || !end ? 'aborted' : 'good';
    const group = svg('g', { class: 'step ' + state, tabindex: '-1', click: () => this.options.selected?.(step) },
      svg('rect', { x: step.x, y: top, width: barWidth, height: Math.max(bottom - top, 6), rx: 2, class: 'bar' }));
    if (had.blocked && this.place.has(had.blocked)) {
      const from = this.place.get(had.blocked) === top - 5 ? top + 5 : this.place.get(had.blocked) + 5;
      group.append(svg('rect', { x: step.x + 1, y: from, width: barWidth - 2, height: Math.max(bottom - from - 3, 4), class: 'waited' }));
    }
    group.append(svg('title', {}, this.about(step)));
    return group;
  }

  // Where actors share a lane, bars at the same time stand beside each other.
  column(lane, step, top, bottom) {
    if (!lane.shared) return 0;
    let c = lane.columns.findIndex((end) => end < top);
    if (c < 0) c = lane.columns.length < 9 ? lane.columns.length : 8;
    lane.columns[c] = bottom;
    return c;
  }

  about(step) {
    const { had } = step, parts = [`${step.actor}.${step.name}`];
    if (step.line) parts.push(`line ${step.line}`);
    if (had.start && had.done) parts.push(`took ${lasted(had.done.at - had.start.at)}`);
    if (had.blocked && had.done) parts.push(`blocked for ${lasted(had.done.at - had.blocked.at)}`);
    return [parts.join(', '), ...(step.out.calls || [])].join(' — ');
  }

  allArrows() {
    const parts = [];
    for (const arrow of this.arrows) {
      const { from, to, kind } = arrow;
      const end = kind === 'fork' ? to.had.start : to.had.done || to.had.aborted || to.had.failed;
      if (from.x === undefined || to.x === undefined || !end || !this.place.has(end)) continue;
      const y2 = this.place.get(end) + rowHeight / 2;
      const begun = from.had.done && this.place.has(from.had.done) ? this.place.get(from.had.done) + rowHeight / 2 : from.bottom;
      const y1 = Math.min(begun, y2) === y2 && from.had.start && this.place.has(from.had.start) ? this.place.get(from.had.start) + rowHeight / 2 : begun;
      parts.push(this.arrow(arrow, y1, y2));
    }
    return parts;
  }

  arrow({ kind, from, to, n }, y1, y2) {
    const right = to.x >= from.x, far = Math.abs(to.x - from.x);
    const x1 = right && far ? from.x + barWidth : from.x, x2 = right ? to.x - 1 : to.x + barWidth + 1;
    const bend = far ? 0 : -18;
    const d = far ? `M${x1} ${y1}L${x2} ${y2}` : `M${from.x} ${y1}C${from.x + bend} ${y1} ${to.x + bend} ${y2} ${to.x - 1} ${y2}`;
    const group = svg('g', { class: 'arrow ' + kind }, svg('path', { d, 'marker-end': `url(#head-${kind})` }),
      svg('title', {}, `${from.actor}.${from.name} → ${to.actor}.${to.name}: ${kind}${n ? ', ' + size(n) : ''}`));
    // Both ends tell a count; it stands here where what was sent came in several pieces, or as one of several.
    const label = n && (n !== to.out.length || n !== from.out.length) ? size(n) : '';
    if (label && far) {
      const part = right ? 0.8 : 0.55;
      group.append(svg('text', { x: x1 + (x2 - x1) * part, y: y1 + (y2 - y1) * part - 4, 'text-anchor': 'middle' }, label));
    }
    return group;
  }

  // What stands beside the bars: the call where it begins, what came of it where it ends.
  labels() {
    const parts = [];
    for (const row of this.rows) {
      const { step } = row.events[0], lane = this.laneOf.get(step.actor);
      if (step.x === undefined) continue;
      const started = row.events.some((e) => e.kind === 'start' || e.kind === 'left out');
      const kind = row.events[row.events.length - 1].kind;
      const x = lane.x + 14 + (lane.shared ? Math.max(lane.columns.length, 1) * 6 : barWidth / 2 + 12);
      const most = Math.floor((lane.x + lane.width - x - 4) / 6.3);
      const text = this.label(step, lane, started, kind);
      if (text) parts.push(svg('text', { x, y: row.y + 16, class: 'label ' + (kind === 'failed' ? 'failed' : started ? '' : 'later') }, cut(text, most)));
      (row.note || []).forEach(([word, value], i) => {
        parts.push(svg('text', { x, y: row.y + rowHeight + 12 + i * 16, class: 'note ' + word }, cut(`${word}  ${value}`, Math.max(Math.floor((this.width - x) / 6.8), 16))));
      });
    }
    return parts;
  }

  label(step, lane, started, kind) {
    const { out } = step;
    let text = started ? (step.name.replace(/\[.*$/, '') === step.verb ? step.verb : `${step.name} (${step.verb})`) : '';
    if (this.options.plain) text = step.name;
    if (lane.shared) text = (/\[[^\]]*\]/.exec(step.actor) || [''])[0] + ' ' + text;
    if (kind === 'left out') return text + ' left out';
    if (kind === 'aborted') return text + ' cut short';
    if (kind !== 'done' && kind !== 'failed') return text;
    if (!step.had.done) return text + (step.had.blocked ? ' still blocked' : ' failed');
    return text + ' ' + (this.came(out) || (started ? '' : 'done'));
  }

  came(out) {
    if (out.label) return '→ ' + out.label;
    if (out.errno) return out.errno;
    if (out.gaveUp) return 'still blocked';
    if (out.eof) return 'end of stream';
    if (out.length !== undefined) return size(out.length);
    return out.from && out.from !== 'unnamed' ? 'from ' + out.from : '';
  }
}

// What all pictures of the page share. They refer to it by name, so it must be where
// it is neither twice nor hidden.
function definitions() {
  const head = (kind) => svg('marker', { id: 'head-' + kind, viewBox: '0 0 8 8', refX: 7, refY: 4, markerWidth: 7, markerHeight: 7, orient: 'auto' },
    svg('path', { d: 'M0 0L8 4L0 8Z', class: 'head ' + kind }));
  return svg('svg', { class: 'definitions', width: 0, height: 0, 'aria-hidden': 'true' },
    svg('pattern', { id: 'hatch', width: 5, height: 5, patternUnits: 'userSpaceOnUse', patternTransform: 'rotate(45)' },
      svg('rect', { width: 5, height: 5, class: 'hatch-ground' }), svg('rect', { width: 2, height: 5, class: 'hatch-line' })),
    ['connect', 'data', 'datagram', 'end', 'interrupt', 'fork'].map(head));
}
