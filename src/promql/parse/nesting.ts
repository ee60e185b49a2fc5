// How deep an expression goes, seen from its tokens: parentheses and operators that wait for their right side. Looked
// at before the parser runs, which gives up in its own way on a deep stack.

import type { Role } from './roles.js';
import type { Token } from './token.js';

/** Parentheses and waiting operators that may be open at once. */
export const MAX_OPEN = 500;

const OPEN = 0;
const UNARY = 5;
const POWER = 6;
const PRECEDENCE: Readonly<Record<string, number>> = {
  or: 1,
  and: 2,
  unless: 2,
  '+': 4,
  '-': 4,
  '*': 5,
  '/': 5,
  '%': 5,
  atan2: 5,
  '^': POWER,
};
const COMPARISON = 3;

/** How tightly a binary operator binds: 1 (`or`) to 6 (`^`), as in Prometheus' grammar. */
export function precedenceOf(operator: string): number {
  return PRECEDENCE[operator.toLowerCase()] ?? COMPARISON;
}

/** Whether operators of this precedence group to the right: only `^` does. */
export function isRightAssociative(precedence: number): boolean {
  return precedence === POWER;
}

/** The token with which more than {@link MAX_OPEN} are open; undefined when that never happens. */
export function tooDeep(tokens: readonly Token[], roles: readonly Role[]): Token | undefined {
  const open: number[] = [];
  return tokens.find((token, i) => {
    step(open, roles[i] as Role, token.text);
    return open.length > MAX_OPEN;
  });
}

function step(open: number[], role: Role, text: string): void {
  switch (role) {
    case 'open':
      open.push(OPEN);
      break;
    case 'unary':
      open.push(UNARY);
      break;
    case 'comma':
      closeDownTo(open, OPEN + 1);
      break;
    case 'close':
      closeDownTo(open, OPEN + 1);
      open.pop();
      break;
    case 'binary': {
      const precedence = precedenceOf(text);
      closeDownTo(open, isRightAssociative(precedence) ? precedence + 1 : precedence);
      open.push(precedence);
    }
  }
}

function closeDownTo(open: number[], precedence: number): void {
  while (open.length > 0 && (open.at(-1) as number) >= precedence) open.pop();
}
