import { normaliseEmail } from './email-address.ts';
import { PHONE_TYPE } from './kinds.ts';
import type { Phone } from './person.ts';
import { type DialPlan, normalPhone } from './phone.ts';
import { refusal } from './refusals.ts';

/** What would break a line of a header, of a list or of a protocol. */
const CONTROL = /\p{Cc}/u;
const SIP = /^sips?:[^\s@<>"]+@[^\s@<>"]+$/i;
const EXTENSION = /^[\d*#]{1,20}$/;
const BETWEEN = /[\s().\-\u00a0]/g;

/** The spelling of a phone by which equal ones are known and by which it is dialled; undefined when it is none of its type. */
function normalNumber({ number, type }: Phone, plan: DialPlan): string | undefined {
  if (CONTROL.test(number)) return undefined;
  switch (type) {
    case PHONE_TYPE.city:
    case PHONE_TYPE.mobile:
      return normalPhone(number, plan);
    case PHONE_TYPE.internal: {
      const digits = number.replace(BETWEEN, '');
      return EXTENSION.test(digits) ? digits : undefined;
    }
    case PHONE_TYPE.zone:
      return number.trim() || undefined;
    case PHONE_TYPE.sip:
      return SIP.test(number.trim()) ? number.trim().toLowerCase() : undefined;
  }
}

const RIGHT: Readonly<Record<Phone['type'], string>> = {
  [PHONE_TYPE.city]: '8 (495) 123-45-67',
  [PHONE_TYPE.mobile]: '+7 916 123-45-67',
  [PHONE_TYPE.internal]: '12-34, up to 20 digits, * and #',
  [PHONE_TYPE.zone]: 'the name of a loudspeaker zone',
  [PHONE_TYPE.sip]: 'sip:ivanov@example.org',
};

/** @throws HubError VALIDATION `bad_phone` */
export function phoneNormal(phone: Phone, plan: DialPlan, path: string): string {
  const normal = normalNumber(phone, plan);
  if (normal === undefined) throw refusal('bad_phone', phone.number, RIGHT[phone.type], path);
  return normal;
}

/** @throws HubError VALIDATION `bad_email` */
export function emailNormal(address: string, path: string): string {
  const normal = CONTROL.test(address) ? undefined : normaliseEmail(address);
  if (normal === undefined) throw refusal('bad_email', address, '', path);
  return normal;
}
