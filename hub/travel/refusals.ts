import { HubError } from '../core/errors.ts';
import type { Words } from './state-names.ts';

/** Refusals of actions on trips and orders: what stands in the way and, where a state does, which actions it allows (spec 7.2, B14). */
interface Thing {
  readonly kind: 'order' | 'trip';
  readonly id: number;
}

const RUSSIAN = { order: 'заказ', trip: 'командировка' } as const;

const nameOf = ({ kind, id }: Thing): Words => ({ en: `${kind} ${id}`, ru: `${RUSSIAN[kind]} ${id}` });

/** 409 `bad_state`: the present state has no such step. Every allowed action is a detail. */
export function badState(
  thing: Thing,
  action: string,
  state: { readonly code: string; readonly words: Words },
  allowed: readonly string[],
): HubError {
  const name = nameOf(thing);
  const list = allowed.join(', ');
  return new HubError(
    'CONFLICT',
    `${name.en} is ${state.code}: ${action} is not possible; ${list === '' ? 'nothing is' : `possible: ${list}`}`,
    {
      reason: 'bad_state',
      russian: `${name.ru}: состояние «${state.words.ru}», действие ${action} невозможно; ${list === '' ? 'других действий нет' : `возможно: ${list}`}`,
      details: allowed.map((one) => ({ code: 'allowed', path: '', message: one })),
    },
  );
}

/** 409 with a reason of its own: the state would allow it, something else does not. */
export function notNow(thing: Thing, reason: string, message: string, russian: string): HubError {
  const name = nameOf(thing);
  return new HubError('CONFLICT', `${name.en}: ${message}`, { reason, russian: `${name.ru}: ${russian}` });
}

/** 422: the request itself lacks something. */
export function lacking(reason: string, path: string, message: string, russian: string): HubError {
  return new HubError('VALIDATION', message, { reason, russian, details: [{ code: reason, path, message }] });
}
