// What a report says, before it is HTML, Markdown or a message: headings, sentences, tables and charts. Comes in: the
// figures of a period; goes out: an outline, worst first. The joint between figures and forms.

/** A part of a report below its own heading. */
export interface Section {
  readonly heading: string;
  readonly blocks: readonly Block[];
}

export type Block =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'list'; readonly items: readonly string[] }
  | Table;

export interface Table {
  readonly kind: 'table';
  readonly columns: readonly { readonly name: string; readonly isNumber?: true }[];
  readonly rows: readonly (readonly Cell[])[];
  /** Said below it: how many rows were left out. */
  readonly note?: string;
}

/** A text, or a small chart with the text that says the same. */
export type Cell = string | { readonly chart: Chart; readonly text: string };

/** A bar a day. */
export interface Chart {
  /** What it shows, as text for screen readers. */
  readonly label: string;
  readonly bars: readonly Bar[];
}

export interface Bar {
  /** From 0 to 1 of the height; null where nothing is known. */
  readonly height: number | null;
  readonly tone: Tone;
  /** `2026-10-31: 99.2%` */
  readonly title: string;
}

/** What a bar means; its colour follows from it. */
export type Tone = 'good' | 'warning' | 'bad' | 'plain' | 'unknown';

export interface Outline {
  /** `Week of 22 to 29 November 2026: 99.92% up`; the subject of a mail. */
  readonly title: string;
  /** What matters most, a sentence or two. */
  readonly summary: readonly string[];
  readonly sections: readonly Section[];
  /** Where the figures can be looked at, without a slash at the end; undefined where that is not known. */
  readonly url: string | undefined;
  /** How it was made, below everything. */
  readonly footer: string;
}
