import { readFileSync } from 'node:fs';
import { isMap, isPair, isScalar, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { nearest } from './nearest.ts';

/** Where values of the configuration come from, and how a fault is told with its place: the line of the file, or the variable. */
export type Raw = Record<string, unknown>;

/** One setting: where it lies and how its text in a variable is read. */
export interface Leaf {
  readonly path: readonly string[];
  readonly kind: 'integer' | 'size' | 'text' | 'path' | 'list' | 'integers' | 'addresses';
  readonly key: string;
  readonly type: string;
  readonly environment: string;
}

/** The configuration is wrong. `faults` has one line each: place, key, what would be right. */
export class ConfigurationError extends Error {
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(faults.join('\n'));
    this.name = 'ConfigurationError';
    this.faults = faults;
  }
}

export interface SourceFile {
  readonly path: string;
  readonly value: Raw;
  /** Line of the deepest node on the way to `path`; of the key itself where `key` is given. */
  lineOf(path: readonly PropertyKey[]): number;
}

/** Reads a YAML file. @throws ConfigurationError when it cannot be read or is not a mapping. */
export function readFile(path: string): SourceFile {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new ConfigurationError([
      `${path}: cannot be read (${(cause as NodeJS.ErrnoException).code ?? String(cause)}): name another file with --config`,
    ]);
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, stringKeys: true });
  const wrong = document.errors.map((error) => `${path}:${lines.linePos(error.pos[0]).line}: not YAML: ${error.message}`);
  if (wrong.length > 0) throw new ConfigurationError(wrong);
  let value: unknown;
  try {
    // Aliases can make a small file huge; a configuration needs few of them.
    value = document.toJS({ maxAliasCount: 20 });
  } catch (cause) {
    throw new ConfigurationError([`${path}: ${cause instanceof Error ? cause.message : String(cause)}`]);
  }
  if (value !== null && (typeof value !== 'object' || Array.isArray(value))) {
    throw new ConfigurationError([`${path}:1: must hold keys such as "http:" and "tickets:", not a single value or a list`]);
  }
  return {
    path,
    value: dropNulls((value ?? {}) as Raw),
    lineOf(keys) {
      let node: unknown = document.contents;
      let offset = 0;
      for (const key of keys) {
        if (!isMap(node)) break;
        const pair = node.items.find((item) => isPair(item) && isScalar(item.key) && item.key.value === key);
        if (!pair) break;
        offset = (isScalar(pair.key) && pair.key.range?.[0]) || 0;
        node = pair.value;
      }
      return lines.linePos(offset).line;
    },
  };
}

/** `http:` with nothing below it, or only comments, is an empty section, not null. */
function dropNulls(value: Raw): Raw {
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, child]) => child !== null)
      .map(([key, child]) => [key, typeof child === 'object' && !Array.isArray(child) ? dropNulls(child as Raw) : child]),
  );
}

export interface Variables {
  readonly set: readonly { readonly leaf: Leaf; readonly value: unknown }[];
  readonly faults: readonly string[];
}

/** Not settings: the place of the file, the secret keys (core/identity/secret-key.ts), and what Kubernetes sets by itself for a service named "vestnik". */
const OTHER_VARIABLES = /^VESTNIK_(CONFIG|SECRET_KEY|SECRET_KEY_PREVIOUS|SERVICE_(HOST|PORT.*)|PORT|PORT_\d+_(TCP|UDP).*)$/;

const integer = (text: string): unknown => (/^-?\d{1,15}$/.test(text) ? Number(text) : text);
const parts = (text: string): string[] => text.split(',').map((part) => part.trim());

function decode(kind: Leaf['kind'], text: string): unknown {
  if (kind === 'integer') return integer(text);
  if (kind === 'list') return parts(text);
  if (kind === 'integers') return parts(text).map(integer);
  if (kind === 'addresses') return text === 'false' ? false : parts(text);
  return text;
}

/** The variables that set something. One that begins with VESTNIK_ and means nothing is a fault. */
export function readEnvironment(environment: Readonly<Record<string, string | undefined>>, leaves: readonly Leaf[]): Variables {
  const byName = new Map(leaves.map((leaf) => [leaf.environment, leaf]));
  const set: { leaf: Leaf; value: unknown }[] = [];
  const faults: string[] = [];
  for (const [name, given] of Object.entries(environment)) {
    if (!name.startsWith('VESTNIK_') || OTHER_VARIABLES.test(name)) continue;
    const leaf = byName.get(name);
    const text = given?.trim() ?? '';
    if (!leaf) {
      const near = nearest(name, [...byName.keys()]);
      faults.push(
        `variable ${name}: no setting has this name${near ? `; did you mean ${near}?` : '; `vestnik config --example` shows all'}`,
      );
    } else if (text !== '') set.push({ leaf, value: decode(leaf.kind, text) });
  }
  return { set, faults };
}

interface Sources {
  readonly file: SourceFile | undefined;
  readonly variables: Variables;
  readonly leaves: readonly Leaf[];
  readonly raw: Raw;
}

const startsWith = (path: readonly PropertyKey[], prefix: readonly string[]): boolean =>
  prefix.every((part, index) => path[index] === part);

/** A value for a message: short, and never a password. */
function shown(value: unknown): string {
  const text = JSON.stringify(value).replace(/(\/\/[^:@/"]*:)[^@"]*@/, '$1***@');
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/** One line a fault: place, key, what is wrong and what would be right. */
export function describeFault(issue: z.core.$ZodIssue, { file, variables, leaves, raw }: Sources): string[] {
  const variable = variables.set.find(({ leaf }) => startsWith(issue.path, leaf.path));
  const placeOf = (path: readonly PropertyKey[]): string =>
    variable ? `variable ${variable.leaf.environment}` : file ? `${file.path}:${file.lineOf(path)}` : 'configuration';
  if (issue.code === 'unrecognized_keys') {
    const section = issue.path.join('.');
    const known = [
      ...new Set(leaves.filter((leaf) => startsWith(leaf.path, issue.path.map(String))).map((leaf) => leaf.path[issue.path.length] ?? '')),
    ];
    return issue.keys.map((key) => {
      const near = nearest(key, known);
      const right = near ? `did you mean ${JSON.stringify(near)}?` : `known keys: ${known.join(', ')}`;
      return `${placeOf([...issue.path, key])}: unknown key ${JSON.stringify(key)}${section ? ` in ${section}` : ''}; ${right}`;
    });
  }
  const leaf = leaves.find((candidate) => startsWith(issue.path, candidate.path));
  const key = issue.path.map(String).join('.') || 'the file';
  const value = issue.path.reduce<unknown>(
    (node, part) => (typeof node === 'object' && node !== null ? (node as Raw)[String(part)] : undefined),
    raw,
  );
  const wrong = value === undefined ? `${key} is missing` : `${key} is ${shown(value)}`;
  return [`${placeOf(issue.path)}: ${wrong}; expected ${leaf?.type ?? 'keys of this section'}`];
}
