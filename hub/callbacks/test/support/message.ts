import { type CompiledMessage, compileMessage, type Finding, type MessageSettings, type RenderValues } from '../../message.ts';

/** The values of table 7.4 of the specification. */
export const V: Readonly<Record<string, string | number | bigint>> = {
  id_Reserve: 1042,
  id_ComplexReserve: 77,
  OuterId: `A&B<1>"'`,
  EventType: 'ReserveIssued',
  ReserveState: 'finished',
  ComplexState: 'forexecution',
  EventDescription: 'Оформлен "SU 6"',
  CallbackId: 639_309_366_001_230_000n,
};

export const CODES: Readonly<Record<string, { value: string; name: string }>> = {
  Команда: { value: 'ТК-7/2', name: 'Туризм' },
  'Команда проекта': { value: 'П&1', name: 'Проект' },
};

/** The piece of XML of the table. */
export const F = '<Contact><id_Contact>5</id_Contact></Contact>';

/** An event in which only the trip changed. */
export const TRIP: Readonly<Record<string, undefined>> = { id_Reserve: undefined, ReserveState: undefined };

/** V with other values; undefined takes one away. */
export function valuesOf(changes: Readonly<Record<string, string | number | bigint | null | undefined>> = {}): RenderValues {
  const values = { ...V, ...changes };
  return { get: (name) => values[name], dic: (name) => CODES[name] };
}

const CONTENT_TYPES = {
  auto: '',
  xml: '',
  json: 'Content-Type: application/json',
  form: 'Content-Type: application/x-www-form-urlencoded',
  text: 'Content-Type: text/plain',
} as const;

/** Settings of a good message with changes; the Content-Type goes with the format unless headers are given. */
export function settingsOf(changes: Partial<MessageSettings> = {}): MessageSettings {
  return {
    family: 'order',
    method: 'POST',
    url: 'https://a.ru/in',
    headers: CONTENT_TYPES[changes.bodyFormat ?? 'auto'],
    body: '',
    bodyFormat: 'auto',
    unknown: 'keep',
    signing: false,
    dictionaries: Object.keys(CODES),
    ...changes,
  };
}

/** The message of settings that must be good. @throws with the findings when they are not. */
export function messageOf(changes: Partial<MessageSettings>): CompiledMessage {
  const { message, findings } = compileMessage(settingsOf(changes));
  if (!message) throw new Error(`refused: ${JSON.stringify(findings, undefined, 2)}`);
  return message;
}

export function bodyOf(changes: Partial<MessageSettings>, values: RenderValues = valuesOf()): string {
  return messageOf(changes).render(values).body?.toString('utf8') ?? '';
}

export function findingsOf(changes: Partial<MessageSettings>): Finding[] {
  return compileMessage(settingsOf(changes)).findings;
}

/** `severity code line:column` of each finding. */
export function briefly(findings: readonly Finding[]): string[] {
  return findings.map(({ severity, code, line, column }) => `${severity} ${code} ${line}:${column}`);
}
