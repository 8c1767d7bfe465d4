import type { Database } from '../../core/database/database.ts';
import type { Queryable, Transaction } from '../../core/database/statement.ts';
import { HubError, toHubError } from '../../core/errors.ts';
import { audit } from '../../core/identity/audit.ts';
import type { Caller } from '../../core/identity/caller.ts';
import type { Principal } from '../../core/identity/principal.ts';
import type { SecretKey } from '../../core/identity/secret-key.ts';
import { measure, notesOf } from '../../core/telemetry/channels.ts';
import type { Protocol } from '../act.ts';
import type { Call } from '../catalogue/descriptor.ts';
import type { RightModule } from '../catalogue/rights-tree.ts';
import { PartlyDone } from '../partly-done.ts';
import { refusedByDatabase } from '../refused-by-database.ts';
import type { BillingSettings, Profile } from '../settings.ts';
import type { Turns } from '../turns.ts';
import { UNSUPPORTED } from './faults.ts';
import type { Permissions } from './permissions.ts';

/** A call that is decoded and whose caller is known. */
export interface CallRequest {
  readonly protocol: Protocol & ('action' | 'soap' | 'json');
  readonly principal: Principal;
  readonly address: string;
  readonly requestId: string;
  readonly profile: Profile;
  readonly moduleId: number | undefined;
}

/** What is called. */
export interface Target {
  /** `PaymentService.paymentGet`, `contract/ContractInfo` */
  readonly place: string;
  readonly right: string;
  readonly kind: 'read' | 'write';
  /** Described and not served. */
  readonly unsupported: boolean;
  /** Runs foreign code or raw SQL: refused whatever the rights, and audited. */
  readonly forbidden: boolean;
}

export interface Prepared<A> {
  readonly args: A;
  /** The contract that they name. */
  readonly contract: number | undefined;
}

export interface Performer {
  /**
   * The steps that are the same for every call (spec billing 3.2): right, fence, arguments, run (a change in a transaction), audit, metrics. What comes
   * before, decoding and the login, and after, encoding, is the face's.
   * @param prepare reads the arguments; it comes after the right, so that nobody learns what an operation wants that may not call it. Changes that name
   * one contract take turns
   * @throws HubError
   */
  perform<A, R>(request: CallRequest, target: Target, prepare: () => Prepared<A>, run: (call: Call, args: A) => Promise<R>): Promise<R>;
}

export interface PerformerPorts {
  readonly database: Database;
  readonly permissions: Permissions;
  /** Of changes of one contract, through whatever face they come. */
  readonly turns: Turns;
  readonly secretKey: SecretKey;
  readonly settings: BillingSettings;
  /** Everything that rights are given for, where a site adds services. */
  readonly rightsTree?: readonly RightModule[] | undefined;
  /** Milliseconds until a statement is given up. */
  readonly statementTime: number;
  /** Calls that may be under way at once; more are refused early rather than served late. */
  readonly mostCalls: number;
  readonly now?: () => Temporal.Instant;
}

const notes = notesOf('billing.call');
/** A refusal is audited once in this time for each operator and operation: a program that repeats it must not fill the audit. Milliseconds. */
const REFUSAL_EVERY = 60_000;
const MOST_REFUSALS = 10_000;

const noTransaction = {
  query: () => Promise.reject(new HubError('INTERNAL', 'an operation that reads has no transaction')),
} as unknown as Transaction;

function refusalOf({ place, forbidden }: Target): HubError {
  if (forbidden)
    return new HubError('NOT_ALLOWED', `${place} is always refused: no code and no SQL of callers is run here`, {
      russian: `${place}: выполнение кода и SQL запросов вызывающей стороны запрещено`,
    });
  return new HubError('NOT_ALLOWED', `Operation is not supported by this server: ${place} is known and not yet served`, {
    reason: UNSUPPORTED,
    russian: `Operation is not supported by this server: операция ${place} известна, но пока не обслуживается`,
  });
}

