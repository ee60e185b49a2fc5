// Numbers and texts that are the same in every run. For the tests here.

/** Numbers from 0 to 1, and texts of what has to be escaped or takes several bytes. */
export function randomness(seed: number) {
  let state = seed;
  const next = () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
  const parts = ['"', '\\', '\n', 'é', '模', '😀', '{', '}', ',', '=', ' ', 'a', '1', '\t', '\\n', '\\"'];
  return {
    next,
    text: () => Array.from({ length: 6 }, () => parts[Math.floor(next() * parts.length)]).join(''),
  };
}
