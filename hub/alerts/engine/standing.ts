/** An attempt and its target, as they stand. */
export type Standing = {
  attempt: number;
  /** The attempt that was made: itself, or the one that it is a part of. */
  origin: number;
  /** How many others share it, when it was made. */
  sharers: number;
  runId: number;
  no: number;
  personId: number;
  groupId: number;
  address: string;
  /** Number of the channel that it went by; null: not known yet. */
  channel: number | null;
  /** Of the attempt. */
  ended: boolean;
  attemptResult: number | null;
  parts: number;
  /** Where the target stood when the attempt was made: its round, and the place of the address. */
  triedRound: number;
  triedAt: number;
  startedAt: Temporal.Instant;
  /** Of the target. */
  current: boolean;
  state: string;
  result: number;
  best: number;
  round: number;
  at: number;
  pass: 1 | 2;
  invalid: number;
  busy: number;
  again: number;
  busyAt: Temporal.Instant | null;
  /** By place of the address. */
  notBefore: readonly (Temporal.Instant | null)[] | null;
  channelFaults: number;
  dueAt: Temporal.Instant | null;
  avoidGroup: number | null;
  attempts: number;
  addresses: number;
  runEnded: boolean;
  /** Of the task. */
  type: number;
  /** The database's clock, which gives out deadlines and ends them. Milliseconds since 1970. */
  now: number;
};