export function createPerformer(ports: PerformerPorts): Performer {
  const { database, permissions, turns, secretKey, settings, statementTime, mostCalls, rightsTree } = ports;
  const { now = () => Temporal.Now.instant() } = ports;
  const refusals = new Map<string, number>();
  let underWay = 0;

  /** The same connections, whose statements are given up after a time. */
  const timed = (db: Queryable): Queryable => ({
    query: (query) => db.query({ ...query, query_timeout: statementTime } as typeof query),
  });
  const work = timed(database.work);

  // The day of the billing, and the milliseconds between which it is that day.
  let day = { today: Temporal.PlainDate.from('1970-01-01'), from: 0, until: 0 };
  const dayOfNow = (at: Temporal.Instant): Temporal.PlainDate => {
    const { epochMilliseconds } = at;
    if (epochMilliseconds >= day.from && epochMilliseconds < day.until) return day.today;
    const today = at.toZonedDateTimeISO(settings.timeZone).toPlainDate();
    const midnight = (of: Temporal.PlainDate): number => of.toZonedDateTime(settings.timeZone).epochMilliseconds;
    day = { today, from: midnight(today), until: midnight(today.add({ days: 1 })) };
    return today;
  };

  const auditRefusal = (caller: Caller, target: Target, error: HubError): void => {
    const key = `${caller.login} ${target.place}`;
    const at = performance.now();
    if ((refusals.get(key) ?? Number.NEGATIVE_INFINITY) + REFUSAL_EVERY > at) return;
    if (refusals.size >= MOST_REFUSALS) refusals.clear();
    refusals.set(key, at);
    database
      .transaction((tx) => audit(tx, caller, { action: 'billing.call.refused', object: target.place, reason: error.message }))
      .catch((failure: unknown) => notes.warn('a refusal was not audited', { login: caller.login, operation: target.place }, failure));
  };

  const runCall: Performer['perform'] = async (request, target, prepare, run) => {
    const { principal, protocol, address, requestId, profile, moduleId } = request;
    const { login, rights, operatorId } = principal;
    const caller: Caller = { login, operatorId, rights, face: protocol, address, requestId };
    try {
      permissions.require(principal, target.right, target.place);
      if (target.unsupported || target.forbidden) throw refusalOf(target);
    } catch (error) {
      if (error instanceof HubError && error.reason !== UNSUPPORTED) auditRefusal(caller, target, error);
      throw error;
    }
    const known = permissions.fence(principal);
    const fence = known instanceof Promise ? await known : known;
    const { args, contract } = prepare();
    const at = now();
    const today = dayOfNow(at);
    const act = { caller, operatorId, protocol, settings, fence, secretKey, now: at, today, profile, moduleId, rightsTree };
    if (target.kind === 'read') return run({ ...act, db: work, tx: noTransaction }, args);
    const change = async (tx: Transaction) => {
      const limited = timed(tx) as Transaction;
      try {
        return { value: await run({ ...act, db: limited, tx: limited }, args) };
      } catch (error) {
        // What is done of a list stays, and the caller is told how far it came.
        if (error instanceof PartlyDone) return error;
        throw error;
      }
    };
    const done = await turns.take(contract, () => database.transaction(change));
    if (done instanceof PartlyDone) throw done;
    return done.value;
  };

  return {
    async perform(request, target, prepare, run) {
      const began = performance.now();
      const { protocol } = request;
      let outcome = 'ok';
      underWay += 1;
      try {
        if (underWay > mostCalls)
          throw new HubError('BUSY', `${mostCalls} calls are under way`, { retryAfter: 1, russian: 'Сервер перегружен, повторите запрос' });
        return await runCall(request, target, prepare, run);
      } catch (thrown) {
        const refused = refusedByDatabase(thrown);
        if (refused) notes.warn('the database refused a call', { requestId: request.requestId, operation: target.place }, thrown);
        const error = refused ?? toHubError(thrown);
        outcome = error.reason === UNSUPPORTED ? UNSUPPORTED : error.code;
        if (error.code === 'INTERNAL')
          notes.error('a call failed', { requestId: request.requestId, operation: target.place }, error.cause ?? error);
        throw error;
      } finally {
        underWay -= 1;
        measure('vestnik_billing_calls_total', 1, { protocol, operation: target.place, outcome });
        measure('vestnik_billing_call_seconds', (performance.now() - began) / 1000, { protocol });
        if (outcome === UNSUPPORTED) {
          const [service = '', operation = ''] = target.place.split(/[./](?=[^./]*$)/);
          measure('vestnik_billing_unsupported_total', 1, { service, operation });
        }
      }
    },
  };
}
