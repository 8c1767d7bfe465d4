import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Note, noteChannel } from '../../core/telemetry/channels.ts';
import { createIngest, type Ingest } from '../ingest.ts';
import { type RoutingTable, startRoutingTable } from '../routing-table.ts';
import { createOperationSource } from '../samples/operation-source.ts';
import { createXmlValidator } from '../xml/validate.ts';
import { openWorkbench, type Workbench } from './support/administration.ts';

let bench: Workbench;
let routing: RoutingTable;
const notes: Note[] = [];
const hear = (note: unknown): void => void notes.push(note as Note);
beforeAll(async () => {
  bench = await openWorkbench();
  routing = await startRoutingTable(bench.database);
  noteChannel.subscribe(hear);
});
afterAll(async () => {
  noteChannel.unsubscribe(hear);
  await routing?.stop();
  await bench?.drop();
});

const open = (xsdSample: number, validate: (xml: Uint8Array, type: string) => string[]): Ingest =>
  createIngest({
    database: bench.database,
    routing,
    disk: undefined,
    queueDays: 30,
    batchOperations: 500,
    batchBytes: 2 ** 21,
    queueBound: 100,
    xsdSample,
    validator: () => ({ validate, dispose: () => undefined }),
  });
const source = createOperationSource({ seed: 41, history: false });
const send = async (ingest: Ingest, count: number): Promise<number> => {
  let documents = 0;
  for (let sent = 0; sent < count; sent += 1) documents += (await ingest.submit(source.next(), 'grs')).documents.length;
  return documents;
};

test('of so many documents one is validated, and none with 0', async () => {
  for (const every of [1, 7, 0]) {
    let validated = 0;
    const ingest = open(every, () => {
      validated += 1;
      return [];
    });
    const documents = await send(ingest, 30);
    await ingest.stop();
    expect(validated).toBe(every === 0 ? 0 : Math.floor(documents / every));
  }
});

test('a document that does not pass is told by an event and a note, neither of which quotes a value', async () => {
  const real = createXmlValidator();
  const [name, born] = ["О'НИЛ/ПЁТР", '1.2.1980'];
  const spoilt = (xml: Uint8Array, type: string): string[] => {
    const text = Buffer.from(xml)
      .toString('utf8')
      .replace(/<BSONUM>[^<]*/, `<BSONUM>${name}`)
      .replace(/<DEALDATE>[^<]*/, `<DEALDATE>${born}`);
    return real.validate(Buffer.from(text), type);
  };
  const ingest = open(1, spoilt);
  await bench.events();
  await send(ingest, 5);
  await ingest.stop();
  const events = (await bench.events()).filter(({ type }) => type === 'document.invalid');
  expect(events.length).toBeGreaterThan(0);
  const told = JSON.stringify([events.map(({ data }) => data['faults']), notes.map(({ about }) => about)]);
  expect(told).toContain('DEALDATE');
  for (const value of [name, born, 'НИЛ']) expect(told).not.toContain(value);
  real.dispose();
});

test('a validator that fails harms nobody, and stop() waits for it', async () => {
  const ingest = open(1, () => {
    throw new Error('out of memory');
  });
  expect(await send(ingest, 2)).toBeGreaterThan(0);
  await ingest.stop();
  expect(notes.some(({ text, level }) => level === 'error' && text === 'a document could not be validated')).toBe(true);
});
