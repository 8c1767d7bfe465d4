import { createOperationSource } from '@vestnik/hub/tickets/samples/operation-source.ts';

/**
 * Control messages of one e-ticket each, with an XML file of about 2 KB, spread over agencies.
 * @returns JSON texts, each with an id of its own.
 */
export function controlMessages(count: number, agencies: readonly [string, ...string[]]): string[] {
  const source = createOperationSource({ seed: 1, agencies, history: false });
  const samples: Record<string, unknown>[] = [];
  while (samples.length < 200) {
    const message = source.next() as unknown as { kind: string; documents: { type: string }[] } & Record<string, unknown>;
    const ticket = message.kind === 'issue' && message.documents.find(({ type }) => type === 'ETICKET');
    if (ticket) samples.push({ ...message, documents: [ticket] });
  }
  return Array.from({ length: count }, (_, at) => {
    const sample = samples[at % samples.length] as { deal: object; documents: [object] };
    const agency = agencies[at % agencies.length];
    const number = `555${String(at).padStart(10, '0')}`;
    return JSON.stringify({
      ...sample,
      id: `bench-${at}`,
      deal: { ...sample.deal, agency },
      documents: [{ ...sample.documents[0], number }],
    });
  });
}
