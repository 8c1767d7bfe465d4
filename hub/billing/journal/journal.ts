import type { Queryable } from '../../core/database/statement.ts';
import { HubError } from '../../core/errors.ts';
import type { ForeignAnswer, ForeignFace, ForeignRequest } from '../../core/http/foreign.ts';
import type { Principal } from '../../core/identity/principal.ts';
import { measure, notesOf } from '../../core/telemetry/channels.ts';
import { addCalls, type NewCall } from '../sql/call-journal.ts';
import { addressOf } from '../wire/address.ts';
import { UNSUPPORTED } from '../wire/faults.ts';
import { createAllowance } from './allowance.ts';
import { type Heard, listenIn, type Overheard } from './heard.ts';
import { isAboutPasswords } from './secret-names.ts';
import { shownBody, shownHeaders, shownUrl } from './shown-texts.ts';
import { createWriteBehind } from './write-behind.ts';

/**
 * The journal of calls: what foreign programs sent lately and what they were answered, as it went over the wire, without secrets (spec billing 9.9).
 *
 * It never holds a call up: who, what and how long is heard in passing (heard.ts), a few calls of each integration are let through (allowance.ts; failed
 * ones have an allowance of their own), their bytes are copied up to a bound, and a batch a second is decoded, cleaned and written by one statement. What
 * comes too fast is not noted; what cannot be written is lost and told. It is for people who look, not for accounts: those have the audit.
 *
 * States: listening -> stop() writes what waits -> stopped. Old calls are removed by sweep-calls.ts.
 */
export interface CallJournal {
  /** What the face must stand on to be heard. */
  readonly ports: Overheard;
  /** The face as it is to be served. */
  around(face: ForeignFace): ForeignFace;
  stop(): Promise<void>;
}

export interface JournalOptions {
  /** Calls of an integration that are noted in a minute, and as many failed ones. */
  readonly perMinute: number;
  /** Bytes kept of a request and of an answer. */
  readonly bytes: number;
}

const notes = notesOf('billing.journal');
/** Milliseconds from a call to its row. */
const AFTER = 1_000;
const BATCH = 20;
const MOST_WAITING = 500;
/** Calls a minute that one hub notes at most, whatever the number of integrations. */
const PER_MINUTE_OF_HUB = 1_200;
const THE_HUB = 0;
/** Far enough to see the status of the root, behind a declaration and a secret. */
const HEAD = 300;
const FAILED = 'status="error"';
const EMPTY = Buffer.alloc(0);

const PROTOCOLS: readonly Called[] = ['action', 'soap', 'json'];
type Called = NonNullable<Heard['protocol']>;

/** A call as it was taken: bytes, not yet looked at. */
interface Taken {
  readonly at: Temporal.Instant;
  readonly caller: Principal | undefined;
  readonly protocol: Called;
  readonly place: string;
  readonly outcome: string;
  readonly milliseconds: number;
  readonly request: ForeignRequest;
  readonly sent: Kept;
  readonly answer: ForeignAnswer;
  readonly answered: Kept;
}

/** The beginning of a body. */
interface Kept {
  readonly bytes: Buffer;
  /** Of the whole. */
  readonly size: number;
}

/** A copy: a part of a large body would keep the whole of it. */
function keep(body: string | Buffer, most: number): Kept {
  if (typeof body !== 'string') return { bytes: Buffer.from(body.subarray(0, most)), size: body.length };
  return { bytes: Buffer.from(body.slice(0, most)).subarray(0, most), size: Buffer.byteLength(body) };
}

function isFailure({ status, body }: ForeignAnswer): boolean {
  if (status !== 200) return true;
  if (typeof body !== 'string') return body.toString('latin1', 0, HEAD).includes(FAILED);
  return body.startsWith('{') ? body.startsWith('{"status":"error"') : body.slice(0, HEAD).includes(FAILED);
}

