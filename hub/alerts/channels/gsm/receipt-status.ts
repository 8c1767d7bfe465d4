import type { Receipt } from '../driver.ts';

/** What a status says; undefined where the centre goes on trying, so that another report follows. */
export type StatusMeaning = Pick<Receipt, 'result' | 'code' | 'detail'>;

const TEXTS: Readonly<Record<number, string>> = {
  0: 'the phone has taken the message',
  1: 'the message was passed on, and the centre cannot tell whether it arrived',
  2: 'the centre replaced the message by a later one',
  64: 'error of the far network',
  65: 'the phone cannot take this kind of message',
  66: 'the phone refused the message',
  67: 'the number cannot be obtained',
  68: 'the service has no capacity',
  69: 'no way between the networks',
  70: 'the validity of the message was over',
  71: 'the sender deleted the message',
  72: 'the centre deleted the message',
  73: 'the centre does not know the message',
  96: 'the network was congested, the centre gave up',
  97: 'the phone was busy, the centre gave up',
  98: 'the phone did not answer, the centre gave up',
  99: 'the service was rejected, the centre gave up',
  100: 'the service had no capacity, the centre gave up',
  101: 'error of the phone, the centre gave up',
};

/** Ends that another try to the same number would meet again; deleted and rejected are among them (specification 5.2). */
const PERMANENT = new Set([0x41, 0x42, 0x43, 0x45, 0x47, 0x48, 0x49]);

/**
 * Reads TP-Status (3GPP TS 23.040, 9.2.3.15): 0x00 to 0x1F the transfer is over, 0x20 to 0x3F the centre goes on trying, 0x40 to 0x5F it is over for
 * good, 0x60 to 0x7F the centre gave up; what is reserved counts as given up. Only 0x00 proves that the phone has the message.
 */
export function meaningOf(status: number): StatusMeaning | undefined {
  if (status >= 0x20 && status < 0x40) return undefined;
  const code = `ST 0x${status.toString(16).toUpperCase().padStart(2, '0')}`;
  const detail = TEXTS[status] ?? `the centre reports the status ${status}`;
  if (status === 0) return { result: 'delivered', code, detail };
  return { result: PERMANENT.has(status) ? 'permanent' : 'temporary', code, detail };
}
