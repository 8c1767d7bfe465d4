/** What the tests use of npm split-sms 0.1.7, which has no types of its own. */
declare module 'split-sms' {
  export function split(message: string): {
    readonly characterSet: 'GSM' | 'Unicode';
    readonly parts: readonly { readonly content: string; readonly length: number; readonly bytes: number }[];
  };
}
