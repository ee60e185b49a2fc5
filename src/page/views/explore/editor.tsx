// The expression's field: a text area until the editor is loaded, and where it cannot be.

import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { Editor } from './code-mirror.js';

interface Props {
  readonly value: string;
  /** Begins the labels that name it: `Expression 1`. */
  readonly label: string;
  /** Typed, and asked for: Enter. */
  onRun(expression: string): void;
  /** Typed. */
  onChange(expression: string): void;
}

export function ExpressionField({ value, label, onRun, onChange }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const editor = useRef<Editor | undefined>(undefined);
  const isLoaded = useSignal(false);
  const callbacks = useRef({ onRun, onChange });
  callbacks.current = { onRun, onChange };
  const typed = useRef(value);
  useEffect(() => {
    let isOver = false;
    void import('./code-mirror.js').then(
      ({ startEditor }) => {
        if (isOver || !place.current) return;
        const hadFocus = place.current.contains(document.activeElement);
        isLoaded.value = true;
        editor.current = startEditor(place.current, typed.current, label, {
          onRun: text => callbacks.current.onRun(text),
          onChange: text => {
            typed.current = text;
            callbacks.current.onChange(text);
          },
        });
        if (hadFocus) editor.current.focus();
      },
      () => undefined,
    );
    return () => {
      isOver = true;
      editor.current?.close();
    };
  }, [label]);
  // Another expression from outside: back, forward, a metric that was chosen.
  useEffect(() => {
    typed.current = value;
    editor.current?.show(value);
  }, [value]);
  return (
    <div class="expression-field" ref={place}>
      {isLoaded.value ? null : (
        <textarea
          rows={1}
          spellcheck={false}
          aria-label={label}
          placeholder="Expression"
          defaultValue={value}
          onInput={event => {
            typed.current = event.currentTarget.value;
            onChange(typed.current);
          }}
          onKeyDown={event => {
            if (event.key !== 'Enter' || event.shiftKey) return;
            event.preventDefault();
            onRun(typed.current);
          }}
        />
      )}
    </div>
  );
}
