/**
 * Work whose runs never overlap, for what is asked for more often than it can be done: reading a table again, numbering rows.
 *
 * States: idle -> running -> idle, or, when somebody asks meanwhile, running -> running once more -> ... A call is served by a run that begins
 * after it and never by one that has begun already, so it sees what was committed before it; all calls that come during a run share the next.
 * A failed run fails for those it served, and the next one begins all the same.
 * @example const refresh = coalesce(load); await refresh();
 */
export function coalesce(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  let next: Promise<void> | undefined;
  const run = (): Promise<void> => {
    if (!running) {
      running = work().finally(() => {
        running = undefined;
      });
      return running;
    }
    next ??= running
      .catch(() => undefined)
      .then(() => {
        next = undefined;
        return run();
      });
    return next;
  };
  return run;
}
