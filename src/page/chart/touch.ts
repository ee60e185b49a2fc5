// Fingers in a chart's field: one that is dragged chooses the time to zoom into, two move and stretch what is shown, a
// tap points at a moment, a double tap goes back. Up and down stays the page's own scrolling (chart.css).

/** What fingers work on. Positions are pixels from the field's left edge. */
export interface Touched {
  /** Undefined where nothing is drawn. */
  box(): DOMRect | undefined;
  /** A finger was lifted: clicks that follow are the browser's words for it. */
  onLift(): void;
  /** Seconds since the epoch. */
  momentAt(left: number): number;
  /** Marks what would be zoomed into; nothing of width 0. */
  select(left: number, width: number): void;
  /** Shows another time while fingers move; undefined: that of the axis. */
  preview(span: { readonly from: number; readonly to: number } | undefined): void;
  point(left: number): void;
  zoom(from: number, to: number): void;
  unzoom(): void;
}

/** Pixels a finger moves before it drags. */
const DRAGGED = 12;
/** Fingers nearer to each other than this move the time without stretching it. */
const NEAR = 32;
/** Two taps are one double tap within these milliseconds and pixels. */
const DOUBLE = 350;
const DOUBLE_NEAR = 32;

interface Finger {
  readonly start: number;
  at: number;
}

/** Follows the fingers in a field until the returned function is called. */
export function followFingers(field: HTMLElement, touched: Touched): () => void {
  const touch = new Touch(touched);
  const listen = (name: 'pointerdown' | 'pointermove' | 'pointerup' | 'pointercancel') => {
    const listener = (event: PointerEvent) => {
      if (event.pointerType === 'touch') touch[name](event);
    };
    field.addEventListener(name, listener);
    return () => field.removeEventListener(name, listener);
  };
  const ends = (['pointerdown', 'pointermove', 'pointerup', 'pointercancel'] as const).map(listen);
  return () => {
    for (const end of ends) end();
  };
}

class Touch {
  readonly #touched: Touched;
  readonly #fingers = new Map<number, Finger>();
  /** Moments under two fingers when the second came. */
  #held: readonly [number, number] | undefined;
  #span: { readonly from: number; readonly to: number } | undefined;
  /** More than one finger was there, or the page scrolled: what is left of them does nothing. */
  #isSpent = false;
  #tapped = { at: Number.NEGATIVE_INFINITY, left: 0 };

  constructor(touched: Touched) {
    this.#touched = touched;
  }

  pointerdown(event: PointerEvent): void {
    const left = this.#left(event);
    if (left === undefined) return;
    if (this.#fingers.size === 0) this.#isSpent = false;
    this.#fingers.set(event.pointerId, { start: left, at: left });
    if (this.#fingers.size !== 2) return;
    this.#isSpent = true;
    this.#touched.select(0, 0);
    const [first = left, second = left] = [...this.#fingers.values()].map(({ at }) => at);
    this.#held = [this.#touched.momentAt(first), this.#touched.momentAt(second)];
  }

  pointermove(event: PointerEvent): void {
    const finger = this.#fingers.get(event.pointerId);
    const left = this.#left(event);
    if (!finger || left === undefined) return;
    finger.at = left;
    if (this.#held) this.#stretch(this.#held);
    else if (!this.#isSpent && Math.abs(left - finger.start) > DRAGGED)
      this.#touched.select(Math.min(left, finger.start), Math.abs(left - finger.start));
  }

  pointerup(event: PointerEvent): void {
    const finger = this.#fingers.get(event.pointerId);
    this.#fingers.delete(event.pointerId);
    this.#touched.onLift();
    if (!finger) return;
    if (this.#held) this.#release();
    else if (!this.#isSpent) this.#lift(finger, event.timeStamp);
  }

  pointercancel(event: PointerEvent): void {
    this.#fingers.delete(event.pointerId);
    this.#isSpent = true;
    this.#held = undefined;
    this.#span = undefined;
    this.#touched.select(0, 0);
    this.#touched.preview(undefined);
  }

  /** The moments that were under the fingers stay there. */
  #stretch([first, second]: readonly [number, number]): void {
    const box = this.#touched.box();
    const [a, b] = [...this.#fingers.values()];
    if (!box || !a || !b) return;
    const [from, to] = [this.#touched.momentAt(0), this.#touched.momentAt(box.width)];
    const isStretched = Math.abs(b.at - a.at) >= NEAR && Math.abs(b.start - a.start) >= NEAR;
    const scale = isStretched ? (second - first) / (b.at - a.at) : (to - from) / box.width;
    // Fingers that crossed would turn time around.
    if (scale <= 0) return;
    const begin = first - a.at * scale;
    this.#span = { from: begin, to: begin + box.width * scale };
    this.#touched.preview(this.#span);
  }

  #release(): void {
    const span = this.#span;
    this.#held = undefined;
    this.#span = undefined;
    this.#touched.preview(undefined);
    if (span) this.#touched.zoom(span.from, span.to);
  }

  #lift({ start, at }: Finger, now: number): void {
    this.#touched.select(0, 0);
    if (Math.abs(at - start) > DRAGGED) {
      this.#touched.zoom(this.#touched.momentAt(start), this.#touched.momentAt(at));
      return;
    }
    const isDouble = now - this.#tapped.at < DOUBLE && Math.abs(at - this.#tapped.left) < DOUBLE_NEAR;
    this.#tapped = { at: isDouble ? Number.NEGATIVE_INFINITY : now, left: at };
    if (isDouble) this.#touched.unzoom();
    else this.#touched.point(at);
  }

  /** Where a finger is, within the field. */
  #left({ clientX }: PointerEvent): number | undefined {
    const box = this.#touched.box();
    return box && Math.min(box.width, Math.max(0, clientX - box.left));
  }
}
