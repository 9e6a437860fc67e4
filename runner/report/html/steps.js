// What happened to the steps of a run, and the arrows between those that met.
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
  const arrows = (detail.arrows || []).map(([kind, from, to, n]) => ({ kind, from: steps[from], to: steps[to], n }));
  return { steps, events, arrows, lost: detail.lost || 0 };
}
