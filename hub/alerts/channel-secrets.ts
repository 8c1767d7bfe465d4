import type { SecretKey } from '../core/identity/secret-key.ts';

/** Settings of a group as they are stored: `***` for secrets, which are sealed. */
export interface StoredSettings {
  readonly groupId: number;
  readonly settings: Record<string, unknown>;
  readonly secrets: Buffer | null;
}

const PURPOSE = 'alerts.channel-group';
/** What stands in the settings in place of a secret. */
export const HIDDEN = '***';

/** Settings of a group with their secrets. @throws HubError INTERNAL when they were sealed with another key */
export function openSecrets(secretKey: SecretKey, { groupId, settings, secrets }: StoredSettings): Record<string, unknown> {
  if (secrets === null) return settings;
  const opened = JSON.parse(secretKey.open(PURPOSE, secrets, String(groupId)).toString()) as Record<string, unknown>;
  return { ...settings, ...opened };
}

/** Parts settings into what may be seen and what is sealed for this group; null: there are no secrets. */
export function sealSecrets(
  secretKey: SecretKey,
  group: number,
  settings: Readonly<Record<string, unknown>>,
  keys: readonly string[],
): { readonly shown: Record<string, unknown>; readonly secrets: Buffer | null } {
  const secret = Object.entries(settings).filter(([key, value]) => keys.includes(key) && value !== undefined);
  if (secret.length === 0) return { shown: settings, secrets: null };
  const shown = { ...settings, ...Object.fromEntries(secret.map(([key]) => [key, HIDDEN])) };
  return { shown, secrets: secretKey.seal(PURPOSE, JSON.stringify(Object.fromEntries(secret)), String(group)) };
}
