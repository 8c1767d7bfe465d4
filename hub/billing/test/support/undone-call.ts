import type { Call } from '../../catalogue/descriptor.ts';
import type { ServedOperation, ServedService } from '../../catalogue/registry.ts';
import { createJsonReader } from '../../wire/json/read.ts';
import type { BillingBench } from './billing-bench.ts';

export const ZONE = 'Europe/Moscow';

const UNDONE = new Error('undone');

/** Runs an operation with what came over JSON, and undoes it: every call finds the same rows. */
export async function tryCall(
  bench: BillingBench,
  served: ServedService,
  operation: ServedOperation,
  params: unknown,
): Promise<{ answer?: unknown; error?: unknown }> {
  const reader = createJsonReader(served, { timeZone: ZONE, strict: false });
  let seen: { answer?: unknown; error?: unknown } = {};
  await bench.database
    .transaction(async (tx) => {
      const call: Call = {
        ...bench.act({ operatorId: 1 }),
        db: tx,
        tx,
        profile: '7',
        moduleId: moduleOf(served),
      };
      try {
        seen = { answer: await operation.run?.(call, reader.arguments(operation, params)) };
      } catch (error) {
        seen = { error };
      }
      throw UNDONE;
    })
    .catch((error: unknown) => {
      if (error !== UNDONE) throw error;
    });
  return seen;
}

/** The module of a service on the rows of `seedCatalogue`. */
export const moduleOf = ({ service }: ServedService): number => (service.name === 'NPayService' ? 1 : 2);
