import type { EndState } from '../core/deliveries/outcome.ts';
import type { SendMessage } from './deliver-callback.ts';
import { refusedLaterText } from './guard/refusal.ts';
import { type Rendered, RenderFault } from './message.ts';
import type { PreparedTest, TestPorts } from './prepare-test.ts';
import { signatureHeaders } from './signing.ts';
import { type Came, judge } from './verdict.ts';

/** What came of a test. */
export interface SentTest {
  readonly state: EndState;
  readonly status: number | null;
  readonly code: string | null;
  readonly message: string | null;
  readonly russian: string | null;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly rendered: (Rendered & { readonly signed: readonly (readonly [string, string])[] }) | undefined;
  readonly came: Came | undefined;
  /** The guard's cause, for the audit alone. */
  readonly cause?: Readonly<Record<string, unknown>>;
}

type Arrived = Awaited<ReturnType<SendMessage>>;

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);

/** Every refusal of the guard looks the same, whether it knew the address or had to resolve it: nobody explores the network by tests (spec 6.6). */
function refusalOf(url: string, came: Arrived): Pick<SentTest, 'code' | 'message' | 'russian' | 'cause'> | undefined {
  if (came.kind === 'refused' && came.stage === 3) {
    const { code, message = null, russian = null } = came;
    return { code, message, russian, cause: { stage: 3, code } };
  }
  if (came.kind === 'refused') return { code: 'address_refused', ...refusedLaterText(url), cause: { stage: came.stage, code: came.code } };
  if (came.kind === 'failed' && came.code === 'address_refused')
    return { code: came.code, ...refusedLaterText(url), cause: { stage: 5, why: came.secret ?? came.code } };
  return undefined;
}

/** Renders, signs and sends, once. Rejects never for what the receiver or the templates do. */
export async function sendTest(
  ports: Pick<TestPorts, 'send'>,
  { program, organizationId, example, keys }: PreparedTest,
): Promise<SentTest> {
  const { settings, tls, secretHeaders } = program;
  let rendered: Rendered;
  try {
    if (!program.message) throw new RenderFault('template', program.fault ?? 'the templates cannot be compiled', 'шаблоны неисправны');
    rendered = program.message.render(example.values);
  } catch (error) {
    if (!(error instanceof RenderFault)) throw error;
    const { code, message, russian } = error;
    return { state: 'rejected', status: null, code, message, russian, facts: { message }, rendered: undefined, came: undefined };
  }
  const { url, headers, body } = rendered;
  const seconds = Math.floor(Date.now() / 1000);
  const signed = keys.length === 0 ? headers : [...headers, ...signatureHeaders({ id: example.eventId, seconds, body }, keys)];
  const endpoint = { settings, tls, organizationId, secretHeaders };
  const { signal } = new AbortController();
  const came = await ports.send({ endpoint, url, headers: signed, body, sample: example.event === undefined, signal });
  const { result, status, code } = judge(came, program, Date.now());
  const outcome: SentTest = {
    state: result === 'again' ? 'failed' : result,
    status,
    code,
    message: came.message ?? textOf(came.facts?.['message']),
    russian: came.russian ?? null,
    facts: came.facts ?? {},
    rendered: { ...rendered, signed },
    came,
  };
  const refusal = refusalOf(url, came);
  return refusal ? { ...outcome, state: 'blocked', facts: {}, ...refusal } : outcome;
}
