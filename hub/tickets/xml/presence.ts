/**
 * What a schema cannot say about one document (spec 3.2, 3.7): which elements must and must not be there for its TYPE, OPTYPE and
 * TRANS_TYPE. The writer keeps these rules by its tables; this is the check of it, written from the spec and not from the tables.
 */
type Read = (element: string) => string | undefined;

const ELECTRONIC = new Set(['ETICKET', 'EMD']);

/** `read` gives the text of a child of TICKET, or undefined when there is none. Returns one sentence per fault. */
export function presenceFaults(type: string, read: Read): string[] {
  const faults: string[] = [];
  const present = (element: string) => read(element) !== undefined;
  const expect = (element: string, rule: 'required' | 'absent' | 'optional', why: string): void => {
    if (rule === 'required' && !present(element)) {
      faults.push(`${element} is missing: ${why}`);
    } else if (rule === 'absent' && present(element)) {
      faults.push(`${element} must not be here: ${why}`);
    }
  };
  if (read('TYPE') !== type) {
    faults.push(`TYPE is ${read('TYPE') ?? 'missing'} where ${type} was expected`);
  }
  if (type === 'AE_TICKET' || type === 'TRAIN_TICKET' || type === 'EINSURCAR') {
    return faults;
  }
  const act = `${read('OPTYPE')}/${read('TRANS_TYPE')}`;
  const isTicket = type === 'ETICKET' || type === 'TICKET';
  const isMco = type === 'MCO' || type === 'EMD';
  const isPenalty = act === 'SALE/REFUND' || (act === 'SALE/EXCHANGE' && (type === 'RECEIPT' || read('MCO_TYPE') === 'PENALTY'));
  if (isTicket) {
    expect('SEGMENTS', 'required', `${type} has at least one segment`);
    expect('TO_BSONUM', 'absent', `${type} does not belong to another document`);
  }
  expect('EMDCOUPONS', type === 'EMD' ? 'required' : 'absent', 'EMD has coupons and no other type has');
  expect('MCO_TYPE', isMco ? 'required' : 'absent', 'MCO and EMD have it and no other type has');
  if (ELECTRONIC.has(type)) {
    expect('TYP_NUM', 'absent', `${type} has no paper form`);
  }
  if (act === 'SALE/EXCHANGE' && !isPenalty) {
    expect('EX_BSONUM', 'required', 'the new document of an exchange names the old one');
  } else if (read('TRANS_TYPE') !== 'CANCEL' && act !== 'SALE/EXCHANGE') {
    expect('EX_BSONUM', 'absent', `${act} replaces nothing`);
  }
  if (isPenalty && !present('EX_BSONUM')) {
    expect('TO_BSONUM', 'required', 'a penalty names the ticket it belongs to');
  }
  if (act !== 'REFUND/REFUND' && act !== 'REFUND/EXCHANGE') {
    expect('PENALTY', 'absent', 'only what is taken back by a refund or an exchange has a penalty');
  }
  if (read('OPTYPE') === 'SALE') {
    expect('RETTYPE', 'absent', 'a sale has no kind of return');
  }
  return faults;
}
