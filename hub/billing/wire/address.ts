/**
 * The addresses of the three faces (spec billing 4, 5.1, 6.1): whatever stands before `executer` is a prefix of any depth.
 *
 *     <prefix>/executer                                        XML actions
 *     <prefix>/executer/<package>[/<number>]/<Service>         SOAP
 *     <prefix>/executer/json/<package>[/<number>]/<Service>    JSON
 *     <prefix>/executer/docs                                   what can be called
 *     <prefix>/executer/upload                                 files
 */
export interface Address {
  readonly face: 'action' | 'soap' | 'json' | 'docs' | 'upload';
  /** With its slash: `/bgbilling/executer`. */
  readonly base: string;
  /** The first part of the prefix; '' for none. */
  readonly first: string;
  readonly packageName: string;
  readonly moduleId: number | undefined;
  readonly service: string;
}

const EXECUTER = /^((?:\/[^/]*)*?\/executer)(\/.*)?$/;
const NAME = /^[A-Za-z][A-Za-z0-9_.]{0,199}$/;
const NUMBER = /^\d{1,9}$/;

/** Whether a path belongs to the faces; those below /api are of REST. */
export const isForeign = (path: string): boolean => path.includes('/executer') && !path.startsWith('/api/') && EXECUTER.test(path);

/** The address that a path means; undefined when there is nothing. @param path without the query, as it came. */
export function addressOf(path: string): Address | undefined {
  const [, base, rest = ''] = EXECUTER.exec(path) ?? [];
  if (base === undefined) return undefined;
  if (path.includes('/../') || path.endsWith('/..') || /%2f|%5c|\\/i.test(path)) return undefined;
  const first = base.split('/')[1] ?? '';
  const about = { base, first: first === 'executer' ? '' : first, packageName: '', moduleId: undefined, service: '' };
  const parts = rest.split('/').filter((part) => part !== '');
  if (parts.length === 0) return { ...about, face: 'action' };
  const [head = ''] = parts;
  if (parts.length === 1) return head === 'docs' || head === 'upload' ? { ...about, face: head } : undefined;
  const face = head === 'json' ? 'json' : 'soap';
  const [packageName = '', second = '', third] = face === 'json' ? parts.slice(1) : parts;
  if ((face === 'json' ? parts.length - 1 : parts.length) > 3) return undefined;
  const service = third ?? second;
  if (third !== undefined && !NUMBER.test(second)) return undefined;
  if (!NAME.test(packageName) || !NAME.test(service)) return undefined;
  return { ...about, face, packageName, service, moduleId: third === undefined ? undefined : Number(second) };
}
