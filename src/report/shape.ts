// How a small chart is drawn, whatever draws it: rectangles in pixels.

import type { Chart, Tone } from './outline.js';

interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly tone: Tone;
  readonly title: string;
}

interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly rectangles: readonly Rectangle[];
}

const HEIGHT = 22;
const GAP = 1;
/** Wide enough for a month, and a week does not look lost. */
const [NARROW, WIDE, TARGET] = [2, 8, 120];

/** Of light and dark backgrounds alike, with a contrast of at least 3 to 1 on white. */
export const COLORS: Readonly<Record<Tone, string>> = {
  good: '#1f8a4c',
  warning: '#b7791f',
  bad: '#d1242f',
  plain: '#5b7fb5',
  unknown: '#b8bec6',
};

export function draw({ bars }: Chart): Drawing {
  const width = Math.max(NARROW, Math.min(WIDE, Math.floor(TARGET / bars.length) - GAP));
  const rectangles = bars.map(({ height, tone, title }, i) => {
    // What is not known is a line at the bottom.
    const tall = height === null ? 2 : Math.max(1, Math.round(height * HEIGHT));
    return { x: i * (width + GAP), y: HEIGHT - tall, width, height: tall, tone, title };
  });
  return { width: Math.max(1, bars.length * (width + GAP) - GAP), height: HEIGHT, rectangles };
}