/** By the address, where no operation was found; undefined: it is no call, but a look at a description. */
function protocolOf({ url, method }: ForeignRequest): Called | undefined {
  const face = addressOf(url.split('?', 1)[0] ?? '')?.face;
  if (face === 'action') return face;
  return method === 'POST' && (face === 'soap' || face === 'json') ? face : undefined;
}

const codeOf = (error: unknown): string =>
  error instanceof HubError ? (error.reason === UNSUPPORTED ? UNSUPPORTED : error.code) : 'INTERNAL';

/** The outcome as the metric of calls tells it; `not_called`: refused before an operation was found. */
async function outcomeOf({ login, done }: Heard, failed: boolean): Promise<string> {
  try {
    await login;
    if (!done) return 'not_called';
    await done;
    // The operation did what it should and its answer could not be written.
    return failed ? 'INTERNAL' : 'ok';
  } catch (error) {
    return codeOf(error);
  }
}

function rowOf({ at, caller, protocol, place, outcome, milliseconds, request, sent, answer, answered }: Taken): NewCall {
  const about = isAboutPasswords(place);
  const type = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
  const shown = ({ bytes, size }: Kept, contentType: unknown) => shownBody(bytes, bytes.length === size, type(contentType), about);
  return {
    at,
    operatorId: caller?.operatorId ?? 0,
    login: caller?.login ?? '',
    protocol,
    operation: place,
    outcome,
    milliseconds: Math.round(milliseconds * 1_000) / 1_000,
    address: request.address,
    requestId: request.requestId,
    method: request.method,
    url: shownUrl(request.url),
    headers: shownHeaders(request.headers),
    body: shown(sent, request.headers['content-type']),
    size: sent.size,
    cut: sent.bytes.length < sent.size,
    answerStatus: answer.status,
    answerHeaders: shownHeaders(answer.headers),
    answerBody: shown(answered, answer.headers['content-type']),
    answerSize: answered.size,
    answerCut: answered.bytes.length < answered.size,
  };
}

export function createCallJournal(db: Queryable, ports: Overheard, { perMinute, bytes }: JournalOptions): CallJournal {
  const ofIntegration = createAllowance(perMinute);
  const ofHub = createAllowance(PER_MINUTE_OF_HUB);
  const writer = createWriteBehind<Taken>({
    after: AFTER,
    batch: BATCH,
    most: MOST_WAITING,
    write: (calls) => addCalls(db, calls.map(rowOf)),
    lost(count, error) {
      measure('vestnik_billing_journal_lost_total', count);
      notes.warn('calls were not noted in the journal', { calls: count }, error);
    },
  });
  const pending = new Set<Promise<void>>();
  const listener = listenIn(ports);

  /** An integration is an operator over one protocol; whoever was not recognised is one, too. */
  const mayNote = (operatorId: number, protocol: Called, failed: boolean, at: number): boolean =>
    ofIntegration(operatorId * 8 + PROTOCOLS.indexOf(protocol) * 2 + Number(failed), at) && ofHub(THE_HUB, at);

  const note = (heard: Heard, request: ForeignRequest, answer: ForeignAnswer, began: number): void => {
    const now = performance.now();
    const failed = isFailure(answer);
    const protocol = heard.protocol ?? protocolOf(request);
    if (!protocol || !mayNote(heard.caller?.operatorId ?? 0, protocol, failed, now)) return;
    const taken = {
      at: Temporal.Now.instant(),
      protocol,
      place: heard.place,
      milliseconds: now - began,
      // The whole body goes free.
      request: { ...request, body: EMPTY },
      sent: keep(request.body, bytes),
      answer: { ...answer, body: '' },
      answered: keep(answer.body, bytes),
    };
    const noting = (async () => {
      const outcome = await outcomeOf(heard, failed);
      const caller = heard.caller ?? (await heard.login?.catch(() => undefined));
      writer.add({ ...taken, caller, outcome });
    })().finally(() => pending.delete(noting));
    pending.add(noting);
  };

  return {
    ports: listener.ports,
    around: (face) => listener.around(face, note),
    async stop() {
      await Promise.all(pending);
      await writer.stop();
    },
  };
}
