// The page: its head, the filter, the list and the scenario that is open. What is
// shown stands behind # in the address, so that it can be sent to others.
const run = data('run');
const rows = readRows(run);
const empty = { s: '', f: '', q: '', tag: '', o: '' };
let state = { ...empty };

const list = new List(rows, (number) => go({ s: String(number) }));
const detailBox = el('main', { id: 'detail', tabindex: '-1', 'aria-live': 'off' });
const search = el('input', { type: 'search', placeholder: 'name or file', 'aria-label': 'filter by name or file', input: () => go({ q: search.value }, true) });
const tagChoice = el('select', { 'aria-label': 'filter by tag', change: () => go({ tag: tagChoice.value }, true) },
  el('option', { value: '' }, 'all tags'), run.tags.slice().sort().map((t) => el('option', { value: t }, cut(t, 60))));
const orderChoice = el('select', { 'aria-label': 'order', change: () => go({ o: orderChoice.value }, true) },
  el('option', { value: '' }, 'file order'), el('option', { value: 'verdict' }, 'failures first'), el('option', { value: 'time' }, 'longest first'));
const shownCount = el('p', { class: 'legend shown-count', role: 'status' });
const filters = new Map();

function totalsBar() {
  const { totals } = run;
  const groups = [['failed', totals.failed + totals.errors], ['inconclusive', totals.inconclusive], ['passed', totals.passed], ['skipped', totals.skipped]];
  const all = groups.reduce((n, [, k]) => n + k, 0);
  const track = el('div', { class: 'totals-track', 'aria-hidden': 'true' }, groups.filter(([, n]) => n > 0).map(([name, n]) => {
    const piece = el('span', { class: name });
    piece.style.flexGrow = String(Math.max(n, all / 200));
    return piece;
  }));
  const button = (name, n, label) => {
    const b = el('button', { class: 'filter ' + name, 'aria-pressed': 'false', click: () => go({ f: state.f === name ? '' : name }, true) }, el('b', {}, grouped(n)), ' ' + label);
    filters.set(name, b);
    return b;
  };
  return el('div', { class: 'totals' }, el('div', { class: 'filters', role: 'group', 'aria-label': 'filter by verdict' }, button('', all, 'all'),
    groups.filter(([name, n]) => n > 0 || name === 'failed').map(([name, n]) => button(name, n, name))), track);
}

function pageHead() {
  const facts = [run.time, lasted(run.elapsed_ns), run.jobs && `${count(run.jobs, 'job', 'jobs')}`, run.isolation && `isolation ${run.isolation}`,
    run.rounds > 1 && `${grouped(run.rounds)} runs each`, `sockspec ${run.program}`].filter(Boolean);
  const notes = [];
  if (run.interrupted) notes.push('The run was interrupted.');
  if (run.problem) notes.push('The run ended early: ' + run.problem);
  if (run.totals.not_run) notes.push(`${count(run.totals.not_run, 'scenario', 'scenarios')} did not run.`);
  if (run.left_out) notes.push(`The details of ${count(run.left_out, 'scenario', 'scenarios')} have no room here: a page has at most 48 MiB, 24 of those that passed.`);
  return el('header', {}, el('div', { class: 'title' }, el('h1', {}, run.explored ? 'sockspec explore' : 'sockspec'), el('p', { class: 'facts-line' }, facts.join(' · ')),
    el('button', { class: 'help', click: () => help.showModal(), 'aria-label': 'keys', title: 'keys (?)' }, '?')),
  notes.map((n) => el('p', { class: 'note', role: 'note' }, n)));
}

const help = el('dialog', { class: 'help-box', 'aria-label': 'keys' }, el('h2', {}, 'Keys'), el('dl', {}, [
  ['/', 'filter'], ['j  k', 'next, previous'], ['Enter', 'open'], ['f', 'next failure'], ['Esc', 'close'], ['?', 'these keys'],
].map(([key, what]) => el('div', {}, el('dt', {}, key.split('  ').map((k) => [el('kbd', {}, k), ' '])), el('dd', {}, what)))),
el('form', { method: 'dialog' }, el('button', { value: 'close' }, 'Close')));
help.querySelector('form button').addEventListener('click', (e) => { e.preventDefault(); help.close(); });

