import { randomBytes } from 'node:crypto';
import { HubError } from '../../core/errors.ts';
import type { ForeignFace } from '../../core/http/foreign.ts';
import type { Caller } from '../../core/identity/caller.ts';
import type { Authentication, Principal } from '../../core/identity/principal.ts';
import type { Registry } from '../catalogue/registry.ts';
import { HIDDEN } from '../journal/secret-names.ts';
import { shownHeaders, textOf } from '../journal/shown-texts.ts';
import { type BuiltRequest, buildRequest, type CallWanted } from './build-request.ts';

/** A call as it went, for people to see. */
export interface CalledView {
  readonly request: BuiltRequest;
  readonly answer: {
    readonly status: number;
    readonly headers: readonly (readonly [string, string])[];
    /** As the protocol gives it; null: no text. */
    readonly body: string | null;
    /** Of the whole. */
    readonly bytes: number;
    readonly cut: boolean;
  };
  readonly milliseconds: number;
}

/**
 * Calls operations and actions as a foreign program would, by the same faces: what it shows is what went through them. The login of such a call is a ticket
 * that counts for this one call: who calls is whoever asked, with the rights and the fence that they have.
 */
export interface CallConsole {
  readonly registry: Registry;
  /** The request as it would be sent, with `***` for the password. @throws HubError NOT_FOUND, VALIDATION */
  show(caller: Caller, wanted: CallWanted): BuiltRequest;
  /** @throws HubError NOT_FOUND, VALIDATION: what cannot be put into a request; whatever the call itself meets is its answer */
  call(caller: Caller, wanted: CallWanted): Promise<CalledView>;
}

/** Bytes of an answer that are shown. */
const MOST_SHOWN = 1024 * 1024;

/** A login for the faces of the console: the password is a ticket. */
export interface Tickets extends Pick<Authentication, 'authenticateBasic'> {
  /** Runs `work` with a ticket that counts until it ends. */
  with<T>(principal: Principal, work: (ticket: string) => Promise<T>): Promise<T>;
}

export function createTickets(): Tickets {
  const open = new Map<string, Principal>();
  return {
    async authenticateBasic(login, password) {
      const principal = open.get(password);
      if (principal && principal.login === login.toLowerCase()) return principal;
      throw new HubError('UNAUTHORIZED', 'a call of the console uses no other login');
    },
    async with(principal, work) {
      const ticket = randomBytes(24).toString('base64url');
      open.set(ticket, principal);
      try {
        return await work(ticket);
      } finally {
        open.delete(ticket);
      }
    },
  };
}

const principalOf = ({ login, operatorId, rights }: Caller): Principal => {
  if (operatorId === undefined) throw new HubError('FORBIDDEN', 'only operators can call operations');
  return { operatorId, login, displayName: login, locale: 'ru', rights, by: 'password', credentialId: undefined };
};

/** @param face the faces, standing on `tickets` for their logins; nothing else may reach it */
export function createCallConsole(registry: Registry, face: Pick<ForeignFace, 'handle'>, tickets: Tickets): CallConsole {
  return {
    registry,
    show: ({ login }, wanted) => buildRequest(registry, wanted)(login, HIDDEN),
    async call(caller, wanted) {
      const build = buildRequest(registry, wanted);
      const { address = '', requestId = '' } = caller;
      const began = performance.now();
      const answer = await tickets.with(principalOf(caller), (ticket) => {
        const { method, url, headers, body } = build(caller.login, ticket);
        return face.handle({ method, url, headers, body: Buffer.from(body), requestId, address, origin: undefined });
      });
      const milliseconds = Math.round((performance.now() - began) * 1_000) / 1_000;
      const bytes = Buffer.from(answer.body);
      const cut = bytes.length > MOST_SHOWN;
      const type = answer.headers['content-type'];
      const text = textOf(bytes.subarray(0, MOST_SHOWN), !cut, typeof type === 'string' ? type : undefined) ?? null;
      return {
        request: build(caller.login, HIDDEN),
        answer: { status: answer.status, headers: shownHeaders(answer.headers), body: text, bytes: bytes.length, cut },
        milliseconds,
      };
    },
  };
}
