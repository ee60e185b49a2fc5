// The editor: CodeMirror with Prometheus' own PromQL language. Completion asks the monitor's Prometheus API. A chunk of
// its own, by far the page's largest.

import {
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
} from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, insertNewlineAndIndent } from '@codemirror/commands';
import { bracketMatching, HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { lintKeymap } from '@codemirror/lint';
import { EditorState, Prec } from '@codemirror/state';
import { EditorView, highlightSpecialChars, keymap, placeholder } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { PromQLExtension } from '@prometheus-io/codemirror-promql';
import { pathOf } from '../../api.js';

export interface Editor {
  /** Shows another expression. */
  show(expression: string): void;
  focus(): void;
  close(): void;
}

interface Listener {
  onRun(expression: string): void;
  onChange(expression: string): void;
}

/** Colours are the page's, so that they follow its theme. */
const LOOK = EditorView.theme({
  '&': { fontSize: '14px' },
  '&.cm-focused': { outline: 'none' },
  '.cm-content': { fontFamily: 'var(--code)', padding: '6px 0', caretColor: 'var(--text)' },
  '.cm-cursor': { borderLeftColor: 'var(--text)' },
  '&.cm-focused .cm-selectionBackground, .cm-selectionBackground': { background: 'var(--band) !important' },
  '.cm-matchingBracket': { background: 'var(--band) !important' },
  '.cm-placeholder': { color: 'var(--quiet)' },
  '.cm-tooltip': { background: 'var(--raised)', border: '1px solid var(--line)', borderRadius: '6px' },
  '.cm-tooltip-autocomplete > ul': { fontFamily: 'var(--code) !important', maxHeight: '320px !important' },
  '.cm-tooltip-autocomplete > ul > li[aria-selected]': { background: 'var(--link)', color: 'var(--raised)' },
  '.cm-completionDetail': { color: 'var(--quiet)', fontStyle: 'normal', float: 'right', paddingLeft: '16px' },
  '[aria-selected] .cm-completionDetail': { color: 'inherit' },
  '.cm-completionInfo': { padding: '8px 12px', fontFamily: 'system-ui, sans-serif', maxWidth: '360px' },
  '.cm-completionMatchedText': { textDecoration: 'none', fontWeight: '600' },
});

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

/** Fills an element with an editor. @param label names it for those who do not see it */
export function startEditor(parent: Element, expression: string, label: string, listener: Listener): Editor {
  // In a shadow root CodeMirror adopts style sheets; in the document it would write a <style>, which the page's policy
  // refuses.
  const host = parent.appendChild(document.createElement('div'));
  const root = host.attachShadow({ mode: 'open' });
  const promql = new PromQLExtension().setComplete({
    remote: { url: pathOf('').replace(/\/$/, ''), fetchFn: (path, options) => fetch(path, options) },
  });
  const view = new EditorView({
    parent: root,
    root,
    state: EditorState.create({
      doc: expression,
      extensions: [
        Prec.highest(keymap.of(runKeys(listener))),
        highlightSpecialChars(),
        history(),
        bracketMatching(),
        closeBrackets(),
        autocompletion(),
        promql.asExtension(),
        syntaxHighlighting(COLORS),
        LOOK,
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ 'aria-label': label }),
        placeholder('Expression (Shift+Enter for a new line)'),
        keymap.of([
          ...closeBracketsKeymap,
          ...completionKeymap,
          ...historyKeymap,
          ...lintKeymap,
          ...defaultKeymap,
        ]),
        EditorView.updateListener.of(update => {
          if (update.docChanged) listener.onChange(update.state.doc.toString());
        }),
      ],
    }),
  });
  return {
    show: wanted => {
      if (wanted === view.state.doc.toString()) return;
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: wanted } });
    },
    focus: () => view.focus(),
    close: () => {
      view.destroy();
      host.remove();
    },
  };
}

function runKeys(listener: Listener) {
  const run = (view: EditorView) => {
    listener.onRun(view.state.doc.toString());
    return true;
  };
  return [
    { key: 'Mod-Enter', run },
    { key: 'Shift-Enter', run: insertNewlineAndIndent },
    // Below the completion's own Enter, which comes first while its list is open.
    {
      key: 'Enter',
      run: (view: EditorView) => !view.dom.querySelector('.cm-tooltip-autocomplete') && run(view),
    },
  ];
}
