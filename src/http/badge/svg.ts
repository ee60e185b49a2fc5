// A badge as SVG: a label and what it says, flat, as shields.io draws them. It refers to nothing outside itself.

import { xmlText } from '../xml.js';
import { textWidth } from './text-width.js';

/** A badge's colours: each holds white text with a contrast of at least 4.5:1. */
export const COLORS = {
  good: '#00734f',
  fair: '#9a5b00',
  bad: '#b8321c',
  unknown: '#63676c',
} as const;

export type BadgeColor = keyof typeof COLORS;

export interface Badge {
  /** What it is about. */
  readonly label: string;
  /** What it says. */
  readonly value: string;
  readonly color: BadgeColor;
  /** For screen readers and as a tooltip. */
  readonly title: string;
}

const LABEL_COLOR = '#484d54';
const HEIGHT = 20;
const FONT = 11;
/** On either side of a text, in pixels. */
const PADDING = 6;
/** Longest label, in characters. */
const MAX_LABEL = 60;

/** Draws a badge. */
export function renderBadge({ label, value, color, title }: Badge): string {
  const left = part(shortened(label), 0, LABEL_COLOR);
  const right = part(value, left.width, COLORS[color]);
  const width = left.width + right.width;
  const name = xmlText(title);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${HEIGHT}" viewBox="0 0 ${width} ${HEIGHT}" role="img" aria-label="${name}">
<title>${name}</title>
<clipPath id="r"><rect width="${width}" height="${HEIGHT}" rx="3"/></clipPath>
<g clip-path="url(#r)">${left.box}${right.box}</g>
<g fill="#fff" font-family="Verdana,Geneva,DejaVu Sans,sans-serif" font-size="${FONT}" aria-hidden="true">${left.text}${right.text}</g>
</svg>
`;
}

function part(text: string, x: number, color: string) {
  const length = Math.round(textWidth(text, FONT) * 10) / 10;
  const width = Math.ceil(length) + 2 * PADDING;
  return {
    width,
    box: `<rect x="${x}" width="${width}" height="${HEIGHT}" fill="${color}"/>`,
    // The length holds where the font is another one.
    text: `<text x="${x + PADDING}" y="14" textLength="${length}">${xmlText(text)}</text>`,
  };
}

function shortened(text: string): string {
  const chars = [...text];
  return chars.length > MAX_LABEL ? `${chars.slice(0, MAX_LABEL - 1).join('')}…` : text;
}
