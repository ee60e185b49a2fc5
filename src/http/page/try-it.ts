// The script of /docs. Without it the forms still work: they lead to the answer itself.

/** Runs in the browser. */
export const TRY_IT = `'use strict';

const LONGEST = 100000;
/* Of an answer that goes on for ever, milliseconds. */
const LISTEN = 2000;

for (const form of document.querySelectorAll('form[data-try]')) {
  form.addEventListener('submit', event => {
    event.preventDefault();
    ask(form).catch(error => show(form, 'No answer: ' + error.message, ''));
  });
}

async function ask(form) {
  const query = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (value !== '') query.append(name, value);
  const url = form.getAttribute('action') + (query.size > 0 ? '?' + query : '');
  const started = performance.now();
  show(form, 'Waiting for ' + url, '');
  const response = await fetch(url);
  const text = await read(response);
  const took = Math.round(performance.now() - started);
  show(form, response.status + ' ' + response.statusText + ' in ' + took + ' ms: ' + url, pretty(response, text));
}

async function read(response) {
  if (!(response.headers.get('content-type') || '').startsWith('text/event-stream')) return response.text();
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  const enough = setTimeout(() => reader.cancel(), LISTEN);
  let text = '';
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) text += piece.value;
  clearTimeout(enough);
  return text;
}

function pretty(response, text) {
  const isJson = (response.headers.get('content-type') || '').startsWith('application/json');
  const whole = isJson && text !== '' ? JSON.stringify(JSON.parse(text), null, 2) : text;
  return whole.length > LONGEST ? whole.slice(0, LONGEST) + '\\n... ' + (whole.length - LONGEST) + ' more' : whole;
}

function show(form, line, body) {
  const output = form.querySelector('output');
  const pre = document.createElement('pre');
  pre.tabIndex = 0;
  pre.textContent = body;
  output.replaceChildren(line, ...(body === '' ? [] : [pre]));
}
`;
