// The list of scenarios. Only the rows in view, and some around them, are elements.
const listRowHeight = 52;
const order = { fail: 0, error: 1, inconclusive: 2, skip: 3, pass: 4 };

function readRows(run) {
  return (data('list') || []).map(([verdict, name, file, line, us, tags, message, runs, bad], number) => ({
    number, verdict, name, fileNumber: file, file: run.files[file], line, us, tags: tags.map((t) => run.tags[t]), message, runs: runs || 1, bad: bad || 0,
  }));
}

class List {
  constructor(rows, open) {
    this.rows = rows;
    this.openRow = open;
    this.longest = Math.max(1, ...rows.map((r) => r.us).slice(0, 100000));
    this.shownRows = rows;
    this.at = -1; // of the row that the keys move
    this.drawn = new Map();
    this.space = el('div', { class: 'space', role: 'listbox', 'aria-label': 'scenarios', tabindex: '0' });
    this.box = el('div', { class: 'rows' }, this.space);
    this.box.addEventListener('scroll', () => requestAnimationFrame(() => this.draw()), { passive: true });
    new ResizeObserver(() => this.draw()).observe(this.box);
  }

  filter(state) {
    const text = state.q.toLowerCase();
    const wanted = (r) => (!state.f || group(r.verdict) === state.f) && (!state.tag || r.tags.includes(state.tag)) &&
      (!text || r.name.toLowerCase().includes(text) || r.file.toLowerCase().includes(text));
    this.shownRows = this.rows.filter(wanted);
    if (state.o === 'time') this.shownRows.sort((a, b) => b.us - a.us || a.number - b.number);
    else if (state.o === 'verdict') this.shownRows.sort((a, b) => order[a.verdict] - order[b.verdict] || a.number - b.number);
    this.space.style.height = this.shownRows.length * listRowHeight + 'px';
    this.at = this.shownRows.findIndex((r) => r.number === this.chosen);
    this.forget();
    this.draw();
  }

  forget() {
    for (const node of this.drawn.values()) node.remove();
    this.drawn.clear();
  }

  draw() {
    const first = Math.max(Math.floor(this.box.scrollTop / listRowHeight) - 8, 0);
    const last = Math.min(first + Math.ceil((this.box.clientHeight || 600) / listRowHeight) + 16, this.shownRows.length);
    for (const [i, node] of this.drawn) {
      if (i < first || i >= last) {
        node.remove();
        this.drawn.delete(i);
      }
    }
    for (let i = first; i < last; i++) {
      if (this.drawn.has(i)) continue;
      const node = this.row(this.shownRows[i], i);
      this.drawn.set(i, node);
      this.space.append(node);
    }
  }

  row(r, i) {
    const bar = el('span', { class: 'duration-bar', 'aria-hidden': 'true' });
    bar.style.width = Math.max(2, Math.sqrt(r.us / this.longest) * 100) + '%';
    const node = el('div', {
      class: 'row ' + r.verdict + (r.number === this.chosen ? ' chosen' : ''), role: 'option', id: 'row-' + r.number, 'aria-selected': String(r.number === this.chosen),
      'aria-setsize': this.shownRows.length, 'aria-posinset': i + 1, click: () => this.openRow(r.number),
    }, el('span', { class: 'sign ' + r.verdict, title: verdictWords[r.verdict], role: 'img', 'aria-label': verdictWords[r.verdict] }, { pass: '✓', fail: '✗', skip: '–', error: '!', inconclusive: '?' }[r.verdict]),
    el('span', { class: 'name', title: cut(r.name, 300) }, cut(r.name, 200)), el('span', { class: 'duration' }, lasted(r.us * 1000), el('span', { class: 'duration-track' }, bar)),
    el('span', { class: 'what' }, cut(r.verdict === 'pass' ? `${r.file}:${r.line}` : r.message || `${r.file}:${r.line}`, 160)));
    node.style.transform = `translateY(${i * listRowHeight}px)`;
    if (i === this.at) node.classList.add('cursor');
    return node;
  }

  // choose marks the scenario that is open.
  choose(number) {
    this.chosen = number;
    const at = this.shownRows.findIndex((r) => r.number === number);
    if (at >= 0) this.move(at, false);
    else this.redraw();
  }

  move(to, focus = true) {
    if (this.shownRows.length === 0) return;
    this.at = Math.min(Math.max(to, 0), this.shownRows.length - 1);
    const top = this.at * listRowHeight, { scrollTop, clientHeight } = this.box;
    if (top < scrollTop) this.box.scrollTop = top;
    else if (clientHeight && top + listRowHeight > scrollTop + clientHeight) this.box.scrollTop = top + listRowHeight - clientHeight;
    this.redraw();
    this.space.setAttribute('aria-activedescendant', 'row-' + this.shownRows[this.at].number);
    if (focus) this.space.focus({ preventScroll: true });
  }

  redraw() {
    this.forget();
    this.draw();
  }

  current() { return this.shownRows[this.at]; }

  nextFailure() {
    for (let k = 1; k <= this.shownRows.length; k++) {
      const r = this.shownRows[(Math.max(this.at, -1) + k) % this.shownRows.length];
      if (group(r.verdict) === 'failed') return r;
    }
  }
}

// group is what the filter calls a verdict: an error has failed too.
function group(verdict) { return { pass: 'passed', skip: 'skipped', inconclusive: 'inconclusive' }[verdict] || 'failed'; }
