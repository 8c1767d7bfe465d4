import type { ControlMessage } from '../tickets/samples/operation-source.ts';

/** What the hub answered to one control message. */
export interface Sent {
  readonly kind: string;
  readonly documents: readonly {
    readonly documentId: string;
    readonly type: string;
    readonly number: string;
    readonly clients: readonly string[];
  }[];
}

/**
 * The reservation system of the demonstration: posts control messages over REST as any sender would, and repeats until it has an answer
 * that says the operation is stored. A demonstration does not wait for ever, so after a minute it says what the hub said.
 */
const PATIENCE = 60_000;

export function createSender(origin: string, login: string, password: string) {
  const authorization = `Basic ${Buffer.from(`${login}:${password}`).toString('base64')}`;
  return {
    async send(message: ControlMessage): Promise<Sent> {
      const end = performance.now() + PATIENCE;
      for (;;) {
        const response = await fetch(`${origin}/api/v1/tickets/operations`, {
          method: 'POST',
          headers: { authorization, 'content-type': 'application/json' },
          body: JSON.stringify(message),
        });
        if (response.ok) {
          const { documents } = (await response.json()) as { documents: Sent['documents'] };
          return { kind: message.kind, documents };
        }
        const problem = await response.text();
        if ((response.status !== 429 && response.status !== 503) || performance.now() > end)
          throw new Error(`operation ${message.id} was answered ${response.status}: ${problem}`);
        await new Promise((resolve) => setTimeout(resolve, 1000 * Number(response.headers.get('retry-after') ?? 1)));
      }
    },
  };
}
