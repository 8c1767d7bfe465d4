import { type Links, linksOf, roleCounts, transactionOf } from '../transactions.ts';
import { isAirType } from './codes.ts';
import { collectFaults, type FaultCollector } from './fault-collector.ts';
import type { Fault, Warning } from './faults.ts';
import type { Air, CompleteOperation, Document } from './schema.ts';
import { warningsOf } from './warnings.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * The rules between fields of a complete operation (spec 2.3, 2.4). `now` in epoch milliseconds or as an instant.
 * Faults refuse the operation; warnings are stored with it and never stop it. UNROUTED is added by whoever routes.
 */
export function validateOperation(operation: CompleteOperation, now: Temporal.Instant | number): { faults: Fault[]; warnings: Warning[] } {
  const nowMs = typeof now === 'number' ? now : now.epochMilliseconds;
  const faults = collectFaults();
  checkTimes(operation, nowMs, faults);
  checkRoles(operation, faults);
  checkNumbers(operation, faults);
  const links = linksOf(operation);
  operation.documents.forEach((document, index) => {
    const path = ['documents', index];
    if (document.cancels !== undefined && document.role !== 'voided') {
      faults.add('KIND_ROLE', [...path, 'cancels'], `"cancels" belongs to role voided only; this document is ${document.role}`);
    }
    if (isAir(document)) {
      checkMcoType(document, path, faults);
    }
    checkLinks(operation, document, links[index] ?? {}, path, faults);
  });
  if (faults.faults.length > 0) {
    return { faults: faults.faults, warnings: [] };
  }
  return { faults: [], warnings: warningsOf(operation, links, nowMs) };
}

function checkTimes(operation: CompleteOperation, now: number, faults: FaultCollector): void {
  const times: [string[], string | undefined][] = [
    [['time'], operation.time],
    [['booking', 'time'], operation.booking?.time],
    [['originalSale', 'time'], operation.originalSale?.time],
  ];
  for (const [path, time] of times) {
    if (time !== undefined && Date.parse(time) - now > DAY_MS) {
      faults.add('TIME_FUTURE', path, `must not be more than 24 hours ahead of the hub's clock, which is ${new Date(now).toISOString()}`);
    }
  }
}

function checkRoles(operation: CompleteOperation, faults: FaultCollector): void {
  const { kind, documents } = operation;
  const counts = roleCounts(kind);
  const roles = [...counts.keys()].join(', ');
  documents.forEach((document, index) => {
    if (!counts.has(document.role)) {
      faults.add('KIND_ROLE', ['documents', index, 'role'], `${kind} has no role ${document.role}; its roles are ${roles}`);
    } else if (transactionOf(kind, document) === undefined) {
      faults.add('TYPE_KIND', ['documents', index, 'type'], typeSentence(operation, document));
    }
  });
  for (const [role, [least, most]] of counts) {
    const count = documents.filter((document) => document.role === role).length;
    if (count < least || count > most) {
      faults.add('ROLE_COUNT', ['documents'], `${kind} has ${least} to ${most} documents of role ${role}, not ${count}`);
    }
  }
}

function typeSentence(operation: CompleteOperation, document: Document): string {
  if (document.role === 'penalty') {
    return `${document.type} cannot be a penalty; a penalty is EMD, MCO or RECEIPT`;
  }
  if (document.role === 'voided') {
    return 'the refund of an AE_TICKET cannot be voided: AE_TICKET knows only SALE and REFUND';
  }
  return `${document.type} cannot be exchanged (${operation.kind}); ETICKET, TICKET, MCO and EMD can`;
}

function checkNumbers(operation: CompleteOperation, faults: FaultCollector): void {
  const first = new Map<string, number>();
  operation.documents.forEach((document, index) => {
    const key = `${document.role} ${document.number}`;
    const before = first.get(key);
    if (before === undefined) {
      first.set(key, index);
    } else {
      const message = `${document.number} stands already as ${document.role} in /documents/${before}`;
      faults.add('NUMBER_DUPLICATE', ['documents', index, 'number'], message);
    }
  });
}

function checkMcoType(document: Air, path: (string | number)[], faults: FaultCollector): void {
  const isMco = document.type === 'MCO' || document.type === 'EMD';
  if (!isMco) {
    for (const field of ['mcoType', 'rfic'] as const) {
      if (document[field] !== undefined) {
        faults.add('MCO_TYPE_MISPLACED', [...path, field], `"${field}" belongs to MCO and EMD only; this document is ${document.type}`);
      }
    }
  } else if (document.role === 'penalty' && document.mcoType !== 'PENALTY') {
    faults.add('MCO_TYPE_MISPLACED', [...path, 'mcoType'], `a penalty has mcoType PENALTY, not ${document.mcoType}`);
  }
}

/**
 * `replaces` stands only on the new document of an exchange and names a surrendered one (on a voided document it repeats the original
 * sale and may name anything). `belongsTo` of a penalty names a document of this operation; elsewhere it may name an earlier one, since
 * an EMD can be sold for a ticket of last week.
 */
function checkLinks(
  operation: CompleteOperation,
  document: Document,
  links: Links,
  path: (string | number)[],
  faults: FaultCollector,
): void {
  const given = document as { replaces?: string; belongsTo?: string };
  for (const field of ['replaces', 'belongsTo'] as const) {
    // Also by default: a ticket exchanged for one with its own number would name itself.
    if ((given[field] ?? links[field]) === document.number) {
      faults.add('LINK_UNKNOWN', [...path, field], `${document.number} cannot link to itself`);
      return;
    }
  }
  const has = (number: string, role?: string) =>
    operation.documents.some((other) => other !== document && other.number === number && (role === undefined || other.role === role));
  const isNew = document.role === 'issued' && operation.kind !== 'issue';
  if (given.replaces !== undefined && document.role !== 'voided') {
    if (!isNew) {
      faults.add('LINK_UNKNOWN', [...path, 'replaces'], 'only the new document of an exchange replaces another');
    } else if (!has(given.replaces, 'surrendered')) {
      faults.add('LINK_UNKNOWN', [...path, 'replaces'], `no surrendered document of this operation has the number ${given.replaces}`);
    }
  } else if (isNew && links.replaces === undefined && roleCounts(operation.kind).has('surrendered')) {
    faults.add(
      'LINK_MISSING',
      [...path, 'replaces'],
      'is required: with several surrendered documents each new one names the one it replaces',
    );
  }
  if (document.role !== 'penalty') {
    return;
  }
  if (links.belongsTo === undefined) {
    faults.add('LINK_MISSING', [...path, 'belongsTo'], 'is required: with several tickets a penalty names the one it belongs to');
  } else if (given.belongsTo !== undefined && !has(given.belongsTo)) {
    faults.add('LINK_UNKNOWN', [...path, 'belongsTo'], `no document of this operation has the number ${given.belongsTo}`);
  }
}

function isAir(document: Document): document is Air {
  return isAirType(document.type);
}
