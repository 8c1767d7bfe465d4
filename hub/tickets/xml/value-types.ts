import { AEROEXPRESS_FARE_TYPES, AIR_TYPES, CARRIER_TYPES, GENDERS, MCO_TYPES, OP_TYPES, TRANS_TYPES } from '../control/codes.ts';

/**
 * The simple types of the XML: what a value may look like. Each becomes one named simpleType of ticket-types.xsd.
 * `plain` values cannot contain a character that needs escaping, so the writer does not look for one.
 */
export type ValueType = {
  readonly name: string;
  readonly plain: boolean;
  readonly facets: Facets;
};
type Facets =
  | { kind: 'pattern'; pattern: string }
  | { kind: 'choice'; values: readonly string[] }
  | { kind: 'length'; max: number }
  | { kind: 'whole'; least: number; most: number }
  | { kind: 'or-nothing'; of: ValueType };

function pattern(name: string, expression: string): ValueType {
  return { name, plain: true, facets: { kind: 'pattern', pattern: expression } };
}

function choice(name: string, values: readonly string[]): ValueType {
  return { name, plain: true, facets: { kind: 'choice', values } };
}

function length(max: number): ValueType {
  return { name: `Text${max}`, plain: false, facets: { kind: 'length', max } };
}

function orNothing(type: ValueType): ValueType {
  return { name: `${type.name}OrNothing`, plain: type.plain, facets: { kind: 'or-nothing', of: type } };
}

const DATE = '(0[1-9]|[12][0-9]|3[01])(0[1-9]|1[0-2])(19|20|21)[0-9]{2}';
const CLOCK = '([01][0-9]|2[0-3])[0-5][0-9]';

export const code = pattern('Code', '[A-Za-zА-Яа-яЁё0-9./\\-]{1,20}');
export const documentNumber = pattern('DocumentNumber', '[0-9A-ZА-Я/\\-]{5,40}');
export const currency = pattern('Currency', '[A-Z]{3}');
export const money = pattern('Money', '(0|[1-9][0-9]{0,11})(\\.[0-9]{2,3})?');
export const rate = pattern('Rate', '[0-9]{1,9}(\\.[0-9]{1,8})?');
export const date = pattern('Date', DATE);
export const clock = pattern('Clock', CLOCK);
export const offset = pattern('Offset', `[+\\-]${CLOCK}`);
export const text5 = length(5);
export const text10 = length(10);
export const text12 = length(12);
export const text20 = length(20);
/** A two-character document type glued to a number of up to 20 characters. */
export const text22 = length(22);
export const text40 = length(40);
export const text60 = length(60);
export const text100 = length(100);
export const text500 = length(500);
export const text1000 = length(1000);
export const position: ValueType = { name: 'Position', plain: true, facets: { kind: 'whole', least: 1, most: 99 } };
export const yes = choice('Yes', ['T']);
export const opType = choice('OpType', OP_TYPES);
export const transType = choice('TransType', TRANS_TYPES);
/** TRANS_TYPE of what cannot be exchanged. */
export const transTypeUnexchanged = choice('TransTypeUnexchanged', ['SALE', 'REFUND', 'CANCEL']);
export const saleOrRefund = choice('SaleOrRefund', ['SALE', 'REFUND']);
export const mcoType = choice('McoType', MCO_TYPES);
export const airType = choice('AirType', AIR_TYPES);
export const aeroexpressType = choice('AeroexpressType', ['AE_TICKET']);
export const railType = choice('RailType', ['TRAIN_TICKET']);
export const insuranceType = choice('InsuranceType', ['EINSURCAR']);
export const carrierType = choice('CarrierType', CARRIER_TYPES);
export const gender = choice('Gender', GENDERS);
export const fareType = choice('AeroexpressFareType', AEROEXPRESS_FARE_TYPES);
/** An element that stands for the sake of its attribute alone may be empty: SERVICES with VAT only, REASON with rfisc only. */
export const moneyOrNothing = orNothing(money);
export const text200OrNothing = orNothing(length(200));
