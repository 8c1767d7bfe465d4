/**
 * A resend of many deliveries (spec 6.10): first it is counted what it would be, and somebody looks at the count.
 *
 *   counting -> ready                 everything that fits the filter is listed
 *   counting -> failed                there is too much of it
 *   ready -start-> running            in the order of the deliveries, at its rate
 *   running -pause-> paused -resume-> running
 *   running -> done
 *   counting, ready, running, paused -cancel-> canceled      what was sent stays sent
 */
export const RESEND_JOB_STATES = ['counting', 'ready', 'running', 'paused', 'done', 'canceled', 'failed'] as const;
export type ResendJobState = (typeof RESEND_JOB_STATES)[number];

export const RESEND_JOB_ACTS = ['start', 'pause', 'resume', 'cancel'] as const;
export type ResendJobAct = (typeof RESEND_JOB_ACTS)[number];

const ACTS: Readonly<Record<ResendJobAct, { readonly from: readonly ResendJobState[]; readonly to: ResendJobState }>> = {
  start: { from: ['ready'], to: 'running' },
  pause: { from: ['running'], to: 'paused' },
  resume: { from: ['paused'], to: 'running' },
  cancel: { from: ['counting', 'ready', 'running', 'paused'], to: 'canceled' },
};

/** The state after an act; undefined: the present one does not allow it. */
export const stateAfter = (state: ResendJobState, act: ResendJobAct): ResendJobState | undefined =>
  ACTS[act].from.includes(state) ? ACTS[act].to : undefined;

/** What is possible in a state. */
export const actsOf = (state: ResendJobState): ResendJobAct[] => RESEND_JOB_ACTS.filter((act) => stateAfter(state, act) !== undefined);

/** Deliveries of one job at most, and its rate a second when none is given. */
export const MOST_RESENT = 1_000_000;
export const DEFAULT_RATE = 50;
