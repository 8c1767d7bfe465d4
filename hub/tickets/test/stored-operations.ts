import { completeFromHistory, type StoredSale, saleToCopy, wantedFromHistory } from '../control/history.ts';
import { parseOperation } from '../control/parse.ts';
import type { CompleteOperation } from '../control/schema.ts';
import { validateOperation } from '../control/validate.ts';
import { type BuiltDocument, buildDocuments } from '../xml/writer.ts';

/**
 * What the hub does with a control message, without its database: parse, complete from history, check, remember, build. Throws with the
 * faults when the message is refused.
 */
export function createOperationStore(now: number): { take(message: unknown): { operation: CompleteOperation; built: BuiltDocument[] } } {
  const acts = new Map<string, StoredSale[]>();
  return {
    take: (message) => {
      const parsed = parseOperation(message, { source: 'test' });
      if (!parsed.ok) {
        throw new Error(JSON.stringify({ faults: parsed.faults, message }));
      }
      const found = new Map<string, StoredSale | 'taken-back'>();
      for (const [number, wanted] of wantedFromHistory(parsed.operation)) {
        const stored = (acts.get(number) ?? []).map((act) => ({ ...act, ...documentOf(act) }));
        const sale = saleToCopy(stored, wanted);
        if (sale !== undefined) {
          found.set(number, sale);
        }
      }
      const completed = completeFromHistory(parsed.operation, found);
      if (!completed.ok) {
        throw new Error(JSON.stringify({ faults: completed.faults, message }));
      }
      const { operation } = completed;
      const { faults } = validateOperation(operation, now);
      if (faults.length > 0) {
        throw new Error(JSON.stringify({ faults, message }));
      }
      operation.documents.forEach(({ number }, documentIndex) => {
        acts.set(number, [{ control: operation, documentIndex }, ...(acts.get(number) ?? [])]);
      });
      return { operation, built: buildDocuments(operation) };
    },
  };
}

function documentOf({ control, documentIndex }: StoredSale): Pick<CompleteOperation['documents'][number], 'role' | 'cancels'> {
  const document = control.documents[documentIndex];
  if (document === undefined) {
    throw new Error('a stored act has its document');
  }
  return { role: document.role, cancels: document.cancels };
}
