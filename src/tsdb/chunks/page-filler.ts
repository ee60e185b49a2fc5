// Rows that are appended to a table one after the other fill its pages up to the first that does not fit any more: of pages
// for some rows a tenth stays empty. Comes in: rows with their sizes; goes out: the same rows in an order that leaves less.

/** Rows to choose from. */
const WINDOW = 64;

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

  /** The largest that fits into the page that was begun, or the largest of all into another. */
  #writeOne(): void {
    let at = this.#waiting.findLastIndex(({ bytes }) => bytes <= this.#left);
    if (at < 0) {
      at = this.#waiting.length - 1;
      this.#left = this.#pageSize;
    }
    const [next] = this.#waiting.splice(at, 1);
    if (!next) return;
    this.#left -= next.bytes;
    this.#write(next.row);
  }
}
