/** The printing side of the demonstration: numbered steps with their time, details, a live line, a table. */
export interface Stage {
  /** Begins a step; what it took is printed when it ends. */
  step<T>(title: string, body: () => Promise<T>): Promise<T>;
  detail(text: string): void;
  /** A line that replaces itself on a terminal; elsewhere it is printed only now and then. */
  live(text: string): void;
  table(rows: readonly (readonly [string, string])[]): void;
  text(text: string): void;
}

const LIVE_EVERY = 2_000;

export function createStage(steps: number, output: NodeJS.WriteStream = process.stdout): Stage {
  const begun = performance.now();
  const colour = output.isTTY && !process.env['NO_COLOR'];
  const paint = (code: string, text: string): string => (colour ? `\x1b[${code}m${text}\x1b[0m` : text);
  let step = 0;
  let live = false;
  let liveAt = 0;
  const line = (text: string): void => {
    if (live && output.isTTY) output.write('\r\x1b[K');
    live = false;
    output.write(`${text}\n`);
  };
  const seconds = (ms: number): string => (ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`);
  return {
    async step(title, body) {
      step += 1;
      line('');
      line(`${paint('1;36', `[${step}/${steps}]`)} ${paint('1', title)}`);
      const from = performance.now();
      const result = await body();
      line(`      ${paint('32', '✓')} ${paint('2', `${seconds(performance.now() - from)}, +${seconds(performance.now() - begun)}`)}`);
      return result;
    },
    detail: (text) => {
      for (const part of text.split('\n')) line(`      ${part}`);
    },
    live(text) {
      if (output.isTTY) {
        output.write(`\r\x1b[K      ${text}`);
        live = true;
        return;
      }
      if (performance.now() - liveAt < LIVE_EVERY) return;
      liveAt = performance.now();
      line(`      ${text}`);
    },
    table(rows) {
      const width = Math.max(...rows.map(([name]) => name.length));
      for (const [name, value] of rows) line(`  ${name.padEnd(width)}  ${value}`);
    },
    text: line,
  };
}
