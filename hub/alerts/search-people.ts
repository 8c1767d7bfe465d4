import type { Value } from '../core/database/statement.ts';
import type { DialPlan } from './phone.ts';
import { isId } from './refusals.ts';

/** Escapes what LIKE reads as a pattern. */
export const likeText = (text: string): string => text.replace(/[\\%_]/g, '\\$&');
const PHONE = /^\+?[\d\s().\-\u00a0]+$/;

/** What the begin of a phone may be in its normal spelling: `8 916` is `+7916`, `916` is that, too, or the begin of an internal number. */
function phonePrefixes(text: string, { country, trunk }: DialPlan): string[] {
  if (!PHONE.test(text)) return [];
  const digits = text.replace(/\D/g, '');
  if (digits === '') return [];
  if (text.startsWith('+')) return [`+${digits}`];
  const national =
    trunk !== '' && digits.startsWith(trunk) && digits.length > trunk.length ? [`+${country}${digits.slice(trunk.length)}`] : [];
  return [digits, `+${digits}`, `+${country}${digits}`, ...national];
}

/**
 * The condition on a person `p` for what somebody types: every word is a part of the name in any case of letters; or the whole is the begin of a phone, an
 * e-mail or an external id, or the number of the person.
 */
export function searchPeople(text: string, plan: DialPlan, bind: (value: Value) => string): string {
  const words = text.split(/\s+/).slice(0, 10);
  const named = words.map((word) => `lower(p.name) LIKE lower(${bind(`%${likeText(word)}%`)})`).join(' AND ');
  const addresses = [...phonePrefixes(text, plan), text].map((prefix) => `a.normal LIKE ${bind(`${likeText(prefix)}%`)}`).join(' OR ');
  const found = [
    `(${named})`,
    `p.person_id IN (SELECT a.person_id FROM alerts_address a WHERE ${addresses})`,
    `p.external_id LIKE ${bind(`${likeText(text)}%`)}`,
  ];
  if (/^\d{1,10}$/.test(text) && isId(Number(text))) found.push(`p.person_id = ${bind(Number(text))}`);
  return `(${found.join(' OR ')})`;
}
