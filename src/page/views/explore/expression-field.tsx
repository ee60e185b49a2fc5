// The expression's field: a text area at once, which the editor takes the place of when it is whole; where it cannot be
// loaded the text area stays.

import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { startEditor } from './editor/start.js';
import type { Editor } from './editor/view.js';
import { followField } from './untouched.js';

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
  const field = useRef<HTMLTextAreaElement>(null);
  const editor = useRef<Editor | undefined>(undefined);
  const isEditor = useSignal(false);
  const callbacks = useRef({ onRun, onChange });
  callbacks.current = { onRun, onChange };
  const typed = useRef(value);
  useEffect(() => {
    let isOver = false;
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
      const made = await startEditor(typed.current, label, listener, {
        isWanted: () => document.activeElement === plain,
        isOver: () => isOver,
      });
      if (made === undefined) return;
      editor.current = made;
      await untouched();
      if (isOver || !place.current) return;
      made.takeOver(plain, place.current);
      isEditor.value = true;
    };
    // The text area does.
    if (field.current) void start(field.current).catch(() => undefined);
    return () => {
      isOver = true;
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
