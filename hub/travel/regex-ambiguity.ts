import { RE2JS } from 're2js';
import { type Positions, positionsOf } from './regex-positions.ts';

/**
 * Finds expressions that an engine which backtracks runs without bound: those that can read one text inside a loop in more than one way, such
 * as `(a+)+`. Ours runs them in linear time; but the expression goes out in @Before and @After, to receivers whose engine may be of that
 * other kind (spec 7.2 B17).
 */
const MOST_POSITIONS = 1_000;
/** Steps after which an expression counts as too entangled. */
const MOST_STEPS = 1_000_000;

/** Characters that classes tell apart, beside those that stand in the expression. */
const COMMON = [...' \t\n09azAZмМёЯé漢ا_-.,;:/@#+()"\'€😀'];

function samplesOf(pattern: string): string[] {
  const near = [...pattern].flatMap((sign) => {
    const code = sign.codePointAt(0) ?? 0;
    return [code - 1, code, code + 1].filter((at) => at > 0 && at <= 0x10ffff && !(at >= 0xd800 && at <= 0xdfff));
  });
  return [...new Set([...COMMON, ...near.map((code) => String.fromCodePoint(code))])];
}

/** By position, which samples it reads. */
function readersOf({ atoms }: Positions, pattern: string): ReadonlySet<number>[] {
  const samples = samplesOf(pattern);
  const flags = /\(\?[a-zA-Z]*i/.test(pattern) ? RE2JS.CASE_INSENSITIVE : 0;
  const known = new Map<string, ReadonlySet<number>>();
  return atoms.map((atom) => {
    const found = known.get(atom);
    if (found) return found;
    const expression = RE2JS.compile(atom, flags);
    const read = new Set(samples.flatMap((sample, at) => (expression.matches(sample) ? [at] : [])));
    known.set(atom, read);
    return read;
  });
}

/**
 * The strongly connected parts of a graph (Tarjan, without recursion), by node. Undefined when it takes too many steps.
 * @param next the nodes after a node
 */
function loopsOf(
  starts: readonly number[],
  next: (node: number) => readonly number[],
  budget: { steps: number },
): Map<number, number> | undefined {
  const order = new Map<number, number>();
  const low = new Map<number, number>();
  const loop = new Map<number, number>();
  const open: number[] = [];
  for (const start of starts) {
    if (order.has(start)) continue;
    const path = [{ node: start, next: next(start), at: 0 }];
    order.set(start, order.size);
    low.set(start, order.size - 1);
    open.push(start);
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      budget.steps -= 1;
      if (budget.steps < 0) return undefined;
      const { node } = top;
      const child = top.next[top.at];
      top.at += 1;
      if (child === undefined) {
        path.pop();
        const above = path.at(-1)?.node;
        if (above !== undefined) low.set(above, Math.min(low.get(above) ?? 0, low.get(node) ?? 0));
        if (low.get(node) !== order.get(node)) continue;
        for (let member = open.pop(); member !== undefined; member = open.pop()) {
          loop.set(member, node);
          if (member === node) break;
        }
      } else if (!order.has(child)) {
        order.set(child, order.size);
        low.set(child, order.size - 1);
        open.push(child);
        path.push({ node: child, next: next(child), at: 0 });
      } else if (!loop.has(child)) {
        low.set(node, Math.min(low.get(node) ?? 0, order.get(child) ?? 0));
      }
    }
  }
  return loop;
}

/** Whether one text can be read in a loop of this expression in more than one way; true also when that cannot be found out in bounded time. */
export function isAmbiguousLoop(pattern: string): boolean {
  const positions = positionsOf(pattern, MOST_POSITIONS);
  if (!positions) return true;
  const { follow } = positions;
  const size = follow.length;
  const budget = { steps: MOST_STEPS };
  const all = follow.map((_, at) => at);
  const own = loopsOf(all, (node) => follow[node] ?? [], budget);
  if (!own) return true;
  // Two ways from one position to the next, within a loop.
  if (follow.some((list, at) => list.some((to, place) => own.get(to) === own.get(at) && list.indexOf(to) !== place))) return true;
  const readers = readersOf(positions, pattern);
  const meet = (one: number, two: number): boolean => {
    const [small, large] = [readers[one], readers[two]];
    if (!small || !large) return false;
    for (const sample of small) if (large.has(sample)) return true;
    return false;
  };
  // Pairs of positions that two readers of the same text may be at. A pair of one position and one of two in the same loop: two ways.
  const inLoop = (from: number): number[] => (follow[from] ?? []).filter((to) => own.get(to) === own.get(from));
  const pairs = loopsOf(
    all.map((at) => at * size + at),
    (pair) => {
      const [one, two] = [Math.floor(pair / size), pair % size];
      const next: number[] = [];
      for (const a of inLoop(one)) {
        for (const b of inLoop(two)) {
          budget.steps -= 1;
          if (budget.steps < 0) return [];
          if (a === b || meet(a, b)) next.push(a * size + b);
        }
      }
      return next;
    },
    budget,
  );
  if (!pairs || budget.steps < 0) return true;
  const alone = new Set(all.map((at) => pairs.get(at * size + at)));
  for (const [pair, loop] of pairs) if (Math.floor(pair / size) !== pair % size && alone.has(loop)) return true;
  return false;
}
