import { HubError } from '../core/errors.ts';

/**
 * A list was done in part (spec 2.6): a face commits the transaction of the call, so that what is done stays, and answers this error. It says which were
 * done, and why the next one was not.
 */
export class PartlyDone extends HubError {
  constructor(cause: HubError, done: readonly number[], failed: number) {
    super(cause.code, `contract ${failed}: ${cause.message}; done: ${done.join(', ')}`, {
      cause,
      reason: cause.reason ?? 'partly_done',
      russian: `Договор ${failed}: ${cause.russian ?? cause.message}. Выполнено для договоров: ${done.join(', ')}`,
    });
    this.name = 'PartlyDone';
  }
}
