import { allows } from '../../core/identity/caller.ts';
import { RIGHTS_BY_BIT } from '../api-rights.ts';

/** Rights of the hub as the bits of the line protocol (specification of alerts 3.1). */
export function bitsOf(rights: readonly string[]): number {
  return RIGHTS_BY_BIT.reduce((bits, right, place) => (allows({ rights }, right) ? bits | (1 << place) : bits), 0);
}

/** Every right of the hub that is none of ours, and those of ours that the bits name: what an operator has after USERADD and USERCHG. */
export function rightsOfBits(bits: number, present: readonly string[] = []): string[] {
  // Who may everything keeps that word as long as no bit is taken away.
  if (bitsOf(present) === bits) return [...present];
  const others = present.filter((right) => right !== '*' && !right.startsWith('alerts.'));
  return [...others, ...RIGHTS_BY_BIT.filter((_, place) => (bits & (1 << place)) !== 0)];
}
