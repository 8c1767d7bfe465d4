import { HubError } from '../errors.ts';
import { allows, parseGrant } from './caller.ts';

/** Rights by name, `<module>.<what>`, with what they allow. */
export type KnownRights = Readonly<Record<string, string>>;

/** The rights of this room. */
export const IDENTITY_RIGHTS: KnownRights = {
  'identity.view': 'See operators, their rights and their tokens',
  'identity.manage': 'Add, change and remove operators, set passwords, end sessions and revoke tokens of others',
  'audit.view': 'Read the audit',
};

const MOST = 200;

/**
 * Rights in order and without repeats.
 * Each may be limited to one organization by `@<id>`, except `*`.
 * @throws HubError VALIDATION listing every name that is neither a known right, nor `module.*` of a known one, nor `*`.
 */
export function checkRights(rights: readonly string[], known: KnownRights, path = '/rights'): string[] {
  if (rights.length > MOST) throw new HubError('VALIDATION', `at most ${MOST} rights can be named, not ${rights.length}`);
  const modules = new Set(Object.keys(known).map((name) => `${name.slice(0, name.indexOf('.'))}.*`));
  const isKnown = (right: string): boolean => {
    const name = parseGrant(right)?.name;
    return right === '*' || (name !== undefined && (modules.has(name) || Object.hasOwn(known, name)));
  };
  const details = rights.flatMap((right, index) =>
    isKnown(right)
      ? []
      : [{ code: 'UNKNOWN_RIGHT', path: `${path}/${index}`, message: `${JSON.stringify(right.slice(0, 100))} is not a right of this hub` }],
  );
  if (details.length > 0) throw new HubError('VALIDATION', details[0]?.message, { details });
  return [...new Set(rights)].sort();
}

/** The rights among `wanted` that `rights` do not cover. A pattern is covered by itself or a wider one only. */
export const missingRights = (rights: readonly string[], wanted: readonly string[]): string[] =>
  wanted.filter((right) => !allows({ rights }, right));

/** What both lists allow: `tickets.*` and `tickets.view` meet in `tickets.view`. */
export function commonRights(one: readonly string[], other: readonly string[]): string[] {
  const covered = (right: string, by: readonly string[]): boolean => allows({ rights: by }, right);
  return [...new Set([...one.filter((right) => covered(right, other)), ...other.filter((right) => covered(right, one))])].sort();
}

/**
 * Nobody hands out, or takes away from somebody, more than they have: otherwise `identity.manage` would be every right.
 * @throws HubError FORBIDDEN naming the first right that the caller lacks.
 */
export function requireAuthorityOver(caller: { readonly rights: readonly string[] }, rights: readonly string[]): void {
  const [missing] = missingRights(caller.rights, rights);
  if (missing !== undefined) throw new HubError('FORBIDDEN', `this needs the right ${missing}, which you do not have yourself`);
}
