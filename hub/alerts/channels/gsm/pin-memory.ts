/**
 * Remembers that the PIN of the present settings was given to the SIM and did not open it, so that it is never given a second time: the third wrong one
 * locks the SIM (specification 5.3). Set before the PIN leaves and taken back when the SIM opened, so that a fall of the process in between counts as
 * a refusal. A new PIN in the settings begins with an empty memory.
 */
export interface PinMemory {
  spent(): Promise<boolean>;
  setSpent(spent: boolean): Promise<void>;
}

const spentInProcess = new Set<string>();

/** A memory as long as the process, shared by all drivers of one device and PIN: what tests and short-lived programs have. */
export function pinMemoryOfProcess(device: string, pin: string | undefined): PinMemory {
  const key = JSON.stringify([device, pin]);
  return {
    async spent() {
      return spentInProcess.has(key);
    },
    async setSpent(spent) {
      if (spent) spentInProcess.add(key);
      else spentInProcess.delete(key);
    },
  };
}
