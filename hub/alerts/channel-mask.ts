/** Which channels a task may use: the n-th character is for channel n, `1` allowed, `0` not; a shorter mask forbids the rest, an empty one allows all (specification of alerts, 3.10). */
export type ChannelMask = string;

const MASK = /^[01]{0,4096}$/;

/** What is wrong with a mask, in a sentence; undefined for a good one. */
export function maskFault(mask: ChannelMask): string | undefined {
  return MASK.test(mask) ? undefined : 'a mask of channels consists of at most 4096 characters 0 and 1';
}

/** Whether a mask allows a channel. @param channel number, from 1 */
export function allowsChannel(mask: ChannelMask, channel: number): boolean {
  return mask === '' || mask[channel - 1] === '1';
}
