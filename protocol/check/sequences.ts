import { readDefaultName } from '../file-name.ts';
import type { FindingArgs } from '../reader/finding.ts';

/** A fault in the numbering of a folder's files. */
type NumberingFault = { folder: string; code: 'SEQUENCE_GAP' | 'SEQUENCE_REPEATED'; args: FindingArgs };

/**
 * Looks for gaps in the sequences that our own file names carry (spec online-ticket 5.1: a mailbox counts without gaps). Each folder counts
 * for itself, as it belongs to one client; a folder may begin at any number.
 */
export class Sequences {
  readonly #folders = new Map<string, number[]>();

  add(file: string): void {
    const slash = Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\'));
    const read = readDefaultName(file.slice(slash + 1));
    if (read === undefined) return;
    const folder = slash < 0 ? '.' : file.slice(0, slash) || '/';
    const known = this.#folders.get(folder);
    if (known === undefined) this.#folders.set(folder, [read.sequence]);
    else known.push(read.sequence);
  }

  *faults(): Generator<NumberingFault> {
    for (const [folder, sequences] of this.#folders) {
      const sorted = Float64Array.from(sequences).sort();
      let before: number | undefined;
      for (let i = 0; i < sorted.length; ) {
        const sequence = sorted[i] ?? 0;
        let next = i + 1;
        while (sorted[next] === sequence) next++;
        if (before !== undefined && sequence > before + 1) {
          yield { folder, code: 'SEQUENCE_GAP', args: { from: before + 1, to: sequence - 1, count: sequence - before - 1 } };
        }
        if (next - i > 1) yield { folder, code: 'SEQUENCE_REPEATED', args: { from: sequence, count: next - i } };
        before = sequence;
        i = next;
      }
    }
  }
}
