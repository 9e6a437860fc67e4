// One scenario: the failure, the command, the diagram with the file beside it, the calls.
const verdictWords = { pass: 'passed', fail: 'failed', skip: 'skipped', error: 'error', inconclusive: 'inconclusive' };

function part(title, ...content) { return el('section', {}, el('h3', {}, title), content); }

function badge(verdict) {
  const sign = { pass: '✓', fail: '✗', skip: '–', error: '!', inconclusive: '?' }[verdict] || '?';
  return el('span', { class: 'badge ' + (verdictWords[verdict] ? verdict : 'error') }, `${sign} ${verdictWords[verdict] || verdict}`);
}

// paper: '' for the screen, or 'short' or 'whole'.
function detailPane(row, wide, paper = '') {
  const detail = data('s-' + row.number), parts = [];
  parts.push(el('p', { class: 'sub' }, badge(row.verdict), el('code', {}, `${row.file}:${row.line}`),
    el('span', {}, lasted(row.us * 1000)),
    row.runs > 1 && el('span', {}, `${grouped(row.bad)} of ${count(row.runs, 'run', 'runs')} went wrong`),
    row.tags.map((tag) => el('span', { class: 'tag' }, tag))));
  if (!detail) {
    parts.push(row.message && el('p', { class: 'message' }, row.message),
      el('p', { class: 'legend' }, 'There was no room for the details of this scenario. The events (--report json) have them.'));
    return parts;
  }
  if (detail.about) parts.push(el('p', { class: 'about' }, detail.about));
  if (detail.reason && !detail.failure) parts.push(el('p', { class: 'message' }, detail.reason));
  if (detail.failure) parts.push(failurePanel(detail.failure));
  if (detail.again) parts.push(commandPart(detail.again));
  if (detail.orders) parts.push(el('p', { class: 'legend' }, ordersText(detail.orders)));
  if (detail.explored) parts.push(exploredPart(detail, wide, paper));
  else parts.push(happenedPart(row, detail, wide, paper));
  if (detail.explored) {
    const source = sourcePart(row, detail);
    if (source) parts.push(part('The scenario', source.box));
  }
  if (detail.failure) {
    parts.push(programsPart(detail.failure.programs), actorsPart(detail.failure), socketsPart(detail.failure));
    if (detail.failure.schedule?.length) {
      parts.push(part('The order in which the steps were started', el('p', { class: 'schedule' }, el('code', {}, detail.failure.schedule.join(' ')))));
    }
  }
  return parts;
}

function commandPart(command) {
  const said = el('span', { role: 'status', class: 'said' });
  const code = el('code', {}, command);
  const copy = el('button', { click: async () => {
    try {
      await navigator.clipboard.writeText(command);
      said.textContent = 'copied';
    } catch {
      getSelection().selectAllChildren(code);
      said.textContent = 'selected';
    }
  } }, 'Copy');
  return el('div', { class: 'command' }, el('span', { class: 'legend' }, 'again'), code, copy, said);
}

function ordersText(o) {
  return count(o.tried, 'order was tried', 'orders were tried') + (o.left_out ? `, ${grouped(o.left_out)} left out that differ only in steps which touch nothing in common` : '') +
    (o.diverged ? `, ${grouped(o.diverged)} diverged` : '') + (o.complete ? '; there are no more' : '') + (o.seed !== undefined ? `; at random, seed ${o.seed}` : '');
}

// The diagram, with the text of the scenario beside it, and the calls below.
function happenedPart(row, detail, wide, paper) {
  const run = readSteps(detail), source = sourcePart(row, detail);
  const room = source && !paper && matchMedia('(min-width: 1360px)').matches ? Math.floor((wide - 26) * 0.6) - 2 : wide - 2;
  const marks = { step: () => {} };
  const parts = [];
  if (run.steps.length > 0) {
    const diagram = new Diagram(run, { actors: detail.actors, failure: detail.failure, width: room, narrow: paper, whole: paper === 'whole', selected: (step) => marks.step(step) });
    parts.push(part('What happened', run.lost > 0 && el('p', { class: 'legend' }, count(run.lost, 'earlier event is', 'earlier events are') + ' not kept'), diagram.box, legend()));
  }
  if (source) parts.push(part('The scenario', source.box));
  const calls = callsPart(run, paper === 'whole' ? Infinity : mostCalls);
  marks.step = (step) => { source?.mark(step.line); calls?.mark(step); };
  return [el('div', { class: 'beside' }, parts), calls?.box, wrotePart(detail)];
}

