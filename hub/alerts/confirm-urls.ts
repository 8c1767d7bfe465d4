import { CONFIRM_PATH, confirmToken } from './confirm-link.ts';
import type { ConfirmUrlOf } from './engine/message-content.ts';
import { TASK_TYPE } from './kinds.ts';

/** Addresses of the pages on which receivers of mails confirm. @param base this hub's address for receivers; without it there are none */
export function confirmUrls(base: string | undefined, key: Uint8Array): ConfirmUrlOf {
  if (base === undefined) return () => undefined;
  const root = base.replace(/\/+$/, '');
  return ({ runId, type, frozen }, no) =>
    type === TASK_TYPE.email && frozen.confirmation.kind !== 'none'
      ? `${root}${CONFIRM_PATH}/${confirmToken({ run: runId, no }, key)}`
      : undefined;
}
