import fc from 'fast-check';
import { expect } from 'vitest';
import { parseXml, type XmlElement } from '../../wire/soap/tree.ts';
import { basicOf, type Faces, openFaces } from './faces.ts';

/**
 * One hub read in five ways: XML actions (A), SOAP (B), JSON (C), REST and the views of the database. What each shows is brought into the words of the views.
 */
export type Row = Readonly<Record<string, unknown>>;
type Element = {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Element[];
  readonly text: string;
};

const plain = ({ local, attributes, children, text }: XmlElement): Element => ({
  name: local,
  attributes: Object.fromEntries(attributes.map((one) => [one.local, one.value])),
  children: children.map(plain),
  text,
});
export const below = (element: Element, name: string): Element[] =>
  element.children.flatMap((child) => (child.name === name ? [child] : below(child, name)));
export const one = (element: Element, name: string): Element => below(element, name)[0] ?? expect.fail(`there is no ${name}`);

export interface FiveWays {
  readonly faces: Faces;
  action(module: string, name: string, params: Record<string, string>): Promise<Element>;
  /** The beans of an answer: attributes and elements alike, as SOAP does not care which a field is. */
  soap(service: string, operation: string, inside: string): Promise<Record<string, string>[]>;
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into whatever was answered
  json(service: string, method: string, params: unknown): Promise<any>;
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into whatever was answered
  rest(path: string): Promise<any>;
  /** What the view shows of a contract; days as text. */
  view(name: string, columns: string, contract: number, order: string): Promise<Row[]>;
}

export async function openFiveWays(): Promise<FiveWays> {
  const faces = await openFaces();
  return {
    faces,
    action: async (module, name, params) => plain(parseXml((await faces.action(module, name, params)).text)),
    soap: async (service, operation, inside) =>
      below(plain(parseXml((await faces.soap(service, operation, inside)).text)), 'return').map(({ attributes, children }) => ({
        ...attributes,
        ...Object.fromEntries(children.map(({ name, text }) => [name, text])),
      })),
    json: async (service, method, params) => (await faces.json(service, method, params)).data.return,
    async rest(path) {
      const { status, text } = await faces.send(`/api/v1/billing${path}`, { headers: { authorization: basicOf('alice') } });
      expect(status, text).toBe(200);
      return JSON.parse(text);
    },
    view: (name, columns, contract, order) =>
      faces.rows(`SELECT ${columns} FROM billing_read.${name} WHERE contract_id = ${contract} ORDER BY ${order}`),
  };
}

export const dayOfRussian = (text: string | undefined): string | null => (text ? text.split('.').reverse().join('-') : null);
export const dayOfIso = (text: string | null | undefined): string | null => text?.slice(0, 10) ?? null;
export const amount = (value: number): string => value.toFixed(2);

/** Holds each way to the rows of the view, in the fields that it shows; a field that the view has not is a mistake of this test. */
export function agree(rows: readonly Row[], ways: Readonly<Record<string, readonly Row[]>>): void {
  for (const [way, shown] of Object.entries(ways)) {
    for (const key of Object.keys(shown[0] ?? {})) expect(Object.keys(rows[0] ?? {}), way).toContain(key);
    const expected = rows.map((row, at) => Object.fromEntries(Object.keys(shown[at] ?? row).map((key) => [key, row[key]])));
    expect(shown, way).toStrictEqual(expected);
  }
}

/** Text that people type and programs stumble over; on one line, without spaces around it. */
/** What was answered as a list, whatever its items are. @throws Error when it is none */
// biome-ignore lint/suspicious/noExplicitAny: whatever was answered
export function listOf(answer: unknown): any[] {
  if (Array.isArray(answer)) return answer;
  throw new Error(`a list was expected, not ${JSON.stringify(answer)}`);
}

export const anyText = fc
  .string({ unit: fc.constantFrom(...'абвЯ zZ09"\'&<>;/\\(+)%…€'.split('')), maxLength: 20 })
  .map((value) => value.trim().replace(/\s+/g, ' '));
export const anyDay = fc.integer({ min: 0, max: 2_300 }).map((days) => Temporal.PlainDate.from('2020-01-02').add({ days }).toString());
export const anySum = fc
  .integer({ min: 1, max: 99_999_999 })
  .map((kopecks) => `${Math.floor(kopecks / 100)}.${String(kopecks % 100).padStart(2, '0')}`);
