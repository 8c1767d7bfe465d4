import { type Fault, type FaultCode, MAX_FAULTS, pointer } from './faults.ts';

/** Gathers the faults of one operation, each path below the path of what is being looked at; stops listening at MAX_FAULTS. */
export type FaultCollector = {
  readonly faults: Fault[];
  /** `path` is from the root of the operation. */
  add(code: FaultCode, path: readonly PropertyKey[], message: string): void;
  isFull(): boolean;
};

export function collectFaults(): FaultCollector {
  const faults: Fault[] = [];
  return {
    faults,
    add: (code, path, message) => {
      if (faults.length < MAX_FAULTS) {
        faults.push({ code, path: pointer(path), message });
      }
    },
    isFull: () => faults.length >= MAX_FAULTS,
  };
}
