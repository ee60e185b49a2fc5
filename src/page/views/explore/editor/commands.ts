// The editor's piece for keys and undo.

import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import type { Extension } from '@codemirror/state';
import { keymap } from '@codemirror/view';

export const extension = (): Extension => [history(), keymap.of([...historyKeymap, ...defaultKeymap])];
