/** What one run measured. Seconds from the common start until the last was in, and until the last was out. */
export interface Rate {
  readonly count: number;
  readonly inSeconds: number;
  readonly outSeconds: number;
}

export const perSecond = (count: number, seconds: number): number => Math.round(count / seconds);
