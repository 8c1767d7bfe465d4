import { HubError } from '../../../core/errors.ts';
import type { Credentials } from '../credentials.ts';
import { NS } from '../namespaces.ts';
import type { XmlElement } from './tree.ts';

/** What a request's envelope says, in whatever prefixes (spec billing 5.4, 5.5). */
export interface Envelope {
  /** Of the header `auth`. */
  readonly credentials: Credentials | undefined;
  /** The first element in Body; its local name is the operation. */
  readonly wrapper: XmlElement;
}

const SOAP_12 = 'http://www.w3.org/2003/05/soap-envelope';
/** Headers of others that are known to be of no consequence. */
const ADDRESSING = /^http:\/\/(?:www\.w3\.org\/2005\/08\/addressing|schemas\.xmlsoap\.org\/ws\/2004\/08\/addressing)$/;
const AUTH = new Set([NS.auth, NS.auth.slice(0, -1)]);

const malformed = (message: string, russian: string): HubError => new HubError('BAD_REQUEST', message, { reason: 'envelope', russian });

/** A header that must be understood and is not (SOAP 1.1, 4.2.3). */
export const MUST_UNDERSTAND = 'must_understand';

/** @throws HubError BAD_REQUEST: no envelope, no body, no operation; a header that must be understood, reason MUST_UNDERSTAND */
export function openEnvelope(root: XmlElement): Envelope {
  if (root.local !== 'Envelope' || (root.uri !== NS.envelope && root.uri !== SOAP_12))
    throw malformed('the document is no SOAP envelope', 'Документ не является конвертом SOAP');
  const body = root.children.find(({ local, uri }) => local === 'Body' && uri === root.uri);
  const wrapper = body?.children[0];
  if (!wrapper) throw malformed('the envelope has no Body with an operation', 'В конверте нет Body с операцией');
  let credentials: Credentials | undefined;
  for (const header of root.children
    .filter(({ local, uri }) => local === 'Header' && uri === root.uri)
    .flatMap(({ children }) => children)) {
    if (header.local === 'auth' && AUTH.has(header.uri)) {
      const attribute = (name: string): string => header.attributes.find(({ local }) => local === name)?.value ?? '';
      credentials = { login: attribute('user'), password: attribute('pswd') };
      continue;
    }
    const must = header.attributes.find(({ local, uri }) => local === 'mustUnderstand' && uri === root.uri)?.value.trim();
    if ((must === '1' || must === 'true') && !ADDRESSING.test(header.uri))
      throw new HubError('BAD_REQUEST', `the header ${header.local} is not understood`, {
        reason: MUST_UNDERSTAND,
        russian: `Заголовок ${header.local} не поддерживается`,
      });
  }
  return { credentials, wrapper };
}
