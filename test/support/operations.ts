/** Fields of a control message that a test gives to one that was written for another time and place. */
interface Operation {
  readonly id: string;
  readonly time: string;
}

/** The present moment as control messages write it. */
export const nowText = (): string => Temporal.Now.instant().toString({ timeZone: '+03:00', smallestUnit: 'second' });

/** The same message under another id, happening now. */
export const asNow = <O extends Operation>(operation: O, id: string): O => ({ ...operation, id, time: nowText() });
