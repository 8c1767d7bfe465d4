import type { LineWriter } from '@vestnik/protocol/line/line-writer.ts';
import { headOf } from './frame.ts';

/** Writes an answer without values: that of QUIT. */
export function plainLine(out: LineWriter, name: string): void {
  headOf(out, name, 'OK').end();
}

/** Answers PING. @param token what was sent with it */
export function pongLine(out: LineWriter, name: string, token: string | undefined): void {
  headOf(out, name, 'OK');
  if (token !== undefined) out.text(token);
  out.end();
}

/** Asks a client whether it is still there (specification of alerts 2.24). */
export function pingLine(out: LineWriter): void {
  out.word('PING').end();
}

/** Answers MONITORING. */
export function maskLine(out: LineWriter, name: string, mask: number): void {
  headOf(out, name, 'OK').number(mask).end();
}
