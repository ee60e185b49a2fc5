// A template as a tree. Made by parse.ts, run by execute.ts.

import type { Value } from '../go/value.js';

interface Place {
  readonly offset: number;
}

interface TextNode extends Place {
  readonly type: 'text';
  readonly text: string;
}

/** `{{ pipeline }}`: printed unless it only sets variables. */
interface ActionNode extends Place {
  readonly type: 'action';
  readonly pipe: Pipe;
}

export interface BranchNode extends Place {
  readonly type: 'if' | 'with' | 'range';
  readonly pipe: Pipe;
  readonly body: readonly Node[];
  readonly otherwise: readonly Node[];
}

export interface TemplateNode extends Place {
  readonly type: 'template';
  readonly name: string;
  readonly pipe: Pipe | undefined;
}

interface JumpNode extends Place {
  readonly type: 'break' | 'continue';
}

export type Node = TextNode | ActionNode | BranchNode | TemplateNode | JumpNode;

/** Commands one after the other, each one's value the last argument of the next. */
export interface Pipe extends Place {
  /** Variables it sets, with the dollar sign; two only in a range. */
  readonly variables: readonly string[];
  /** `:=` rather than `=`. */
  readonly declares: boolean;
  readonly commands: readonly Command[];
  /** As written, for messages. */
  readonly text: string;
}

export interface Command extends Place {
  readonly operands: readonly Operand[];
  readonly text: string;
}

/** What stands in a command: `.a.b`, `$x.a`, `(pipeline).a`, a function or a constant. */
export interface Operand extends Place {
  readonly base:
    | { readonly kind: 'dot' }
    | { readonly kind: 'variable'; readonly name: string }
    | { readonly kind: 'pipe'; readonly pipe: Pipe }
    | { readonly kind: 'function'; readonly name: string }
    | { readonly kind: 'nil' }
    | { readonly kind: 'constant'; readonly value: Value };
  readonly fields: readonly string[];
  readonly text: string;
}

/** One template and the text it is a part of, for lines and columns in messages. */
export interface Definition {
  readonly nodes: readonly Node[];
  readonly source: Source;
}

/** A text that was parsed: a file, an annotation. */
export interface Source {
  readonly name: string;
  readonly text: string;
}

/** Templates by name, all those `define`d among them. */
export type TemplateSet = Map<string, Definition>;
