// What is in chunks once they are read.

/** Samples of one series, oldest first. */
export interface Run {
  readonly times: Float64Array;
  readonly values: Float64Array;
}
