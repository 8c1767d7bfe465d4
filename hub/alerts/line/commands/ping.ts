import type { LineCommand } from '../call.ts';

/** Answers what it was sent; `PING OK` is silent where it answers a PING of ours. */
export const ping: LineCommand = {
  perform(call, params) {
    const [token] = params;
    if (!call.session.pinged(token)) call.ok(...params);
  },
};
