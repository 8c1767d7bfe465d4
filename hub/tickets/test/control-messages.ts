import type { Fault } from '../control/faults.ts';
import { completeFromHistory } from '../control/history.ts';
import { parseOperation } from '../control/parse.ts';
import type { Aeroexpress, Air, CompleteOperation, Document, FromHistory, Insurance, Operation, Rail } from '../control/schema.ts';
import { validateOperation } from '../control/validate.ts';

/** The moment at which the tests check operations: an hour after that of `message`. */
export const NOW = Date.parse('2026-11-22T15:05:00+03:00');

export type Message = Omit<Operation, 'source' | 'documents'> & { source?: string; documents: unknown[] };

export function message(kind: Operation['kind'], ...documents: unknown[]): Message {
  return {
    id: 'test-1',
    kind,
    time: '2026-11-22T14:05:00+03:00',
    system: { id: '1H' },
    deal: { agency: '17МОВ', validator: '00117', terminal: 'МОВ417', operator: '77' },
    documents,
  };
}

const FIO = 'ИВАНОВА/АННА ПЕТРОВНА';

/** The least that a document of an air type has. */
export function air(type: Air['type'], role: Air['role'], number: string, more: Partial<Air> = {}): Air {
  return {
    type,
    role,
    number,
    currency: 'RUB',
    carrier: 'S7',
    fare: { amount: '5000' },
    passenger: { fio: FIO },
    ...((type === 'MCO' || type === 'EMD') && { mcoType: role === 'penalty' ? ('PENALTY' as const) : ('SERVICE' as const) }),
    ...((type === 'ETICKET' || type === 'TICKET') && { segments: [{ from: { city: 'MOW' }, to: { city: 'OVB' } }] }),
    ...(type === 'EMD' && { coupons: [{ number: 1, value: '5000' }] }),
    ...more,
  };
}

export function aeroexpress(role: Aeroexpress['role'], number: string, more: Partial<Aeroexpress> = {}): Aeroexpress {
  const segments = [{ from: 'ПАВ', to: 'DME', date: '2026-12-09' }];
  return { type: 'AE_TICKET', role, number, currency: 'RUB', orderNumber: '884213', fare: '500', fareType: 'full', segments, ...more };
}

export function rail(role: Rail['role'], number: string, more: Partial<Rail> = {}): Rail {
  const segments = [{ number: 1, train: '016А', from: '2006004', to: '2004001', departure: { date: '2026-12-10', time: '23:55' } }];
  const passengers = [{ fio: 'ИВАНОВ/ПЁТР' }];
  return { type: 'TRAIN_TICKET', role, number, currency: 'RUB', orderNumber: '771100', total: '3120.40', passengers, segments, ...more };
}

export function insurance(role: Insurance['role'], number: string, more: Partial<Insurance> = {}): Insurance {
  return { type: 'EINSURCAR', role, number, currency: 'RUB', amount: '350', passenger: { fio: FIO }, ...more };
}

/** The least document of any type. */
export function anyDocument(type: Document['type'], role: Document['role'], number: string): Document {
  switch (type) {
    case 'AE_TICKET':
      return aeroexpress(role, number);
    case 'TRAIN_TICKET':
      return rail(role, number);
    case 'EINSURCAR':
      return insurance(role, number);
    default:
      return air(type, role, number);
  }
}

/** Faults of a message that needs nothing from history, from its fields and from the rules between them. */
export function faultsOf(value: unknown): Fault[] {
  const parsed = parseOperation(value, { source: 'test' });
  return parsed.ok ? validateOperation(complete(parsed.operation), NOW).faults : parsed.faults;
}

/** "CODE /path" of every fault, for short assertions. */
export function codesOf(value: unknown): string[] {
  return faultsOf(value).map(({ code, path }) => `${code} ${path}`);
}

/** The checked operation of a message that must be right. */
export function accepted(value: unknown): CompleteOperation {
  const parsed = parseOperation(value, { source: 'test' });
  if (!parsed.ok) {
    throw new Error(JSON.stringify(parsed.faults));
  }
  const operation = complete(parsed.operation);
  const { faults } = validateOperation(operation, NOW);
  if (faults.length > 0) {
    throw new Error(JSON.stringify(faults));
  }
  return operation;
}

function complete(operation: Operation): CompleteOperation {
  const completed = completeFromHistory(operation, new Map());
  if (!completed.ok) {
    throw new Error(JSON.stringify(completed.faults));
  }
  return completed.operation;
}

export function fromHistory(role: FromHistory['role'], number: string, more: Partial<FromHistory> = {}): unknown {
  return { from: 'history', role, number, ...more };
}
