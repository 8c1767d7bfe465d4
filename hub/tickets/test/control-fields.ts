import type * as z from 'zod';
import { documentSchemas, operationSchema } from '../control/schema.ts';

/** A field of the control message, found in the schema itself, so that a field that is added tomorrow is tried tomorrow. */
export interface Field {
  /** From the root of the operation; 0 for the items of a list. */
  readonly path: readonly (string | number)[];
  /** The most characters it takes, where the schema says so. */
  readonly maxLength?: number;
}

export type DocumentSchemaType = keyof typeof documentSchemas;

/** What the schema has at one place: single values, and the objects that hold them. */
interface Found {
  readonly values: Field[];
  readonly objects: Field[];
}

/** Fields of the operation around its documents. */
export function headFields(): Found {
  const found: Found = { values: [], objects: [] };
  visit(operationSchema, [], found);
  return { values: found.values.filter(({ path }) => path[0] !== 'documents'), objects: found.objects };
}

/** Fields of a document of this type that stands first in its operation. */
export function documentFields(type: DocumentSchemaType): Found {
  const found: Found = { values: [], objects: [] };
  visit(documentSchemas[type], ['documents', 0], found);
  return found;
}

/** A copy of `root` with this value at this path; what is missing on the way is made. The own key `__proto__` is a key like any other. */
export function withValue<Root>(root: Root, path: readonly (string | number)[], value: unknown): Root {
  const [step, ...rest] = path;
  if (step === undefined) return value as Root;
  const copy = (Array.isArray(root) ? [...root] : { ...root }) as object;
  const before = Object.getOwnPropertyDescriptor(copy, step)?.value ?? (typeof rest[0] === 'number' ? [] : {});
  Object.defineProperty(copy, step, {
    value: withValue(before, rest, value),
    enumerable: true,
    configurable: true,
    writable: true,
  });
  return copy as Root;
}

/** JSON Pointer (RFC 6901), as faults name fields. */
export const pointerOf = (path: readonly (string | number)[]): string =>
  path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

function visit(schema: z.core.$ZodType, path: (string | number)[], found: Found): void {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  switch (def.type) {
    case 'object':
      found.objects.push({ path });
      for (const [key, part] of Object.entries(def.shape)) visit(part, [...path, key], found);
      return;
    case 'optional':
      visit(def.innerType, path, found);
      return;
    case 'pipe':
      visit(def.out, path, found);
      return;
    case 'array':
      visit(def.element, [...path, 0], found);
      return;
    case 'string':
    case 'number':
    case 'boolean':
    case 'enum':
    case 'literal': {
      const { maxLength } = (schema as z.ZodType).meta() ?? {};
      found.values.push({ path, ...(typeof maxLength === 'number' && { maxLength }) });
      return;
    }
    case 'unknown':
      return;
    default:
      throw new Error(`${pointerOf(path)}: schemas of kind ${def.type} are not walked yet; add it to hub/tickets/test/control-fields.ts`);
  }
}
