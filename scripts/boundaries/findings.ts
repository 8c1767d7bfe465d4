import { posix } from 'node:path';
import type { Import } from './imports.ts';
import { ROOMS, type Room } from './rooms.ts';

/** A source file by its path from the root (with `/`), and what it imports. */
export interface SourceFile {
  readonly path: string;
  readonly imports: readonly Import[];
}

/** One broken rule, as one line for a person. */
export interface Finding {
  readonly path: string;
  readonly line: number;
  readonly text: string;
}

interface Place {
  readonly room: Room;
  readonly module: string | undefined;
}

function placeOf(path: string): Place | undefined {
  for (const room of ROOMS) {
    const match = room.files.exec(path);
    if (match) return { room, module: match.groups?.['module'] };
  }
  return undefined;
}

/** The path that an import means inside the checkout; undefined for a package or a module of Node. */
function targetOf(from: string, specifier: string): string | undefined {
  if (specifier.startsWith('.')) return posix.normalize(posix.join(posix.dirname(from), specifier));
  const own = /^@vestnik\/([a-z]+)\/(.+)$/.exec(specifier);
  return own ? `${own[1]}/${own[2]}` : undefined;
}

function packageFinding(room: Room, made: Import): string | undefined {
  if (made.typeOnly) return undefined;
  const ban = room.bans?.find(({ packages }) => packages.test(made.specifier));
  return ban && `imports ${made.specifier}: ${ban.rule}; ${ban.instead}`;
}

function arrowFinding(from: Place, to: Place | undefined, made: Import, target: string): string | undefined {
  const { room } = from;
  if (!to) return `imports ${made.specifier}: ${target} lies in no room of scripts/boundaries/rooms.ts; give it one`;
  if (!room.acrossModules && from.module !== undefined && to.module !== undefined && from.module !== to.module) {
    return `imports ${made.specifier}: module ${from.module} knows nothing of module ${to.module}; modules meet through events and through what hub.ts hands them`;
  }
  const seen = to.room === room || room.sees.includes('*') || room.sees.includes(to.room.name);
  if (seen || (made.typeOnly && room.seesTypesOf?.includes(to.room.name))) return undefined;
  const only = room.seesTypesOf?.includes(to.room.name) ? 'only types (import type) of' : 'nothing of';
  return `imports ${made.specifier}: "${room.name}" may import ${only} "${to.room.name}"; ${room.instead}`;
}

/**
 * The groups of files that import each other in a circle, by imports that are left at run time (Tarjan's strongly connected components,
 * without recursion). Each group as a path that ends where it begins.
 */
function circles(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const open: string[] = [];
  const isOpen = new Set<string>();
  const groups: string[][] = [];
  const enter = (path: string): { path: string; next: number } => {
    index.set(path, index.size);
    low.set(path, index.get(path)!);
    open.push(path);
    isOpen.add(path);
    return { path, next: 0 };
  };
  for (const start of graph.keys()) {
    if (index.has(start)) continue;
    const stack = [enter(start)];
    while (stack.length > 0) {
      const frame = stack.at(-1)!;
      const target = graph.get(frame.path)?.[frame.next++];
      if (target !== undefined) {
        if (!index.has(target)) stack.push(enter(target));
        else if (isOpen.has(target)) low.set(frame.path, Math.min(low.get(frame.path)!, index.get(target)!));
        continue;
      }
      stack.pop();
      const above = stack.at(-1);
      if (above) low.set(above.path, Math.min(low.get(above.path)!, low.get(frame.path)!));
      if (low.get(frame.path) !== index.get(frame.path)) continue;
      const group = open.splice(open.indexOf(frame.path));
      for (const path of group) isOpen.delete(path);
      if (group.length > 1 || graph.get(frame.path)?.includes(frame.path)) groups.push(circleThrough(group[0]!, new Set(group), graph));
    }
  }
  return groups;
}

/** A shortest way inside the group from a file back to itself. */
function circleThrough(start: string, group: ReadonlySet<string>, graph: ReadonlyMap<string, readonly string[]>): string[] {
  const cameFrom = new Map<string, string>();
  const waiting = [start];
  for (const path of waiting) {
    for (const target of graph.get(path) ?? []) {
      if (target === start) {
        const way = [start];
        for (let step: string | undefined = path; step !== undefined && step !== start; step = cameFrom.get(step)) way.unshift(step);
        return [start, ...way];
      }
      if (group.has(target) && !cameFrom.has(target)) {
        cameFrom.set(target, path);
        waiting.push(target);
      }
    }
  }
  return [start];
}

/** Checks all files of the checkout against the table of rooms, and for circles. Sorted by path and line. */
export function findViolations(files: readonly SourceFile[]): Finding[] {
  const findings: Finding[] = [];
  const known = new Set(files.map(({ path }) => path));
  const graph = new Map<string, string[]>();
  for (const { path, imports } of files) {
    const place = placeOf(path);
    const targets: string[] = [];
    graph.set(path, targets);
    if (!place) {
      findings.push({ path, line: 1, text: 'lies in no room of scripts/boundaries/rooms.ts; move it into one, or add its room there' });
      continue;
    }
    for (const made of imports) {
      const target = targetOf(path, made.specifier);
      const text = target === undefined ? packageFinding(place.room, made) : arrowFinding(place, placeOf(target), made, target);
      if (text !== undefined) findings.push({ path, line: made.line, text });
      if (target !== undefined && !made.typeOnly && known.has(target)) targets.push(target);
    }
  }
  for (const circle of circles(graph)) {
    const [path = '', second = ''] = circle;
    const file = files.find((candidate) => candidate.path === path);
    const line = file?.imports.find((made) => !made.typeOnly && targetOf(path, made.specifier) === second)?.line ?? 1;
    findings.push({
      path,
      line,
      text: `is part of a circle of imports: ${circle.join(' -> ')}; move what both need into a file below them`,
    });
  }
  return findings.sort((a, b) => (a.path === b.path ? a.line - b.line : a.path < b.path ? -1 : 1));
}
