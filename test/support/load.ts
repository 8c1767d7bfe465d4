/**
 * Senders of control messages that behave as the spec asks of them (2.1): each sends its operations one after the other and repeats one
 * until it has 200 or 201. Those that are impatient never repeat: what became of their operations they do not know.
 *
 * started -> sending -> stop(): the operation under way is repeated until it is answered -> stopped.
 */
export interface Load {
  /** What was answered 200 or 201, by id. */
  readonly answered: ReadonlyMap<string, Answered>;
  /** Ids that an impatient sender sent without ever getting an answer. */
  readonly unanswered: ReadonlySet<string>;
  /** Operations that were sent more than once, and how often a try failed, by reason. */
  readonly repeated: number;
  readonly failures: ReadonlyMap<string, number>;
  /** @throws Error when the hub refused an operation for good, with its answer. */
  stop(): Promise<void>;
}

export interface Answered {
  readonly id: string;
  readonly status: 'created' | 'duplicate';
  readonly documents: readonly { readonly documentId: string; readonly number: string; readonly clients: readonly string[] }[];
}

export interface LoadOptions {
  /** The hubs; a try that fails goes to the next one. */
  readonly hubs: readonly { readonly http: string }[];
  readonly authorization: string;
  /** One sender each; the operations of one sender go in order. */
  readonly patient: readonly (() => { readonly id: string })[];
  readonly impatient?: readonly (() => { readonly id: string })[];
  /** Milliseconds between two operations of a sender. */
  readonly every: number;
}

const TRY_AGAIN = 30;
const DEADLINE = 10_000;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export function startLoad(options: LoadOptions): Load {
  const answered = new Map<string, Answered>();
  const unanswered = new Set<string>();
  const failures = new Map<string, number>();
  let repeated = 0;
  let stopping = false;
  let at = 0;

  /** One try. @returns what was stored; undefined when a repeat may succeed. */
  const attempt = async (message: { readonly id: string }): Promise<Answered | undefined> => {
    const hub = options.hubs[at % options.hubs.length];
    let why: string;
    try {
      const response = await fetch(`${hub?.http}/api/v1/tickets/operations`, {
        method: 'POST',
        headers: { authorization: options.authorization, 'content-type': 'application/json' },
        body: JSON.stringify(message),
        signal: AbortSignal.timeout(DEADLINE),
      });
      const text = await response.text();
      if (response.ok) return JSON.parse(text) as Answered;
      if (response.status !== 503 && response.status !== 429)
        throw new Error(`operation ${message.id} was refused: ${response.status} ${text}`);
      why = String(response.status);
    } catch (error) {
      if (error instanceof Error && error.message.includes('was refused')) throw error;
      why =
        error instanceof Error ? ((error.cause as NodeJS.ErrnoException | undefined)?.code ?? error.name) || error.message : String(error);
    }
    failures.set(why, (failures.get(why) ?? 0) + 1);
    at += 1;
    return undefined;
  };

  const sendPatiently = async (next: () => { readonly id: string }): Promise<void> => {
    while (!stopping) {
      const message = next();
      let stored = await attempt(message);
      if (stored === undefined) repeated += 1;
      while (stored === undefined) {
        await pause(TRY_AGAIN);
        stored = await attempt(message);
      }
      answered.set(message.id, stored);
      await pause(options.every);
    }
  };

  const sendOnce = async (next: () => { readonly id: string }): Promise<void> => {
    while (!stopping) {
      const message = next();
      const stored = await attempt(message);
      if (stored) answered.set(message.id, stored);
      else unanswered.add(message.id);
      await pause(options.every);
    }
  };

  const senders = [...options.patient.map(sendPatiently), ...(options.impatient ?? []).map(sendOnce)];
  const all = Promise.all(senders);
  // A refusal is told by stop(); until then it must not end the process.
  all.catch(() => undefined);
  return {
    answered,
    unanswered,
    get repeated() {
      return repeated;
    },
    failures,
    async stop() {
      stopping = true;
      await all;
    },
  };
}
