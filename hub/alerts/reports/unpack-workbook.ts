import { unzipSync, zipSync } from 'fflate';
import { HubError } from '../../core/errors.ts';

/** Parts of a workbook; real ones have some dozens. */
const MOST_PARTS = 1_000;
/** What a table needs; pictures, programs and the like are left out. */
const NEEDED = /\.(?:xml|rels)$/;

/**
 * The parts of an XLSX that matter, packed anew without compression: whoever reads it afterwards sees only what was measured here, so that a file that is
 * small and unpacks to gigabytes is refused before it does.
 * @param most bytes that they may have together, unpacked
 * @throws HubError TOO_LARGE for more than that; BAD_REQUEST when the file is no archive
 */
export function unpackWorkbook(file: Uint8Array, most: number): Uint8Array {
  let parts = 0;
  let bytes = 0;
  const filter = ({ name, originalSize }: { name: string; originalSize: number }): boolean => {
    parts += 1;
    if (parts > MOST_PARTS) {
      throw new HubError('TOO_LARGE', `the workbook has more than ${MOST_PARTS} parts`, {
        reason: 'table',
        russian: `в книге больше ${MOST_PARTS} частей`,
      });
    }
    if (!NEEDED.test(name)) return false;
    bytes += originalSize;
    if (bytes > most) {
      throw new HubError('TOO_LARGE', `the workbook unpacks to more than ${most} bytes`, {
        reason: 'table',
        russian: `распакованная книга больше ${most} байт`,
      });
    }
    return true;
  };
  try {
    return zipSync(unzipSync(file, { filter }), { level: 0 });
  } catch (error) {
    if (error instanceof HubError) throw error;
    throw new HubError('BAD_REQUEST', 'the file is no XLSX workbook: its archive is damaged', {
      reason: 'table',
      russian: 'файл не является книгой XLSX: архив повреждён',
      cause: error,
    });
  }
}
