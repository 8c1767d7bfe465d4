import { isDeepStrictEqual } from 'node:util';
import type { EndpointSettings } from './endpoint.ts';
import type { EndpointSecrets } from './endpoint-secrets.ts';

/** One setting that differs between two versions. Both sides have `***` for secrets. */
export interface SettingDifference {
  readonly setting: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** @param before,after as they are shown: a secret never gets here. */
export function differencesOf(before: EndpointSettings, after: EndpointSettings): SettingDifference[] {
  return (Object.keys(after) as (keyof EndpointSettings)[])
    .filter((key) => !isDeepStrictEqual(before[key], after[key]))
    .map((key) => ({ setting: key, before: before[key] ?? null, after: after[key] }));
}

/** Names of headers whose secret value is another one, and `client_cert` when the key is; never a value. */
export function secretsThatDiffer(before: EndpointSecrets, after: EndpointSecrets): string[] {
  const valuesOf = (secrets: EndpointSecrets, name: string): string[] =>
    secrets.headers.filter((secret) => secret.name === name).map(({ value }) => value);
  const names = new Set([...before.headers, ...after.headers].map(({ name }) => name));
  const differ = [...names].filter((name) => !isDeepStrictEqual(valuesOf(before, name), valuesOf(after, name)));
  return before.clientKey === after.clientKey ? differ : [...differ, 'client_cert'];
}
