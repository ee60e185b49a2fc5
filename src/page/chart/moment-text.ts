// A moment of a chart as text.

import type { Model } from '../model.js';

/** As the reader's clock has it. @param at seconds since the epoch @param isDaily the day alone */
export function momentText(model: Model, at: number, isDaily: boolean): string {
  return isDaily ? model.day(at * 1000) : model.print(at * 1000).short;
}
