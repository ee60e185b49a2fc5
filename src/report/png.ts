// A small chart as PNG: programs for mail show no SVG.

import { encode } from 'fast-png';
import type { Chart } from './outline.js';
import { COLORS, draw } from './shape.js';

/** Pixels of a screen for each of the drawing. */
const SCALE = 2;

/** With a transparent background. */
export function pngOf(chart: Chart): Uint8Array {
  const drawing = draw(chart);
  const [width, height] = [drawing.width * SCALE, drawing.height * SCALE];
  const data = new Uint8Array(width * height * 4);
  for (const each of drawing.rectangles) {
    const pixel = rgba(COLORS[each.tone]);
    for (let y = each.y * SCALE; y < (each.y + each.height) * SCALE; y++)
      for (let x = each.x * SCALE; x < (each.x + each.width) * SCALE; x++)
        data.set(pixel, (y * width + x) * 4);
  }
  return encode({ width, height, data, channels: 4, depth: 8 });
}

/** @param color `#rrggbb` */
function rgba(color: string): [number, number, number, number] {
  const value = Number.parseInt(color.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255, 255];
}
