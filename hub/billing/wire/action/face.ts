import { encodeWindows1251 } from '@vestnik/protocol/windows1251.ts';
import { HubError, toHubError } from '../../../core/errors.ts';
import type { ForeignAnswer, ForeignRequest } from '../../../core/http/foreign.ts';
import type { Principal } from '../../../core/identity/principal.ts';
import type { ServedAction } from '../../catalogue/registry.ts';
import { basicCredentials, type Credentials } from '../credentials.ts';
import { faultOf, languageFor, UNKNOWN_TARGET } from '../faults.ts';
import { isForbidden } from '../forbidden.ts';
import type { Face, FacePorts } from '../json/face.ts';
import type { Target } from '../perform.ts';
import { profileOf } from '../profiles.ts';
import { contentText } from '../xml-text.ts';
import { actionArgs } from './args.ts';
import { mergeParams } from './pairs.ts';
import type { ActionSessions, OpenSession } from './sessions.ts';
import { createXmlWriter } from './xml-writer.ts';

const SESSION_COOKIE = 'JSESSIONID';
const START = 'Thu, 01 Jan 1970 00:00:01 GMT';

const targets = new WeakMap<ServedAction, Target>();

function targetOf(served: ServedAction): Target {
  const known = targets.get(served);
  if (known) return known;
  const { action, right, run } = served;
  const place = `${action.module}/${action.name}`;
  const target = { place, right, kind: action.kind, unsupported: run === undefined, forbidden: isForbidden(place) };
  targets.set(served, target);
  return target;
}

const cookieOf = (header: string | undefined): string | undefined =>
  header === undefined ? undefined : new RegExp(`(?:^|;)\\s*${SESSION_COOKIE}=([0-9A-F]{32})`).exec(header)?.[1];

/** XML actions (spec billing 4). */
export function createActionFace({
  registry,
  performer,
  authentication,
  settings,
  sessions,
}: FacePorts & { readonly sessions: ActionSessions }): Face {
  const charset = settings.actionCharset === 'windows-1251' ? 'windows-1251' : 'UTF-8';
  const declaration = `<?xml version="1.0" encoding="${charset}"?>`;
  const headers = {
    'content-type': `text/xml;charset=${charset}`,
    'cache-control': 'no-cache, no-store, must-revalidate',
    expires: START,
    'last-modified': START,
  };
  const answer = (document: string, session: OpenSession | undefined, base: string): ForeignAnswer => {
    const text = declaration + document;
    const body = charset === 'UTF-8' ? text : Buffer.from(encodeWindows1251(text, (codePoint) => `&#${codePoint};`));
    const cookie = session && {
      'set-cookie': `${SESSION_COOKIE}=${session.cookie}; Path=${base.slice(0, -'/executer'.length) || '/'}; HttpOnly`,
    };
    return { status: 200, headers: cookie ? { ...headers, ...cookie } : headers, body };
  };

  /** The first of: parameters, Basic, session (spec billing 4). */
  const credentialsOf = (request: ForeignRequest, pairs: ReadonlyMap<string, string>, cookie: string | undefined): Credentials => {
    const login = pairs.get('user');
    const password = pairs.get('pswd');
    if (login !== undefined && password !== undefined) return { login, password };
    const basic = basicCredentials(request.headers.authorization);
    if (basic) return basic;
    const secret = pairs.get('BGBillingSecret');
    const session = cookie !== undefined && secret !== undefined ? sessions.credentials(cookie, secret) : undefined;
    if (session) return session;
    throw new HubError('UNAUTHORIZED');
  };

  return async (request, address) => {
    let principal: Principal | undefined;
    let session: OpenSession | undefined;
    const { requestId, headers: given } = request;
    try {
      if (/^\s*multipart\//i.test(given['content-type'] ?? ''))
        throw new HubError('UNSUPPORTED_MEDIA', 'a form with files is not taken here', { russian: 'multipart здесь не поддерживается' });
      const start = request.url.indexOf('?');
      const pairs = mergeParams(start < 0 ? '' : request.url.slice(start + 1).replace(/#.*/, ''), request.body);
      const cookie = cookieOf(given.cookie);
      const credentials = credentialsOf(request, pairs, cookie);
      principal = await authentication.authenticateBasic(credentials.login, credentials.password, request.address);
      if (pairs.get('authToSession') !== '0') session = sessions.open(credentials, cookie);
      const module = pairs.get('module') ?? '';
      const name = pairs.get('action') ?? '';
      const served = registry.action(module, name);
      if (!served) {
        const place = `${module.slice(0, 100)}/${name.slice(0, 100)}`;
        throw new HubError('NOT_FOUND', `Action not found: ${place}`, { reason: UNKNOWN_TARGET, russian: `Action not found: ${place}` });
      }
      const profile = profileOf(settings, address.first);
      const writer = createXmlWriter();
      if (session) writer.root({ secret: session.secret });
      const { run } = served;
      await performer.perform(
        { protocol: 'action', principal, address: request.address, requestId, profile, moduleId: undefined },
        targetOf(served),
        () => {
          const args = actionArgs(pairs, settings.timeZone);
          return { args, contract: served.action.kind === 'write' ? args.int('cid') : undefined };
        },
        (call, args) => (run ? run(call, args, writer) : Promise.reject(new HubError('INTERNAL'))),
      );
      return answer(writer.document(), session, address.base);
    } catch (thrown) {
      const { message } = faultOf(toHubError(thrown), { requestId, language: languageFor(given['accept-language'], principal?.locale) });
      const secret = session ? ` secret="${session.secret}"` : '';
      return answer(`<data${secret} status="error">${contentText(message)}</data>`, session, address.base);
    }
  };
}
