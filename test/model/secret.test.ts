import { format, inspect } from 'node:util';
import { expect, test } from 'vitest';
import { Secret } from '../../src/model/secret.js';

const VALUE = 'hunter2-correct-horse';
const secret = new Secret(VALUE);

test('reveal gives the value', () => expect(secret.reveal()).toBe(VALUE));

test.each<[string, () => string]>([
  ['JSON', () => JSON.stringify({ password: secret })],
  ['JSON in an array', () => JSON.stringify([[secret]])],
  ['a template', () => `${secret}`],
  ['joining texts', () => `password: ${String(secret)}`],
  ['join', () => [secret, secret].join()],
  ['inspect', () => inspect(secret)],
  [
    'inspect of what holds it, hidden things too',
    () => inspect({ deep: { a: [secret] } }, { depth: 9, showHidden: true }),
  ],
  ['inspect without custom inspection', () => inspect(secret, { customInspect: false, showHidden: true })],
  ['format %s', () => format('%s', secret)],
  ['format %o %O %j', () => format('%o %O %j', secret, secret, secret)],
  ['its entries', () => JSON.stringify(Object.entries(secret))],
  ['its own property names', () => JSON.stringify(Object.getOwnPropertyNames(secret))],
  ['a copy by spreading', () => inspect({ ...secret })],
  ['a structured clone', () => inspect(structuredClone(secret), { showHidden: true })],
  ['an error that carries it', () => inspect(new Error(`cannot sign in with ${secret}`, { cause: secret }))],
])('%s does not show it', (_, print) => {
  const printed = print();
  expect(typeof printed).toBe('string');
  expect(printed).not.toContain('hunter2');
});

test.each([
  ['JSON', JSON.stringify({ password: secret }), '{"password":"<secret>"}'],
  ['a template', `${secret}`, '<secret>'],
  ['inspect', inspect(secret), '<secret>'],
])('%s shows that there is one', (_, printed, want) => expect(printed).toBe(want));
