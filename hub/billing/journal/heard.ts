import type { ForeignAnswer, ForeignFace, ForeignRequest } from '../../core/http/foreign.ts';
import type { Authentication, Principal } from '../../core/identity/principal.ts';
import { requestContext } from '../../core/telemetry/request-context.ts';
import type { CallRequest, Performer } from '../wire/perform.ts';

/** What was heard of one call while it was answered. */
export interface Heard {
  /** The login that was tried; undefined: none was. */
  login: Promise<Principal> | undefined;
  /** Who calls, once an operation was found. */
  caller: Principal | undefined;
  /** `PaymentService.paymentGet`; '' when none was found. */
  place: string;
  /** Undefined when no operation was found. */
  protocol: CallRequest['protocol'] | undefined;
  /** Settles as the operation did. */
  done: Promise<unknown> | undefined;
}

/** Where a request under way keeps it; it dies with the request. */
const HEARD = Symbol('billing.heard');

/** What a face stands on and where it can be listened to. */
export interface Overheard {
  readonly authentication: Pick<Authentication, 'authenticateBasic'>;
  readonly performer: Performer;
}

/**
 * Listens to a face without the face knowing: who calls is heard at the login, what at the performer, the rest is request and answer. Nothing is waited
 * for that was not waited for anyway.
 */
export function listenIn(ports: Overheard): {
  /** The same ports for the face to stand on. */
  readonly ports: Overheard;
  /** The same face; `note` is told of every request that it answered, and when it came (performance.now). */
  around(face: ForeignFace, note: (heard: Heard, request: ForeignRequest, answer: ForeignAnswer, began: number) => void): ForeignFace;
} {
  const hearing = (): Heard | undefined => requestContext.getStore()?.[HEARD] as Heard | undefined;
  return {
    ports: {
      authentication: {
        authenticateBasic(login, password, address) {
          const principal = ports.authentication.authenticateBasic(login, password, address);
          const heard = hearing();
          if (heard) heard.login = principal;
          return principal;
        },
      },
      performer: {
        perform(request, target, prepare, run) {
          const done = ports.performer.perform(request, target, prepare, run);
          const heard = hearing();
          if (heard) {
            heard.caller = request.principal;
            heard.place = target.place;
            heard.protocol = request.protocol;
            heard.done = done;
          }
          return done;
        },
      },
    },
    around: (face, note) => ({
      ...face,
      async handle(request) {
        const heard: Heard = { login: undefined, caller: undefined, place: '', protocol: undefined, done: undefined };
        const began = performance.now();
        const context = requestContext.getStore();
        if (context) context[HEARD] = heard;
        const answer = await face.handle(request);
        note(heard, request, answer, began);
        return answer;
      },
    }),
  };
}
