/* A cell shows its run: by click, by Enter or Space, and by the address (#row-column). Arrow keys go from cell to cell. */

const data = JSON.parse(document.getElementById('runs').textContent);
const panel = document.getElementById('run');
const cells = [...document.querySelectorAll('.matrix button')];

/** An element; children are elements or text, so nothing of a run is ever read as markup. */
function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children.filter((child) => child !== null));
  return made;
}

const grouped = (value) => String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ' ');
const heading = (text) => element('h3', {}, text);

function axis(title, found, expected) {
  if (found === null) return [];
  const note = found === expected ? 'as expected' : `expected ${expected}`;
  return [element('dt', {}, title), element('dd', {}, element('strong', {}, found), `, ${note}: ${data.words[found]}`)];
}

function steps(run) {
  const lines = run.steps.map(([time, kind, text]) =>
    element('li', { class: kind }, element('time', {}, grouped(time)), element('span', {}, text)),
  );
  return element('ol', { class: 'steps' }, ...lines);
}

function alarms(run) {
  if (run.alarms.length === 0) return element('p', { class: 'soft' }, 'None left the machine.');
  const lines = run.alarms.map(({ id, component, instruction, cause, meaning }) =>
    element(
      'li',
      {},
      element('strong', {}, id),
      ` by ${component}, instruction ${grouped(instruction)}`,
      meaning === null ? '' : `. ${meaning}`,
      element('br', {}),
      element('code', { class: 'soft' }, cause),
    ),
  );
  return element('ul', { class: 'alarms' }, ...lines);
}

function figures(headings, rows) {
  const cell = (text, index) =>
    element(index === 0 ? 'th' : 'td', index === 0 ? { scope: 'row' } : { class: 'number' }, text);
  const head = headings.map((text, index) =>
    element('th', { scope: 'col', ...(index > 0 && { class: 'number' }) }, text),
  );
  return element(
    'table',
    { class: 'figures' },
    element('thead', {}, element('tr', {}, ...head)),
    element('tbody', {}, ...rows.map((row) => element('tr', {}, ...row.map(cell)))),
  );
}

function events(run) {
  const rows = [];
  for (let i = 0; i < run.counts.length; i += 2) rows.push([data.events[run.counts[i]], grouped(run.counts[i + 1])]);
  const list = element(
    'details',
    {},
    element('summary', {}, `all ${rows.length} events`),
    figures(['event', 'count'], rows),
  );
  return [
    figures(
      ['', 'count'],
      run.groups.map(([title, count]) => [title, grouped(count)]),
    ),
    list,
  ];
}

function cycles(run) {
  const rows = run.cycles.map(([profile, ...bounds]) => [profile, ...bounds.map(grouped)]);
  return figures(['cycles under', 'low', 'mid', 'high'], rows);
}

function show(button, move) {
  const run = data.runs[button.dataset.run];
  for (const other of cells) other.setAttribute('aria-pressed', String(other === button));
  const verdict = element(
    'p',
    {},
    element('span', { class: run.agrees ? 'mark good' : 'mark wrong' }, run.agrees ? 'as expected' : 'not as expected'),
  );
  panel.replaceChildren(
    element('h2', {}, run.title),
    element('p', { class: 'soft' }, run.where),
    verdict,
    element(
      'dl',
      { class: 'axes' },
      ...axis('effect', run.effect, run.expectedEffect),
      ...axis('detection', run.detection, run.expectedDetection),
      element('dt', {}, 'because'),
      element('dd', {}, run.reason),
    ),
    heading('Steps, by the number of instructions'),
    steps(run),
    heading('Alarms'),
    alarms(run),
    ...(run.latency === null
      ? []
      : [element('p', {}, `${grouped(run.latency)} instructions from the first hostile one to the alarm.`)]),
    ...(run.gaps.length === 0
      ? []
      : [heading('Not implemented, and met'), ...run.gaps.map((gap) => element('p', {}, gap))]),
    heading('The same run again'),
    element('code', { class: 'command' }, run.command),
    heading('What it cost'),
    ...events(run),
    cycles(run),
    element('p', { class: 'soft' }, 'run key ', element('code', {}, run.key.slice(0, 16))),
  );
  panel.scrollTop = 0;
  if (move) history.replaceState(null, '', `#${button.id}`);
}

/** The nearest cell with a run in a direction, or none. */
function neighbour(button, rows, columns) {
  const [row, column] = button.id.split('-').slice(1).map(Number);
  for (let step = 1; step <= cells.length; step++) {
    const found = document.getElementById(`cell-${row + rows * step}-${column + columns * step}`);
    if (found) return found;
  }
  return null;
}

const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

for (const button of cells) {
  button.addEventListener('click', () => show(button, true));
  button.addEventListener('keydown', (event) => {
    const arrow = ARROWS[event.key];
    const next = arrow && neighbour(button, ...arrow);
    if (!next) return;
    event.preventDefault();
    next.focus();
  });
}

/* What is not as expected is what one wants to see first. */
const named = document.getElementById(location.hash.slice(1));
const first = cells.includes(named) ? named : cells.find((button) => button.classList.contains('wrong'));
if (first) show(first, false);
