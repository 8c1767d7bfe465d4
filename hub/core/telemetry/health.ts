/**
 * Whether this hub is alive and whether it may be given work.
 *
 * starting -> ready -> stopping. `ready` also needs every check to pass; a stopping hub is never ready, so that a balancer turns away
 * before the listener closes. Alive is simply: the process answers.
 */
export interface Health {
  /** Every module has started. */
  started(): void;
  /** No new work, please. */
  stopping(): void;
  report(): Promise<HealthReport>;
}

export interface HealthReport {
  readonly ready: boolean;
  readonly state: 'starting' | 'ready' | 'stopping';
  readonly checks: readonly { readonly name: string; readonly ok: boolean; readonly milliseconds: number; readonly reason?: string }[];
}

/** Resolves when all is well; rejects with the reason. */
export type HealthCheck = () => Promise<void>;

/** Probes of several balancers share one round of checks. Milliseconds. */
const FRESH = 500;

/** @param checks by name, e.g. `{ database: database.ping }`; @param patience how long one may take, milliseconds. */
export function createHealth(checks: Readonly<Record<string, HealthCheck>>, patience = 2_000): Health {
  let state: HealthReport['state'] = 'starting';
  let last: { at: number; results: Promise<HealthReport['checks']> } | undefined;

  const run = async (name: string, check: HealthCheck): Promise<HealthReport['checks'][number]> => {
    const began = performance.now();
    const elapsed = (): number => Math.round(performance.now() - began);
    let timer: NodeJS.Timeout | undefined;
    try {
      const late = new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(new Error(`no answer within ${patience} ms`)), patience);
      });
      await Promise.race([check(), late]);
      return { name, ok: true, milliseconds: elapsed() };
    } catch (error) {
      return { name, ok: false, milliseconds: elapsed(), reason: error instanceof Error ? error.message : String(error) };
    } finally {
      clearTimeout(timer);
    }
  };

  return {
    started() {
      if (state === 'starting') state = 'ready';
    },
    stopping() {
      state = 'stopping';
    },
    async report() {
      const now = performance.now();
      if (!last || now - last.at > FRESH)
        last = { at: now, results: Promise.all(Object.entries(checks).map(([name, check]) => run(name, check))) };
      const results = await last.results;
      return { ready: state === 'ready' && results.every((result) => result.ok), state, checks: results };
    },
  };
}
