/**
 * A regular expression as an automaton of its positions (Glushkov): each place that reads a character, and which places may read the next one.
 * Reads what RE2 has accepted already; places that read nothing (`^`, `\b`) are passed over, which only adds ways.
 */
export interface Positions {
  /** What each position reads, as a piece of the expression: `a`, `\d`, `[^x]`, `.`. */
  readonly atoms: readonly string[];
  /** By position: the following ones, each as often as there are different ways to it. */
  readonly follow: readonly number[][];
}

/** A part of the expression: positions that may read its first and last character, and whether it may read nothing. */
interface Part {
  readonly first: readonly number[];
  readonly last: readonly number[];
  readonly empty: boolean;
}

const NOTHING: Part = { first: [], last: [], empty: true };
/** Longest unrolled count; beyond it, so many copies stand for more. */
const COPIES = 8;

const CLASS_ESCAPES = /^\\(?:[pP](?:\{[^}]*\}|[A-Za-z])|x(?:\{[^}]*\}|[0-9A-Fa-f]{2})|[0-7]{1,3}|[\s\S])/;
const NO_WIDTH = /^\\[AbBzZ]/;
const GROUP = /^\((?:\?(?:P?<[^>]*>|[imsU-]*:))?/;
const FLAGS = /^\(\?[imsU-]*\)/;
const COUNT = /^\{(\d+)(,(\d*))?\}/;

/**
 * @param most positions at most
 * @returns undefined when there are more.
 */
export function positionsOf(pattern: string, most: number): Positions | undefined {
  const atoms: string[] = [];
  const follow: number[][] = [];
  let at = 0;
  const rest = (): string => pattern.slice(at);

  const connect = (from: readonly number[], to: readonly number[]): void => {
    for (const position of from) follow[position]?.push(...to);
  };
  const join = (one: Part, two: Part): Part => {
    connect(one.last, two.first);
    return {
      first: one.empty ? [...one.first, ...two.first] : one.first,
      last: two.empty ? [...one.last, ...two.last] : two.last,
      empty: one.empty && two.empty,
    };
  };
  const loop = (part: Part): Part => {
    connect(part.last, part.first);
    return part;
  };
  const position = (atom: string): Part => {
    if (atoms.length >= most) throw new RangeError('too many positions');
    atoms.push(atom);
    follow.push([]);
    const own = [atoms.length - 1];
    return { first: own, last: own, empty: false };
  };

  function bracket(): string {
    // A closing bracket directly after the opening one, or after ^, is a sign of the class.
    const match = /^\[\^?\]?(?:\[:\^?\w+:\]|\\[pP]\{[^}]*\}|\\x\{[^}]*\}|\\[\s\S]|[^\]\\])*\]/.exec(rest());
    const text = match?.[0] ?? '[';
    at += text.length;
    return text;
  }

  function atom(): Part {
    const flags = FLAGS.exec(rest())?.[0];
    if (flags !== undefined) {
      at += flags.length;
      return NOTHING;
    }
    const group = GROUP.exec(rest())?.[0];
    if (group !== undefined) {
      at += group.length;
      const inner = alternatives();
      at += 1;
      return inner;
    }
    const sign = String.fromCodePoint(pattern.codePointAt(at) ?? 0);
    if (sign === '[') return position(bracket());
    if (sign === '\\') {
      if (rest().startsWith('\\Q')) return quoted();
      const noWidth = NO_WIDTH.exec(rest())?.[0];
      const text = noWidth ?? CLASS_ESCAPES.exec(rest())?.[0] ?? '\\';
      at += text.length;
      return noWidth === undefined ? position(text) : NOTHING;
    }
    at += sign.length;
    return sign === '^' || sign === '$' ? NOTHING : position(sign);
  }

  function quoted(): Part {
    const end = pattern.indexOf('\\E', at + 2);
    const text = pattern.slice(at + 2, end < 0 ? undefined : end);
    at = end < 0 ? pattern.length : end + 2;
    return [...text].map((sign) => position(sign.replace(/[\\^$.|?*+()[\]{}]/, '\\$&'))).reduce(join, NOTHING);
  }

  /** An atom with what repeats it. A count is unrolled: the atom is read again for each copy. */
  function repeated(): Part {
    const from = at;
    const part = atom();
    const sign = pattern[at];
    const count = COUNT.exec(rest());
    if (sign === '*' || sign === '+' || sign === '?') {
      at += pattern[at + 1] === '?' ? 2 : 1;
      if (sign !== '?') loop(part);
      return sign === '+' ? part : { ...part, empty: true };
    }
    if (!count) return part;
    const after = at + count[0].length;
    const least = Number(count[1]);
    const bounded = count[2] === undefined || count[3] !== '';
    const largest = count[2] === undefined ? least : bounded ? Number(count[3]) : Number.POSITIVE_INFINITY;
    const again = (): Part => {
      const back = at;
      at = from;
      const copy = atom();
      at = back;
      return copy;
    };
    let whole = largest === 0 ? NOTHING : part;
    for (let copy = 1; copy < Math.min(least, COPIES); copy += 1) whole = join(whole, again());
    if (!bounded) whole = least === 0 ? { ...loop(part), empty: true } : join(whole, { ...loop(again()), empty: true });
    else {
      // One inside the other, x(x(x)?)?: beside one another, they could be left out in several ways.
      const more = Math.min(largest - Math.max(least, 1), COPIES);
      const copies = Array.from({ length: Math.max(more, 0) }, again);
      whole = join(
        whole,
        copies.reduceRight((inner, copy) => ({ ...join(copy, inner), empty: true }), NOTHING),
      );
      if (least === 0) whole = { ...whole, empty: true };
    }
    at = after + (pattern[after] === '?' ? 1 : 0);
    return whole;
  }

  function sequence(): Part {
    let whole = NOTHING;
    while (at < pattern.length && pattern[at] !== '|' && pattern[at] !== ')') whole = join(whole, repeated());
    return whole;
  }

  function alternatives(): Part {
    let whole = sequence();
    while (pattern[at] === '|') {
      at += 1;
      const other = sequence();
      whole = {
        first: [...whole.first, ...other.first],
        last: [...whole.last, ...other.last],
        empty: whole.empty || other.empty,
      };
    }
    return whole;
  }

  try {
    alternatives();
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
  return { atoms, follow };
}
