import type * as z from 'zod';

/**
 * A fast yes or no for a zod schema. zod builds a new object and looks at every key that might be there; a message that is right, as
 * nearly all are, needs neither. So the schema is walked once, when the program starts, into plain functions that only look at what is
 * there. A message that is not accepted goes to zod, which says what is wrong: the schema stays the only source of both.
 *
 * Knows the parts that control/schema.ts is made of and refuses, at start, to compile any other. Nothing is transformed or defaulted, so an
 * accepted value is the parsed value.
 */
export type Acceptor = (value: unknown) => boolean;

export function compileAcceptor(schema: z.core.$ZodType): Acceptor {
  const known = compiled.get(schema);
  if (known !== undefined) {
    return known;
  }
  const accept = withChecks(compile(schema as z.core.$ZodTypes), checksOf(schema));
  compiled.set(schema, accept);
  return accept;
}

const compiled = new WeakMap<z.core.$ZodType, Acceptor>();

function compile(schema: z.core.$ZodTypes): Acceptor {
  const { def } = schema._zod;
  switch (def.type) {
    case 'object':
      return compileObject(def);
    case 'array': {
      const item = compileAcceptor(def.element);
      return (value) => Array.isArray(value) && everyItem(value, item);
    }
    case 'optional': {
      const inner = compileAcceptor(def.innerType);
      return (value) => value === undefined || inner(value);
    }
    case 'pipe': {
      const first = compileAcceptor(def.in);
      const second = compileAcceptor(def.out);
      return (value) => first(value) && second(value);
    }
    case 'enum':
    case 'literal': {
      const values: ReadonlySet<unknown> = schema._zod.values ?? new Set();
      return (value) => values.has(value);
    }
    case 'string':
      return (value) => typeof value === 'string';
    case 'number':
      return (value) => typeof value === 'number' && Number.isFinite(value);
    case 'boolean':
      return (value) => typeof value === 'boolean';
    case 'unknown':
      return () => true;
    default:
      throw new Error(`no acceptor for a schema of type ${def.type}`);
  }
}

/** Unlike Array.every it looks at holes, too, as zod does. */
function everyItem(list: readonly unknown[], accept: Acceptor): boolean {
  for (let index = 0; index < list.length; index++) {
    if (!accept(list[index])) {
      return false;
    }
  }
  return true;
}

function compileObject(def: z.core.$ZodObjectDef): Acceptor {
  if (def.catchall?._zod.def.type !== 'never') {
    throw new Error('only strict objects are known');
  }
  const fields = new Map<string, Acceptor>();
  const required: string[] = [];
  for (const [key, field] of Object.entries(def.shape)) {
    fields.set(key, compileAcceptor(field));
    if (field._zod.optin === undefined) {
      required.push(key);
    }
  }
  return (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      return false;
    }
    const record = value as Record<string, unknown>;
    for (const key in record) {
      const accept = fields.get(key);
      if (accept === undefined || !accept(record[key])) {
        return false;
      }
    }
    for (const key of required) {
      if (record[key] === undefined) {
        return false;
      }
    }
    return true;
  };
}

/** The checks of a schema; a number format such as z.int() is a check of itself. */
function checksOf(schema: z.core.$ZodType): z.core.$ZodCheck<never>[] {
  const checks = [...((schema._zod.def.checks ?? []) as z.core.$ZodCheck<never>[])];
  return 'check' in schema._zod ? [schema as unknown as z.core.$ZodCheck<never>, ...checks] : checks;
}

function withChecks(accept: Acceptor, checks: readonly z.core.$ZodCheck<never>[]): Acceptor {
  if (checks.length === 0) {
    return accept;
  }
  const runs = checks.map((check) => check._zod.check);
  return (value) => {
    if (!accept(value)) {
      return false;
    }
    const payload = { value: value as never, issues: [] };
    for (const run of runs) {
      run(payload);
      if (payload.issues.length > 0) {
        return false;
      }
    }
    return true;
  };
}
