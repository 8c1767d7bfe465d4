/**
 * Names that we had to choose because no source shows them.
 *
 * Open point (spec 10): the vendor's names of agency, validator, terminal and operator inside BOOK, DEAL and SALE, and of the
 * passenger's citizenship. They are here and nowhere else; the writer and the schemas follow.
 */
export const ACTOR_NAMES = { agency: 'AGENCY', validator: 'STAMP', terminal: 'TAP', operator: 'OPR' } as const;
export const CITIZENSHIP = 'CITIZENSHIP';

/** The four layouts; each has its table in layout.ts and its schema file. */
export const FAMILIES = ['air', 'aeroexpress', 'rail', 'insurance'] as const;
export type Family = (typeof FAMILIES)[number];

/** The family of an XML document's TYPE, or undefined for a TYPE that is not ours. */
export function familyOf(type: string): Family | undefined {
  switch (type) {
    case 'ETICKET':
    case 'TICKET':
    case 'MCO':
    case 'EMD':
    case 'RECEIPT':
      return 'air';
    case 'AE_TICKET':
      return 'aeroexpress';
    case 'TRAIN_TICKET':
      return 'rail';
    case 'EINSURCAR':
      return 'insurance';
    default:
      return undefined;
  }
}