function readHash() {
  const given = new URLSearchParams(location.hash.slice(1));
  const next = { ...empty };
  for (const key of Object.keys(empty)) next[key] = given.get(key) || '';
  return next;
}

function go(change, replace) {
  const next = new URLSearchParams(Object.entries({ ...state, ...change }).filter(([, v]) => v !== ''));
  const hash = '#' + next;
  if (replace) history.replaceState(null, '', hash);
  else if (hash !== location.hash) history.pushState(null, '', hash);
  show();
}

function show() {
  const before = state;
  state = readHash();
  if (document.activeElement !== search) search.value = state.q;
  tagChoice.value = state.tag;
  orderChoice.value = state.o;
  for (const [name, button] of filters) button.setAttribute('aria-pressed', String(state.f === name));
  list.filter(state);
  shownCount.textContent = list.shownRows.length === rows.length ? count(rows.length, 'scenario', 'scenarios') : `${grouped(list.shownRows.length)} of ${count(rows.length, 'scenario', 'scenarios')}`;
  if (state.s !== before.s || !detailBox.firstChild) openScenario();
}

function openScenario() {
  const row = /^\d+$/.test(state.s) ? rows[Number(state.s)] : undefined;
  document.body.classList.toggle('open', row !== undefined);
  if (!row) {
    list.chosen = undefined;
    list.redraw();
    detailBox.replaceChildren(el('p', { class: 'nothing' }, rows.length ? 'Choose a scenario.' : 'No scenario ran.'));
    return;
  }
  list.choose(row.number);
  const wide = Math.max(detailBox.clientWidth - 56, 300);
  detailBox.replaceChildren(el('article', {}, el('div', { class: 'article-head' },
    el('button', { class: 'back', click: () => go({ s: '' }), title: 'close (Esc)' }, '← list'), el('h2', {}, row.name)), detailPane(row, wide)));
  detailBox.scrollTop = 0;
  if (matchMedia('(max-width: 820px)').matches) scrollTo(0, 0);
}

const keys = {
  '/': () => { search.focus(); search.select(); },
  j: () => list.move(list.at + 1),
  k: () => list.move(Math.max(list.at - 1, 0)),
  ArrowDown: () => list.move(list.at + 1),
  ArrowUp: () => list.move(Math.max(list.at - 1, 0)),
  Enter: () => list.current() && go({ s: String(list.current().number) }),
  Escape: () => go({ s: '' }),
  f: () => { const r = list.nextFailure(); if (r) go({ s: String(r.number) }); },
  '?': () => help.showModal(),
};

addEventListener('keydown', (e) => {
  if (e.ctrlKey || e.metaKey || e.altKey || help.open) return;
  const { target } = e, typing = target === search || target instanceof HTMLSelectElement;
  if (typing && e.key === 'Escape') {
    target.blur();
    return;
  }
  if (target === search && e.key === 'Enter') {
    list.move(0);
    e.preventDefault();
    return;
  }
  const arrows = e.key.startsWith('Arrow');
  if (typing || e.key === 'Enter' && target instanceof HTMLButtonElement || arrows && target !== list.space) return;
  const act = Object.hasOwn(keys, e.key) ? keys[e.key] : undefined;
  if (!act) return;
  e.preventDefault();
  act();
});
addEventListener('hashchange', show);
addEventListener('popstate', show);

// On paper there is nothing to open: it has the scenario that is open, or else the
// failures, which follow each other.
const paper = el('div', { class: 'paper' });
const paperWidth = 680;
addEventListener('beforeprint', () => {
  const open = /^\d+$/.test(state.s) && rows[Number(state.s)];
  const printed = open ? [open] : rows.filter((r) => group(r.verdict) === 'failed').slice(0, 100);
  paper.replaceChildren(...printed.map((r) => el('article', {}, el('h2', {}, r.name), detailPane(r, paperWidth, open ? 'whole' : 'short'))));
});
addEventListener('afterprint', () => paper.replaceChildren());

document.getElementById('app').append(definitions(), pageHead(), el('div', { class: 'columns' },
  el('nav', { 'aria-label': 'scenarios' }, el('div', { class: 'controls' }, totalsBar(), el('div', { class: 'controls-line' }, search, run.tags.length > 0 && tagChoice, orderChoice), shownCount), list.box),
  detailBox), paper, help);
show();
