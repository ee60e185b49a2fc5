// The editor's view: CodeMirror without a language. The first of the editor's pieces; each is a chunk of its own, so that
// no task of the browser has to take in all of them.

import { type Extension, Prec, StateEffect } from '@codemirror/state';
import { EditorView, highlightSpecialChars, type KeyBinding, keymap, placeholder } from '@codemirror/view';

export interface Editor {
  /** Adds what a later piece brings. */
  add(extension: Extension): void;
  /** Shows another expression. */
  show(expression: string): void;
  /** Takes a field's place, with its text, caret and focus. What was typed there can be undone. */
  takeOver(field: HTMLTextAreaElement, parent: Element): void;
  close(): void;
}

export interface Listener {
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

/** Makes an editor that is nowhere yet. @param label names it for screen readers */
export function makeEditor(expression: string, label: string, listener: Listener): Editor {
  // In a shadow root CodeMirror adopts style sheets; in the document it would write a <style>, which the page's policy
  // refuses.
  const host = document.createElement('div');
  const root = host.attachShadow({ mode: 'open' });
  const view = new EditorView({
    parent: root,
    root,
    doc: expression,
    extensions: [
      Prec.highest(keymap.of(runKeys(listener))),
      highlightSpecialChars(),
      LOOK,
      EditorView.lineWrapping,
      EditorView.contentAttributes.of({ 'aria-label': label }),
      placeholder('Expression (Shift+Enter for a new line)'),
      EditorView.updateListener.of(update => {
        if (update.docChanged) listener.onChange(update.state.doc.toString());
      }),
    ],
  });
  const all = () => ({ from: 0, to: view.state.doc.length });
  return {
    add: extension => view.dispatch({ effects: StateEffect.appendConfig.of(extension) }),
    show: wanted => {
      if (wanted !== view.state.doc.toString()) view.dispatch({ changes: { ...all(), insert: wanted } });
    },
    takeOver: (field, parent) => {
      const { value, selectionStart, selectionEnd, selectionDirection } = field;
      const hadFocus = document.activeElement === field;
      const [anchor, head] =
        selectionDirection === 'backward' ? [selectionEnd, selectionStart] : [selectionStart, selectionEnd];
      view.dispatch({
        ...(value === view.state.doc.toString() ? {} : { changes: { ...all(), insert: value } }),
        selection: { anchor, head },
      });
      parent.append(host);
      // Before the field goes, which would leave the focus to the page.
      if (hadFocus) view.focus();
    },
    close: () => {
      view.destroy();
      host.remove();
    },
  };
}

function runKeys(listener: Listener): KeyBinding[] {
  const run = (view: EditorView) => {
    listener.onRun(view.state.doc.toString());
    return true;
  };
  return [
    { key: 'Mod-Enter', run },
    {
      key: 'Shift-Enter',
      run: view => {
        view.dispatch(view.state.replaceSelection(view.state.lineBreak), { scrollIntoView: true });
        return true;
      },
    },
    // Below the completion's own Enter, which comes first while its list is open.
    { key: 'Enter', run: view => !view.dom.querySelector('.cm-tooltip-autocomplete') && run(view) },
  ];
}
