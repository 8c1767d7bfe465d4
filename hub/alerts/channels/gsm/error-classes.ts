import type { AttemptResult } from '../driver.ts';

/** What a refusal of the modem or the network means (specification 5.3): P, T or C of chapter 5. */
export type FaultClass = Extract<AttemptResult, 'permanent' | 'temporary' | 'channel'>;

interface Meaning {
  readonly result: FaultClass;
  readonly text: string;
}

const permanent = (text: string): Meaning => ({ result: 'permanent', text });
const temporary = (text: string): Meaning => ({ result: 'temporary', text });
const channel = (text: string): Meaning => ({ result: 'channel', text });

/** +CMS ERROR: 0 to 127 say why the network refused (3GPP TS 24.011, E-2), 128 to 255 why the centre did (TS 23.040, 9.2.3.22), from 300 the modem. */
const CMS: Readonly<Record<number, Meaning>> = {
  1: permanent('the number is not assigned'),
  8: channel('the operator bars sending'),
  10: channel('calls are barred for this SIM'),
  21: temporary('the network rejected the message'),
  22: temporary('the network is congested'),
  27: temporary('the destination is out of order'),
  28: permanent('the subscriber cannot be identified'),
  30: permanent('the subscriber is unknown'),
  38: temporary('the network is out of order'),
  41: temporary('a passing failure of the network'),
  42: temporary('the network is congested'),
  47: temporary('the network has no resources'),
  50: channel('the SIM has no subscription to SMS'),
  111: temporary('a protocol error of the network'),
  127: temporary('an error between networks'),
  192: temporary('the service centre is busy'),
  194: temporary('the service centre has failed'),
  195: permanent('the service centre does not accept the address'),
  196: permanent('the destination is barred'),
  300: channel('the modem has failed'),
  310: channel('no SIM in the modem'),
  311: channel('the SIM asks for its PIN'),
  312: channel('the modem asks for the PIN of its phone lock'),
  313: channel('the SIM has failed'),
  314: channel('the SIM is busy'),
  315: channel('the SIM is of a wrong kind'),
  316: channel('the SIM asks for its PUK'),
  317: channel('the SIM asks for its PIN2'),
  318: channel('the SIM asks for its PUK2'),
  322: channel('the memory of the modem is full'),
  330: channel('the number of the service centre is not known'),
  331: temporary('the modem has no network'),
  332: temporary('the network did not answer in time'),
  500: channel('the modem gives no reason'),
};

/** +CME ERROR: what is wrong with the modem or its SIM (3GPP TS 27.007, 9.2). */
const CME: Readonly<Record<number, Meaning>> = {
  10: channel('no SIM in the modem'),
  11: channel('the SIM asks for its PIN'),
  12: channel('the SIM asks for its PUK'),
  13: channel('the SIM has failed'),
  14: channel('the SIM is busy'),
  15: channel('the SIM is of a wrong kind'),
  16: channel('the PIN is wrong'),
  17: channel('the SIM asks for its PIN2'),
  18: channel('the SIM asks for its PUK2'),
  30: temporary('the modem has no network'),
  31: temporary('the network did not answer in time'),
  32: channel('only emergency calls are allowed'),
};

/** Refusals that say something of the SIM: the modem is of no use until it is looked at again. */
const SIM_FAULTS = new Set(['CMS 310', 'CMS 311', 'CMS 312', 'CMS 313', 'CMS 315', 'CMS 316', 'CMS 317', 'CMS 318']);
for (const number of [10, 11, 12, 13, 15, 16, 17, 18]) SIM_FAULTS.add(`CME ${number}`);

const CODE = /^(CMS|CME) (\d+)$/;

/**
 * What a refused command means.
 * @param code as `readFinal` gives it: `CMS 38`, `CME 10`, `ERROR`; a code that no table has is a fault of the channel, as the address may be good
 */
export function meaningOfError(code: string): Meaning {
  const [, table, number] = CODE.exec(code) ?? [];
  const known = table === undefined ? undefined : (table === 'CMS' ? CMS : CME)[Number(number)];
  return known ?? channel('the modem refused without a reason that is known');
}

/** True when the SIM has to be looked at again before anything else is tried. */
export const isSimFault = (code: string): boolean => SIM_FAULTS.has(code);
