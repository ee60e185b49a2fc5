// The field of an expression: a text area at first, which the editor replaces once it is loaded; where it cannot be
// loaded the text area stays.

import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { startEditor } from './editor/start.js';
import type { Editor } from './editor/view.js';
import { followField } from './untouched.js';

interface Props {
  readonly value: string;
  /** Accessible name: `Expression 1`. */
  readonly label: string;
  /** Enter was pressed. */
  onRun(expression: string): void;
  /** The text was edited. */
  onChange(expression: string): void;
}

export function ExpressionField({ value, label, onRun, onChange }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const field = useRef<HTMLTextAreaElement>(null);
  const editor = useRef<Editor | undefined>(undefined);
  const isEditor = useSignal(false);
  const callbacks = useRef({ onRun, onChange });
  callbacks.current = { onRun, onChange };
  const typed = useRef(value);
  useEffect(() => {
    let isUnmounted = false;
    const listener = {
      onRun: (text: string) => callbacks.current.onRun(text),
      onChange: (text: string) => {
        if (text === typed.current) return;
        typed.current = text;
        callbacks.current.onChange(text);
      },
    };
    const start = async (plain: HTMLTextAreaElement) => {
      const untouched = followField(plain);
      const started = await startEditor(typed.current, label, listener, {
        isWanted: () => document.activeElement === plain,
        isOver: () => isUnmounted,
      });
      if (started === undefined) return;
      editor.current = started;
      await untouched();
      if (isUnmounted || !place.current) return;
      started.takeOver(plain, place.current);
      isEditor.value = true;
    };
    // Where the editor cannot be loaded the text area stays.
    if (field.current) void start(field.current).catch(() => undefined);
    return () => {
      isUnmounted = true;
      editor.current?.close();
    };
  }, [label, isEditor]);
  // Another expression from outside: back, forward, a metric that was chosen.
  useEffect(() => {
    typed.current = value;
    if (field.current) field.current.value = value;
    else editor.current?.show(value);
  }, [value]);
  return (
    <div class="expression-field" ref={place}>
      {isEditor.value ? null : (
        <textarea
          ref={field}
          rows={1}
          spellcheck={false}
          autocapitalize="off"
          aria-label={label}
          placeholder="Expression (Shift+Enter for a new line)"
          defaultValue={value}
          onInput={event => {
            typed.current = event.currentTarget.value;
            onChange(typed.current);
          }}
          onKeyDown={event => {
            if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
            event.preventDefault();
            onRun(typed.current);
          }}
        />
      )}
    </div>
  );
}
