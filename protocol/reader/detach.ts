/**
 * A copy of a text that was cut out of a file. The engine lets a piece of a long string point into that string; a number of 13 digits that is
 * kept would keep the 16 MiB it came from.
 */
export function detach(piece: string): string {
  return ` ${piece}`.slice(1);
}
