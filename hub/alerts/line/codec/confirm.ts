import { type Confirmation, type ConfirmationKind, confirmationFault, NO_CONFIRMATION } from '../../confirmation.ts';
import { type FieldCodec, isFault, optionNumber, readOptions, splitParts, writeOption } from './compound.ts';

const KINDS: readonly ConfirmationKind[] = ['none', 'key', 'pin', 'code'];

/**
 * `confirm`: `0` none, `1` any key, `2` the subscriber's PIN, `3` the code told at the end of the message; then the options `t=<wait>`, `n=<tries>`,
 * `k=<key or code>` and `h=<seconds heard>` (specification of alerts 3.10). Empty is `0`.
 */
export const confirm: FieldCodec<Confirmation> = {
  read(text) {
    const [first, ...rest] = splitParts(text);
    if (first === undefined) return { value: NO_CONFIRMATION };
    const kind = /^[0-3]$/.test(first) ? KINDS[Number(first)] : undefined;
    if (kind === undefined) return { fault: `"${first}" is no kind of confirmation; right would be 0 to 3` };
    const options = readOptions(rest, ['t', 'n', 'k', 'h']);
    if (isFault(options)) return options;
    const number = (key: 't' | 'n' | 'h'): number | null => optionNumber(options.value.get(key));
    const read: Confirmation = { kind, wait: number('t'), tries: number('n'), key: options.value.get('k') ?? null, heard: number('h') };
    const fault = confirmationFault(read);
    return fault === undefined ? { value: read } : { fault };
  },

  write({ kind, wait, tries, key, heard }) {
    const parts = [String(KINDS.indexOf(kind))];
    if (wait !== null) parts.push(writeOption('t', wait));
    if (tries !== null) parts.push(writeOption('n', tries));
    if (key !== null) parts.push(writeOption('k', key));
    if (heard !== null) parts.push(writeOption('h', heard));
    return parts.join(';');
  },
};