function legend() {
  const sample = (kind) => svg('svg', { width: 14, height: 14, 'aria-hidden': 'true' },
    svg('g', { class: 'step ' + kind }, svg('rect', { x: 2, y: 1, width: 10, height: 12, rx: 2, class: 'bar' }), kind === 'blocked' && svg('rect', { x: 3, y: 3, width: 8, height: 8, class: 'waited' })));
  const stroke = (kind) => svg('svg', { width: 22, height: 14, 'aria-hidden': 'true' }, svg('g', { class: 'arrow ' + kind }, svg('path', { d: 'M1 7L20 7', 'marker-end': `url(#head-${kind})` })));
  return el('p', { class: 'legend keys' }, el('span', {}, sample('good'), 'step'), el('span', {}, sample('blocked'), 'blocked'),
    el('span', {}, sample('aborted'), 'cut short'), el('span', {}, stroke('connect'), 'connection'), el('span', {}, stroke('data'), 'data'), el('span', {}, stroke('end'), 'end of stream'));
}

// The lines of the file that the scenario is in. It ends where a line is no deeper
// than the dash that it begins with.
function sourcePart(row, detail) {
  const text = data('file-' + row.fileNumber);
  if (text === undefined || !row.line) return null;
  const all = text.split(/\r\n|[\n\r\u0085\u2028\u2029]/);
  const depth = (line) => /^ *(- )?/.exec(line || '')[0].length;
  let first = row.line - 1;
  for (let i = 0; i < 200 && first > 0 && !/^ *- /.test(all[first]); i++) first--;
  const dash = /^ */.exec(all[first] || '')[0].length;
  let last = first + 1;
  while (last < all.length && last - first < 1000 && (/^\s*(#.*)?$/.test(all[last]) || depth(all[last]) > dash + 2 || /^ */.exec(all[last])[0].length > dash)) last++;
  while (last > first + 1 && /^\s*$/.test(all[last - 1])) last--;
  const wrong = new Set([detail.failure?.pos?.line, ...(detail.failure?.mismatches || []).map((m) => m.pos?.line)]);
  const rows = new Map();
  const box = el('div', { class: 'source', tabindex: '0', role: 'region', 'aria-label': 'the text of the scenario' }, el('ol', { start: first + 1 },
    all.slice(first, last).map((line, i) => {
      const number = first + 1 + i;
      const item = el('li', { class: wrong.has(number) ? 'wrong' : '' }, el('span', { class: 'line-number' }, number),
        el('code', { class: /^\s*#/.test(line) ? 'comment' : '' }, cut(line.replaceAll('\t', '  '), 600) || ' '));
      rows.set(number, item);
      return item;
    })));
  const mark = (line) => {
    for (const item of rows.values()) item.classList.remove('chosen');
    const item = rows.get(line);
    if (!item) return;
    item.classList.add('chosen');
    box.scrollTop = item.offsetTop - box.clientHeight / 2;
  };
  return { box, mark };
}

const mostCalls = 200;

// The calls as strace writes them, in the order in which they returned.
function callsPart(run, most) {
  const done = run.events.filter((e) => e.kind === 'done' || e.kind === 'aborted');
  const rows = [], of = new Map();
  for (const event of done) {
    const { step } = event;
    for (const call of step.out.calls || []) {
      const item = () => {
        const r = el('tr', { class: step.had.failed ? 'failed' : '' }, el('td', { class: 'number' }, instant(event.at)), el('th', { scope: 'row' }, step.actor), el('td', {}, el('code', {}, call)));
        if (!of.has(step)) of.set(step, r);
        return r;
      };
      rows.push(item);
    }
  }
  if (rows.length === 0) return null;
  const body = el('tbody', {}, rows.slice(-most).map((item) => item()));
  const more = rows.length > most && el('button', { class: 'more', click: (e) => { e.target.remove(); body.replaceChildren(...rows.map((item) => item())); } }, `show ${count(rows.length - most, 'earlier call', 'earlier calls')}`);
  const box = part('The calls', more, el('div', { class: 'scroll calls', tabindex: '0', role: 'region', 'aria-label': 'the calls' },
    el('table', {}, el('thead', {}, el('tr', {}, el('th', { scope: 'col', class: 'number' }, 'ms'), el('th', { scope: 'col' }, 'actor'), el('th', { scope: 'col' }, 'call'))), body)));
  const mark = (step) => {
    for (const r of body.children) r.classList.remove('chosen');
    of.get(step)?.classList.add('chosen');
  };
  return { box, mark };
}

// What the programs wrote, when the runner read it.
function wrotePart(detail) {
  const lines = detail.wrote || [];
  if (lines.length === 0) return null;
  const body = lines.map(([at, program, stderr, text]) => el('tr', {}, el('td', { class: 'number' }, instant(at)), el('th', { scope: 'row' }, program),
    el('td', { class: stderr ? 'stderr' : '' }, stderr ? 'stderr' : 'stdout'), el('td', {}, el('code', {}, text || ' '))));
  return part('What the programs wrote', detail.wrote_lost > 0 && el('p', { class: 'legend' }, count(detail.wrote_lost, 'earlier line is', 'earlier lines are') + ' not kept'),
    el('div', { class: 'scroll calls wrote', tabindex: '0', role: 'region', 'aria-label': 'what the programs wrote' },
      el('table', {}, el('thead', {}, el('tr', {}, el('th', { scope: 'col', class: 'number' }, 'ms'), el('th', { scope: 'col' }, 'program'), el('th', { scope: 'col' }, 'stream'), el('th', { scope: 'col' }, 'line'))), el('tbody', {}, body))));
}

// What came of all orders of a scenario's steps.
function exploredPart(detail, wide, paper) {
  const { outcomes, orders } = detail.explored;
  const steps = [...new Set(outcomes.flatMap((o) => Object.keys(o.steps)))].sort();
  const table = el('div', { class: 'scroll' }, el('table', { class: 'facts outcomes' },
    el('thead', {}, el('tr', {}, el('th', { scope: 'col' }, 'verdict'), el('th', { scope: 'col', class: 'number' }, 'orders'), steps.map((s) => el('th', { scope: 'col' }, s)))),
    el('tbody', {}, outcomes.map((o) => el('tr', {}, el('td', {}, badge(o.verdict)), el('td', { class: 'number' }, grouped(o.orders)), steps.map((s) => el('td', {}, o.steps[s] ?? '–')))))));
  const most = 20;
  return [part('What can come of it', table, el('p', { class: 'legend' }, ordersText(orders))),
    outcomes.slice(0, most).map((o) => el('section', {}, el('h3', {}, badge(o.verdict), ' ', Object.entries(o.steps).map(([s, v]) => `${s}: ${v}`).join(', ') || 'no error, no label'),
      o.failure && el('p', { class: 'message' }, sentence(o.failure)),
      el('p', { class: 'legend' }, o.orders === 1 ? 'the one order that leads to it' : `the shortest of ${grouped(o.orders)} orders that lead to it`),
      scheduleDiagram(o, detail, wide, paper)))];
}

// An order is known by its steps alone: each has a row.
function scheduleDiagram(outcome, detail, wide, paper) {
  const steps = (outcome.schedule || []).map((name) => {
    const at = name.lastIndexOf('.'), step = { actor: name.slice(0, at), name: name.slice(at + 1), verb: '', out: untold, had: {} };
    const came = outcome.steps[name];
    if (came) step.out = { label: came };
    return step;
  });
  const events = steps.flatMap((step, i) => {
    const list = [{ step, kind: 'start', at: i + 1 }, { step, kind: 'done', at: i + 1 }];
    const f = outcome.failure;
    if (f && f.actor === step.actor && f.step === step.name) list.push({ step, kind: 'failed', at: i + 1 });
    for (const e of list) step.had[e.kind] = e;
    return list;
  });
  return new Diagram({ steps, events, arrows: [], lost: 0 }, { actors: detail.actors, failure: outcome.failure, width: wide - 2, narrow: paper, plain: true }).box;
}
