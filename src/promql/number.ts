// Numbers as Go reads and prints them: label values, labels of buckets and annotations show them to users.
// Source: Go's strconv.ParseFloat, strconv.FormatFloat and the verb %g of fmt.

// Each of them can take a text apart in one way only, so that a long one is read in linear time.
const DECIMAL = /^[+-]?(?:\d(?:_?\d)*(?:\.(?:\d(?:_?\d)*)?)?|\.\d(?:_?\d)*)(?:[eE][+-]?\d(?:_?\d)*)?$/;
const HEX =
  /^([+-]?)0[xX]_?((?:[\da-fA-F](?:_?[\da-fA-F])*)?)(?:\.((?:[\da-fA-F](?:_?[\da-fA-F])*)?))?[pP]([+-]?\d(?:_?\d)*)$/;
const INFINITE = /^([+-]?)inf(?:inity)?$/i;

/** From which exponent on `%g` without a precision writes an exponent, however many digits there are. */
const MIN_PRECISION = 6;

/** The float a text stands for; undefined for what strconv.ParseFloat refuses, a number too large for a float included. */
export function parseNumber(text: string): number | undefined {
  const infinite = INFINITE.exec(text);
  if (infinite) return infinite[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  if (/^nan$/i.test(text)) return Number.NaN;
  const value = DECIMAL.test(text) ? Number(text.replaceAll('_', '')) : parseHex(text);
  return value !== undefined && Number.isFinite(value) ? value : undefined;
}

function parseHex(text: string): number | undefined {
  const [, sign, whole = '', fraction = '', exponent] = HEX.exec(text) ?? [];
  const digits = (whole + fraction).replaceAll('_', '');
  if (sign === undefined || digits === '') return undefined;
  const point = 4 * fraction.replaceAll('_', '').length;
  const magnitude =
    Number(BigInt(`0x${digits}`)) * 2 ** (Number((exponent as string).replaceAll('_', '')) - point);
  return sign === '-' ? -magnitude : magnitude;
}

/** All digits that tell a float from its neighbours, never an exponent: `FormatFloat(x, 'f', -1, 64)`. */
export function formatDecimal(value: number): string {
  const special = formatSpecial(value);
  if (special !== undefined) return special;
  const { sign, digits, point } = shortest(value);
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  if (digits.length <= point) return sign + digits.padEnd(point, '0');
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
}

/** As `%g` prints it, or with a precision `%.2g`: with an exponent where that is shorter. */
export function formatGeneral(value: number, precision?: number): string {
  const special = formatSpecial(value);
  if (special !== undefined) return special;
  const { sign, digits, point } = shortest(
    precision === undefined ? value : Number(value.toPrecision(precision)),
  );
  const exponent = point - 1;
  if (exponent >= -4 && exponent < (precision ?? MIN_PRECISION))
    return formatDecimal(Number(`${sign}0.${digits}e${point}`));
  const mantissa = digits.length > 1 ? `${digits[0]}.${digits.slice(1)}` : digits;
  const size = String(Math.abs(exponent)).padStart(2, '0');
  return `${sign}${mantissa}e${exponent < 0 ? '-' : '+'}${size}`;
}

function formatSpecial(value: number): string | undefined {
  if (Number.isNaN(value)) return 'NaN';
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  if (value === Number.NEGATIVE_INFINITY) return '-Inf';
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  return undefined;
}

/** A number as `0.DIGITS * 10^point`, with the fewest digits that read back as itself. */
function shortest(value: number): { sign: string; digits: string; point: number } {
  const [mantissa = '', exponent = ''] = Math.abs(value).toExponential().split('e');
  return { sign: value < 0 ? '-' : '', digits: mantissa.replace('.', ''), point: Number(exponent) + 1 };
}
