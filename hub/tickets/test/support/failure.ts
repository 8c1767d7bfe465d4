import { HubError } from '../../../core/errors.ts';

/** The error of the table that an act ends with; fails the test when it succeeds or throws something unplanned. */
export async function failure(act: Promise<unknown>): Promise<HubError> {
  const error = await act.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof HubError)) throw new Error('expected a HubError', { cause: error });
  return error;
}
