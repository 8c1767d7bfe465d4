import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { compileAcceptor } from '../control/acceptor.ts';
import { documentSchemas, historySchemas, operationSchema } from '../control/schema.ts';
import { createOperationSource } from '../samples/operation-source.ts';

const source = createOperationSource({ seed: 11 });
const messages = Array.from({ length: 60 }, () => JSON.parse(JSON.stringify(source.next())) as { documents: Record<string, unknown>[] });
const documents = messages.flatMap((message) => message.documents);

/** A copy with one randomly chosen field, at any depth, taken away or replaced. */
function damaged(value: unknown, steps: readonly number[], damage: unknown): unknown {
  const copy = structuredClone(value);
  let at = copy as Record<string, unknown>;
  for (const [index, step] of steps.entries()) {
    const keys = Object.keys(at);
    const key = keys[step % Math.max(1, keys.length)] ?? 'unknown';
    const below = at[key];
    if (index === steps.length - 1 || typeof below !== 'object' || below === null) {
      if (damage === 'delete') {
        delete at[key];
      } else if (damage === 'unknown') {
        at['unknown'] = 1;
      } else {
        at[key] = damage;
      }
      return copy;
    }
    at = below as Record<string, unknown>;
  }
  return copy;
}

const damages = fc.oneof(
  fc.constantFrom<unknown>(
    'delete',
    'unknown',
    null,
    '',
    0,
    -1,
    1.5,
    17,
    1e9,
    Number.NaN,
    true,
    [],
    {},
    [1],
    '2026-02-30',
    '1,5',
    'a\ud800',
    '\u0000',
    'ETICKET',
  ),
  fc.jsonValue(),
);

describe('the compiled yes or no says the same as zod', () => {
  const schemas = [operationSchema, ...Object.values(documentSchemas), ...Object.values(historySchemas)] as z.ZodType[];

  test('for right documents', () => {
    for (const document of documents) {
      for (const schema of schemas) {
        expect(compileAcceptor(schema)(document)).toBe(schema.safeParse(document).success);
      }
    }
  });

  test('for damaged ones', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...documents, ...messages),
        fc.array(fc.nat(40), { minLength: 1, maxLength: 5 }),
        damages,
        (value, steps, damage) => {
          const bad = damaged(value, steps, damage);
          for (const schema of schemas) {
            expect(compileAcceptor(schema)(bad)).toBe(schema.safeParse(bad).success);
          }
        },
      ),
      { numRuns: 1_500 },
    );
  });

  test('an accepted value is the parsed value', () => {
    for (const message of messages) {
      expect(operationSchema.parse(message)).toEqual(message);
      for (const document of message.documents.filter((sent) => !('from' in sent))) {
        expect(documentSchemas[document['type'] as keyof typeof documentSchemas].parse(document)).toEqual(document);
      }
    }
  });

  test('a hole in a list is looked at', () => {
    const list = z.array(z.string());
    expect(compileAcceptor(list)(new Array(1))).toBe(list.safeParse(new Array(1)).success);
  });
});

test('a schema that it does not know is refused when the program starts', () => {
  expect(() => compileAcceptor(z.map(z.string(), z.string()))).toThrow('type map');
  expect(() => compileAcceptor(z.object({}))).toThrow('strict');
});
