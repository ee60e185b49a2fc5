// The editor's piece that completes what is typed and closes brackets.

import {
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
} from '@codemirror/autocomplete';
import { lintKeymap } from '@codemirror/lint';
import { type Extension, Prec } from '@codemirror/state';
import { keymap } from '@codemirror/view';

export const extension = (): Extension => [
  closeBrackets(),
  autocompletion(),
  Prec.high(keymap.of([...closeBracketsKeymap, ...completionKeymap, ...lintKeymap])),
];
