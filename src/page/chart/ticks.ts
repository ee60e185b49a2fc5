// Marks of a time axis: the reader's time of day, with the date where a day begins.

const DAY = 86_400;
const MINUTE = 60;

/** Texts of marks. @param marks seconds since the epoch @param increment seconds between two of them */
export function timeMarks(marks: readonly number[], increment: number): string[] {
  return marks.map((mark, i) => {
    const date = new Date(mark * 1000);
    const day = date.toLocaleDateString('en-GB', { day: 'numeric', month: 'short' });
    const isMidnight = date.getHours() === 0 && date.getMinutes() === 0 && date.getSeconds() === 0;
    if (increment >= DAY || (isMidnight && (i > 0 || increment * marks.length > DAY))) return day;
    return date.toTimeString().slice(0, increment < MINUTE ? 8 : 5);
  });
}
