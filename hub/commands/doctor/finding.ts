/** What one check of `vestnik doctor` found. `next` says what to do and is there unless all is well. */
export interface Finding {
  readonly level: 'ok' | 'warn' | 'fail';
  readonly name: string;
  readonly text: string;
  readonly next?: string;
}

export const ok = (name: string, text: string): Finding => ({ level: 'ok', name, text });
export const warn = (name: string, text: string, next: string): Finding => ({ level: 'warn', name, text, next });
export const fail = (name: string, text: string, next: string): Finding => ({ level: 'fail', name, text, next });

export const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
