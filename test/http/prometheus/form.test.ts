import { describe, expect, test } from 'vitest';
import { Form } from '../../../src/http/prometheus/form.js';

describe('a form is read as Go reads it', () => {
  test.each<[name: string, texts: string[], values: Record<string, string[]>, problem?: string]>([
    ['nothing', [''], {}],
    ['pairs', ['a=1&b=2'], { a: ['1'], b: ['2'] }],
    ['a name twice', ['a=1&a=2'], { a: ['1', '2'] }],
    ['what comes first counts first', ['a=1', 'a=2&b=3'], { a: ['1', '2'], b: ['3'] }],
    ['no value', ['a&b=&=c'], { a: [''], b: [''], '': ['c'] }],
    ['an equals sign in a value', ['query=up{a=b}'], { query: ['up{a=b}'] }],
    ['empty pairs', ['&&a=1&'], { a: ['1'] }],
    ['plus signs are spaces', ['a+b=1+2%2B3'], { 'a b': ['1 2+3'] }],
    ['escapes', ['match%5B%5D=%C3%A4%F0%9F%98%80'], { 'match[]': ['ä😀'] }],
    ['bytes that are no UTF-8', ['a=x%FFy'], { a: ['x\uFFFDy'] }],
    ['such bytes among others', ['a=%C3%A4%FF%C3%B6+y'], { a: ['ä\uFFFDö y'] }],
    ['a broken escape', ['a=%zz&b=1'], { a: [], b: ['1'] }, 'invalid URL escape "%zz"'],
    ['a broken escape in a name', ['%4=1'], { '%4': [] }, 'invalid URL escape "%4"'],
    ['an escape cut off', ['a=1%'], { a: [] }, 'invalid URL escape "%"'],
    ['a semicolon', ['a=1;b=2&c=3'], { a: [], c: ['3'] }, 'invalid semicolon separator in query'],
    ['the first mistake', ['a=;', 'b=%zz'], { a: [], b: [] }, 'invalid semicolon separator in query'],
    ['names of an object', ['__proto__=1&constructor=2'], { ['__proto__']: ['1'], constructor: ['2'] }],
  ])('%s', (_, texts, values, problem) => {
    const form = new Form(...texts);
    for (const [name, all] of Object.entries(values)) {
      expect(form.all(name)).toEqual(all);
      expect(form.first(name)).toBe(all[0] ?? '');
    }
    expect(form.problem).toBe(problem);
  });
});
