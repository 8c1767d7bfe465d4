import type { Scalar, TypeRef } from './descriptor.ts';

/**
 * The tokens that beans, operations and actions of the catalogue are written with (bean-notation.ts, operation-notation.ts, action-notation.ts).
 * A fault stops the process when the catalogue is loaded, and names the text, the place in it and what would be right.
 */
export interface Tokens {
  /** The next token, without taking it; undefined at the end. */
  peek(): string | undefined;
  /** Takes the next token if it is this one. */
  take(token: string): boolean;
  /** Takes the next token, which must be this one. */
  expect(token: string): void;
  /** Takes a name. `what` it names is told when there is none. */
  name(what: string): string;
  /** Takes a name that may hold hyphens: parameters of actions. */
  looseName(what: string): string;
  fail(message: string): never;
}

const TOKEN = /[A-Za-z_][A-Za-z0-9_-]*|\[\]|\S/g;
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
const LOOSE_NAME = /^[A-Za-z_][A-Za-z0-9_-]*$/;
const SCALARS: ReadonlySet<string> = new Set<Scalar>([
  'int',
  'long',
  'short',
  'byte',
  'boolean',
  'float',
  'string',
  'decimal',
  'date',
  'dateTime',
  'base64Binary',
  'any',
]);

/** Scalars that are never null on the wire: absent, they are 0 or false. */
const PRIMITIVES: ReadonlySet<string> = new Set<Scalar>(['int', 'long', 'short', 'byte', 'boolean', 'float']);

export const isPrimitive = (type: TypeRef): boolean => 'scalar' in type && PRIMITIVES.has(type.scalar);

/** @param what the text is, for faults: `operation of PaymentService`. */
export function tokensOf(text: string, what: string): Tokens {
  const tokens = Array.from(text.matchAll(TOKEN), (match) => ({ text: match[0], at: match.index }));
  let next = 0;
  const fail = (message: string): never => {
    const at = tokens[next]?.at ?? text.length;
    const line = text.slice(0, at).split('\n').length;
    const around = text.slice(Math.max(0, at - 40), at).trimStart();
    throw new SyntaxError(`${what}, line ${line}, after ${JSON.stringify(around)}: ${message}`);
  };
  const named = (form: RegExp, kind: string): string => {
    const token = tokens[next]?.text;
    if (token === undefined || !form.test(token)) return fail(`${kind} is needed, not ${token === undefined ? 'the end' : `"${token}"`}`);
    next += 1;
    return token;
  };
  return {
    peek: () => tokens[next]?.text,
    take(token) {
      if (tokens[next]?.text !== token) return false;
      next += 1;
      return true;
    },
    expect(token) {
      const found = tokens[next]?.text;
      if (found !== token) fail(`"${token}" is needed, not ${found === undefined ? 'the end' : `"${found}"`}`);
      next += 1;
    },
    name: (kind) => named(NAME, kind),
    looseName: (kind) => named(LOOSE_NAME, kind),
    fail,
  };
}

/** `int`, `payment`, `payment[]`. */
export function readType(tokens: Tokens): TypeRef {
  const name = tokens.name('a type');
  const type: TypeRef = SCALARS.has(name) ? { scalar: name as Scalar } : { bean: name };
  return tokens.take('[]') ? { list: type } : type;
}

/** The bean that a type holds, if it holds one. */
export const beanOf = (type: TypeRef): string | undefined => ('list' in type ? beanOf(type.list) : 'bean' in type ? type.bean : undefined);
