// What a series is called in memory.

/** A series' number in memory. One that nothing holds any more is given to another series. */
export type SeriesRef = number;
