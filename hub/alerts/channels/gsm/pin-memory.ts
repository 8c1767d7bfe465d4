import { hash } from 'node:crypto';
import type { DriverMemory } from '../driver.ts';

/**
 * Remembers that the PIN of the present settings was given to the SIM and did not open it, so that it is never given a second time: the third wrong one
 * locks the SIM (specification 5.3). Set before the PIN leaves and taken back when the SIM opened, so that a fall of the process in between counts as
 * a refusal. Another PIN in the settings, or none, begins with an empty memory.
 */
export interface PinMemory {
  /** @throws when it cannot be known now: the PIN is not given then */
  spent(): Promise<boolean>;
  /** Resolves when it will not be forgotten. @throws when it could not be noted: the PIN is not given then */
  setSpent(spent: boolean): Promise<void>;
}

/** In the memory of the channel group: it holds over restarts, and for whichever hub has the modem. */
export function pinMemory(memory: DriverMemory, device: string, pin: string | undefined): PinMemory {
  const mark = hash('sha256', JSON.stringify([device, pin ?? null]), 'base64url');
  return {
    async spent() {
      const kept = await memory.recall();
      if (kept === undefined || kept === mark) return kept === mark;
      // Of settings that were changed since: who sets the same PIN again later wants it to be tried.
      await memory.keep(undefined);
      return false;
    },
    setSpent: (spent) => memory.keep(spent ? mark : undefined),
  };
}

const spentInProcess = new Map<string, string>();

/** A memory as long as the process, shared by all drivers of one device: what tests and short-lived programs have. */
export const memoryOfProcess = (device: string): DriverMemory => ({
  async recall() {
    return spentInProcess.get(device);
  },
  async keep(text) {
    if (text === undefined) spentInProcess.delete(device);
    else spentInProcess.set(device, text);
  },
});
