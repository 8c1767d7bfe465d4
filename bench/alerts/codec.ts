import { createRequire } from 'node:module';
import { decodeWindows1251, encodeWindows1251 } from '@vestnik/protocol/windows1251.ts';
import { median, say } from './ground.ts';

/** windows-1251 beside iconv-lite, which comes with the packages for mail and SMS: values of lines, and whole lines. */
// A package of CommonJS, and not one of ours.
const iconv = createRequire(import.meta.url)('iconv-lite') as {
  encode(text: string, charset: string): Buffer;
  decode(bytes: Buffer, charset: string): string;
};
const SHORT = 'Иванов Иван Иванович';
const LONG = `GETABONENTS DATA 1 1 0 ${SHORT} 100 ООО «Ромашка», цех 12, дежурный электромонтёр `.repeat(16);
const MILLISECONDS = 200;
const TURNS = 7;

/** Calls a second. */
function rate(call: () => void): number {
  const begun = performance.now();
  let made = 0;
  for (; performance.now() - begun < MILLISECONDS; made += 100) for (let at = 0; at < 100; at += 1) call();
  return made / ((performance.now() - begun) / 1000);
}

export function codec(): void {
  say('\nwindows-1251 beside iconv-lite (goal 1)');
  for (const [name, text] of [
    ['short', SHORT],
    ['long', LONG],
  ] as const) {
    const bytes = iconv.encode(text, 'win1251');
    if (decodeWindows1251(bytes) !== text || !bytes.equals(encodeWindows1251(text, '?'))) throw new Error('the two do not agree');
    const pairs = [
      ['encode', () => void encodeWindows1251(text, '?'), () => void iconv.encode(text, 'win1251')],
      ['decode', () => void decodeWindows1251(bytes), () => void iconv.decode(bytes, 'win1251')],
    ] as const;
    for (const [way, ours, theirs] of pairs) {
      const ratios = Array.from({ length: TURNS }, () => rate(ours) / rate(theirs));
      say(`  ${way} ${name}, ${bytes.length} bytes: ratio ${median(ratios).toFixed(2)}`);
    }
  }
}
