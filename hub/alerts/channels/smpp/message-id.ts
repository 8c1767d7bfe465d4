/**
 * The ids of messages: centres spell one id in two ways, with and without leading zeros, in the answer hexadecimal and in the receipt decimal, or the
 * other way round (specification of alerts 5.2).
 */

const DECIMAL = /^\d+$/;
const HEXADECIMAL = /^[\da-f]+$/i;

/**
 * The one spelling under which an id is kept: no leading zeros, and small letters where it can be a hexadecimal number. Other letters keep their case:
 * there are centres whose ids differ in nothing else.
 * @example canonicalId('00001AF') // '1af'
 */
export function canonicalId(id: string): string {
  const bare = id.trim().replace(/^0+(?=.)/, '');
  return HEXADECIMAL.test(bare) ? bare.toLowerCase() : bare;
}

/**
 * All ids that a receipt may mean, canonical, the likeliest first: the id itself, the decimal number written hexadecimal, the hexadecimal number
 * written decimal.
 * @example messageIdForms('431') // ['431', '1af', '1073']
 */
export function messageIdForms(id: string): string[] {
  const canonical = canonicalId(id);
  const forms = [canonical];
  if (DECIMAL.test(canonical)) forms.push(BigInt(canonical).toString(16));
  if (HEXADECIMAL.test(canonical)) forms.push(BigInt(`0x${canonical}`).toString());
  return [...new Set(forms)];
}
