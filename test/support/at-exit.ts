/** What must not outlive a test run that ends early (Ctrl-C, a crash): programs in process groups of their own. */
const ends = new Set<() => void>();

/** @param end ends something at once, without waiting; it must not mind when that is gone. @returns a function that takes it back. */
export function atExit(end: () => void): () => void {
  if (ends.size === 0) process.once('exit', endAll);
  ends.add(end);
  return () => {
    ends.delete(end);
    if (ends.size === 0) process.off('exit', endAll);
  };
}

function endAll(): void {
  for (const end of ends) {
    try {
      end();
    } catch {
      // It has just ended by itself; the others are still to be ended.
    }
  }
}
