// The editor's piece that colours what a language has parsed, and marks brackets.

import { bracketMatching, HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import type { Extension } from '@codemirror/state';
import { tags } from '@lezer/highlight';

const COLORS = HighlightStyle.define([
  { tag: [tags.number, tags.bool], color: 'var(--unhealthy)' },
  { tag: tags.string, color: 'var(--healthy)' },
  { tag: [tags.keyword, tags.modifier, tags.operatorKeyword], color: 'var(--planned)' },
  { tag: tags.function(tags.variableName), color: 'var(--planned)' },
  { tag: tags.standard(tags.variableName), color: 'var(--planned)' },
  { tag: tags.labelName, color: 'var(--degraded)' },
  { tag: tags.comment, color: 'var(--quiet)' },
  { tag: tags.invalid, color: 'var(--error)' },
]);

export const extension = (): Extension => [bracketMatching(), syntaxHighlighting(COLORS)];
