import type { HubPeer } from '../hub/hub-peer.ts';

/** What the hub's own timer of ten milliseconds shows of its event loop. Milliseconds. */
const RESOLUTION = 10;

/**
 * How late the event loop of the hub was since this was asked for the last time, from its page of metrics: how far its timer came behind its ten milliseconds.
 * Milliseconds.
 */
export async function loopDelay(hub: HubPeer): Promise<{ readonly p99: number; readonly longest: number }> {
  const answer = await fetch(`${hub.rest}/metrics`, { headers: { authorization: hub.authorization } });
  const page = await answer.text();
  const late = (name: string): number => {
    const found = new RegExp(`^nodejs_eventloop_lag_${name}_seconds (\\S+)$`, 'm').exec(page)?.[1];
    if (found === undefined) throw new Error(`the metrics lack the ${name} of the loop delay: ${answer.status} ${page.slice(0, 200)}`);
    return Math.max(0, Number(found) * 1000 - RESOLUTION);
  };
  return { p99: late('p99'), longest: late('max') };
}
