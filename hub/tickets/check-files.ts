import { Check, type CheckReport } from '@vestnik/protocol/check/check.ts';
import { MAX_FILE_BYTES, readTickets } from '@vestnik/protocol/reader/read-tickets.ts';
import { findFiles, readBounded } from './read-files.ts';

/**
 * Reads XML files with the tolerant reader, one after the other, and reports what does not add up, in each file and across them (spec 3.8).
 * Of a folder its `*.xml` files are read. Nothing is written anywhere.
 * @param onFile called after each file with the number of files so far.
 */
export async function checkFiles(paths: readonly string[], onFile: (files: number) => void = () => undefined): Promise<CheckReport> {
  const check = new Check();
  let files = 0;
  for await (const found of findFiles(paths, /\.xml$/i)) {
    const bytes = 'why' in found ? found.why : await readBounded(found.path, MAX_FILE_BYTES);
    if (typeof bytes === 'string') check.unreadable(found.path, bytes);
    else check.add(readTickets(bytes, found.path));
    files += 1;
    onFile(files);
  }
  return check.finish();
}
