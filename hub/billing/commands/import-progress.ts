import type { Translate } from '../../core/terminal/words.ts';

/** How far long work is, on standard error, so that it does not come among what is printed. */
export interface Progress {
  /** Says it, at most once a second and not in the first one. */
  tell(words: (t: Translate) => string): void;
}

const EVERY = 1_000;

export function createProgress(t: Translate, write: (line: string) => void = (line) => void process.stderr.write(`${line}\n`)): Progress {
  let last = performance.now();
  return {
    tell(words) {
      const now = performance.now();
      if (now - last < EVERY) return;
      last = now;
      write(words(t));
    },
  };
}
