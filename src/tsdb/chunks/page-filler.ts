// Rows that are appended to a table one after the other fill its pages up to the first that does not fit any more: of pages
// for some rows a tenth stays empty. Comes in: rows with their sizes; goes out: the same rows in an order that leaves less.

/** Rows to choose from. */
const WINDOW = 128;

interface Waiting<Row> {
  readonly row: Row;
  readonly bytes: number;
}

/** Rows of one transaction. */
export class PageFiller<Row> {
  readonly #pageSize: number;
  readonly #write: (row: Row) => void;
  /** The largest last. */
  readonly #waiting: Waiting<Row>[] = [];
  #left = 0;

  /** @param pageSize bytes of a page that rows may take @param write appends a row */
  constructor(pageSize: number, write: (row: Row) => void) {
    this.#pageSize = pageSize;
    this.#write = write;
  }

  /** Takes a row of so many bytes; it or another one may be written. */
  add(row: Row, bytes: number): void {
    this.#waiting.splice(this.#placeOf(bytes), 0, { row, bytes });
    if (this.#waiting.length > WINDOW) this.#writeOne();
  }

  /** Writes what is left. */
  flush(): void {
    while (this.#waiting.length > 0) this.#writeOne();
  }

  #placeOf(bytes: number): number {
    const place = this.#waiting.findIndex(each => each.bytes > bytes);
    return place < 0 ? this.#waiting.length : place;
  }

  /** The largest of those that fill the page that was begun, or the largest of all into another. */
  #writeOne(): void {
    let at = this.#bestPlace();
    if (at < 0) {
      at = this.#waiting.length - 1;
      this.#left = this.#pageSize;
    }
    const [next] = this.#waiting.splice(at, 1);
    if (!next) return;
    this.#left -= next.bytes;
    this.#write(next.row);
  }

  /** Of up to three rows that leave the least of the page where the largest of them is; -1 when none fits. */
  #bestPlace(): number {
    const largest = this.#waiting.slice(-3).reduce((sum, { bytes }) => sum + bytes, 0);
    if (largest <= this.#left) return this.#waiting.length - 1;
    let place = -1;
    let most = -1;
    for (let at = this.#waiting.length - 1; at >= 0 && most < this.#left; at--) {
      const { bytes } = this.#waiting[at] as Waiting<Row>;
      if (bytes > this.#left) continue;
      const sum = bytes + this.#mostOfTwo(this.#left - bytes, at);
      if (sum <= most) continue;
      most = sum;
      place = at;
    }
    return place;
  }

  /** The most bytes that fit of up to two rows before a place. */
  #mostOfTwo(left: number, before: number): number {
    const rows = this.#waiting;
    let most = 0;
    for (let low = 0, high = before - 1; high >= 0; ) {
      const { bytes } = rows[high] as Waiting<Row>;
      const sum = low < high ? bytes + (rows[low] as Waiting<Row>).bytes : bytes;
      if (bytes <= left && bytes > most) most = bytes;
      if (sum <= left && sum > most) most = sum;
      if (sum > left || low >= high) high--;
      else low++;
    }
    return most;
  }
}
