/** Milliseconds between two questions of the view of capacity: what weeks say does not change fast. */
export const EVERY = 300_000;
