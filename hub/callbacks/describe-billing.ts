import { BILLING_EVENT_TYPES } from './billing-event-types.ts';
import type { BillingEventData } from './event-data.ts';
import { TEST_EVENT_TYPE } from './event-types.ts';

const TYPES = new Map(BILLING_EVENT_TYPES.map((type) => [type.name, type]));

/**
 * `@EventDescription` of the billing: one sentence without personal data beside the title of the contract.
 * @param eventType as receivers know it, `billing.payment.created`; one that is not known is told as it is
 * @example 'Contract C-00001: payment 7 590.00 (Pay desk), balance 0.00'
 */
export function describeBilling(eventType: string, data: BillingEventData, language: 'ru' | 'en'): string {
  const type = TYPES.get(eventType) ?? (eventType === TEST_EVENT_TYPE.name ? TEST_EVENT_TYPE : undefined);
  const said = type && 'says' in type ? type.says?.(data)[language === 'en' ? 0 : 1] : undefined;
  const words = said ?? type?.[language].replace(/^./u, (letter) => letter.toLowerCase()) ?? eventType;
  if (data.contractId === undefined) return words;
  return `${language === 'en' ? 'Contract' : 'Договор'} ${data.contractTitle ?? data.contractId}: ${words}`;
}
