import type { AttemptResult } from '../driver.ts';
import type { Bind, Part, PartAnswer } from './bind.ts';
import type { OutgoingMessage } from './pdu.ts';
import { classOfStatus, statusText } from './statuses.ts';

/** What became of the parts of one message on one bind. */
export interface SubmissionResult {
  readonly result: AttemptResult;
  readonly code: string;
  readonly detail: string;
  /** Ids of the parts that the centre took, as `taken` gave them, in the order of its answers. */
  readonly ids: readonly string[];
  /** Nothing has left, because the bind went away: another one may do. */
  readonly elsewhere: boolean;
}

export interface SubmissionHost {
  pump(): void;
  /** The centre asked to slow down. @param sentAt when the message that it refused was sent */
  throttled(sentAt: number): void;
  /** The centre has taken a part. @returns the id under which its receipt will be told */
  taken(id: string): string;
}

/** How long an abort waits for answers under way, so that what was taken is not called unknown. */
const GRACE = 2_000;
/** How long the rest of a message is sent again when the centre took a part of it and then asked to slow down. */
const PATIENCE = 600_000;

const statusOf = (answer: PartAnswer | undefined): number | undefined => (typeof answer === 'object' ? answer.status : undefined);
const isSlow = (answer: PartAnswer | undefined): boolean => {
  const status = statusOf(answer);
  return status !== undefined && classOfStatus(status).result === 'slow';
};

/** The result of a message by the answers to its parts. @param aborted whether what is unsent was called back */
function judge(answers: readonly (PartAnswer | undefined)[], ids: readonly string[], aborted: boolean): SubmissionResult {
  const counts = answers.length === 1 ? '' : `; ${ids.length} of ${answers.length} parts were taken`;
  const some = ids.length > 0;
  const give = (result: AttemptResult, code: string, detail: string, elsewhere = false): SubmissionResult => ({
    result,
    code,
    detail: detail + counts,
    ids,
    elsewhere,
  });
  if (answers.some((answer) => answer === undefined || answer === 'lost')) {
    return give('unknown', 'lost', aborted ? 'called back before the answer came' : 'the link ended before the answer came');
  }
  const refused = answers.map(statusOf).filter((status) => status !== undefined && status !== 0);
  const first = refused.find((status) => status !== undefined && classOfStatus(status).result === 'permanent') ?? refused[0];
  if (first !== undefined) {
    const { result, text } = classOfStatus(first);
    // These say nothing of the message, which would be sent again at once, and whole: not when a part of it is on the phone.
    return give((result === 'slow' || result === 'channel') && some ? 'unknown' : result, statusText(first), text);
  }
  if (!answers.includes('unsent')) return give('submitted', statusText(0), 'the centre has taken it');
  if (some) return give('unknown', aborted ? 'aborted' : 'lost', 'not all of it has left');
  if (aborted) return give('canceled', 'aborted', 'called back before anything left');
  return give('channel', 'unbound', 'the bind went away before anything left', true);
}

/**
 * Sends the parts of one message over one bind, all into its queue at once.
 *
 * waiting: parts wait or are under way -> judged, when every part has its answer. Parts that the centre refused as too fast, after it took others, go
 * back to waiting: a message on its way is finished. An abort calls back what has not left, waits GRACE for the rest, and judges what there is.
 */
export function submit(
  messages: readonly OutgoingMessage[],
  bind: Bind,
  host: SubmissionHost,
  signal: AbortSignal,
): Promise<SubmissionResult> {
  return new Promise((resolve) => {
    const answers: (PartAnswer | undefined)[] = Array(messages.length).fill(undefined);
    const ids: string[] = [];
    const waiting = new Set<Part>();
    const begin = performance.now();
    let aborted = false;
    let judged = false;
    let grace: NodeJS.Timeout | undefined;

    function finish(): void {
      if (judged) return;
      judged = true;
      clearTimeout(grace);
      signal.removeEventListener('abort', abort);
      resolve(judge(answers, ids, aborted));
    }
    function send(message: OutgoingMessage, place: number): void {
      answers[place] = undefined;
      const part: Part = {
        message,
        state: 'waiting',
        settle(answer) {
          waiting.delete(part);
          if (judged) return;
          answers[place] = answer;
          if (typeof answer === 'object') {
            if (answer.status === 0) ids.push(host.taken(answer.id));
            else if (isSlow(answer)) host.throttled(answer.sentAt);
          }
          if (waiting.size === 0) repeatOrFinish();
        },
      };
      waiting.add(part);
      bind.enqueue(part);
    }
    function repeatOrFinish(): void {
      const begun = ids.length > 0 && answers.some(isSlow) && answers.every((answer) => statusOf(answer) === 0 || isSlow(answer));
      if (!begun || aborted || performance.now() - begin > PATIENCE) {
        finish();
        return;
      }
      messages.forEach((message, place) => {
        if (isSlow(answers[place])) send(message, place);
      });
      host.pump();
    }
    function abort(): void {
      aborted = true;
      for (const part of [...waiting]) {
        if (part.state === 'sent') continue;
        part.state = 'withdrawn';
        part.settle('unsent');
      }
      if (!judged) grace = setTimeout(finish, GRACE);
    }

    signal.addEventListener('abort', abort);
    messages.forEach(send);
    host.pump();
  });
}
