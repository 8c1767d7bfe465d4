import { Busboy, type BusboyHeaders, type BusboyInstance } from '@fastify/busboy';
import { HubError } from '../core/errors.ts';
import { cleanFileName, FILE_BYTES, kindOf, MOST_FILES, type Upload } from './order-file.ts';

/** The body is in memory already: whatever takes longer never ends. Milliseconds. */
const DEADLINE = 30_000;
const KIB = 1024;

const malformed = (why: string, cause?: unknown): HubError =>
  new HubError('BAD_REQUEST', `the body is not multipart/form-data with files: ${why}`, { reason: 'multipart', cause });

const tooLarge = (message: string, russian: string): HubError => new HubError('TOO_LARGE', message, { reason: 'files', russian });

/**
 * Reads the files of a multipart body. The name of each part is the kind of its file: `-F ticket=@ticket.pdf`.
 * @param contentType the header, with its boundary.
 * @throws HubError BAD_REQUEST `multipart`, VALIDATION `file_kind` or `files`, TOO_LARGE `files` (over 10 files, or one over 20 MiB).
 */
export async function readUpload(body: Buffer, contentType: string): Promise<Upload[]> {
  const files: Upload[] = [];
  await new Promise<void>((resolve, reject) => {
    let parser: BusboyInstance;
    const late = setTimeout(() => reject(malformed('it does not end')), DEADLINE);
    const fail = (error: unknown): void => {
      clearTimeout(late);
      reject(error instanceof HubError ? error : malformed(error instanceof Error ? error.message : 'unreadable', error));
    };
    try {
      parser = new Busboy({
        headers: { 'content-type': contentType } as BusboyHeaders,
        limits: { files: MOST_FILES, fields: 0, parts: MOST_FILES + 1, fileSize: FILE_BYTES + 1, headerPairs: 20, headerSize: 16 * KIB },
      });
    } catch (error) {
      fail(error);
      return;
    }
    parser.on('file', (field, stream, filename) => {
      const parts: Buffer[] = [];
      let size = 0;
      stream.on('error', fail);
      stream.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size <= FILE_BYTES) parts.push(chunk);
      });
      stream.on('end', () => {
        try {
          const name = cleanFileName(filename ?? '');
          if (size > FILE_BYTES)
            throw tooLarge(`${name} has over ${FILE_BYTES} bytes, at most 20 MiB are taken`, `файл ${name} больше 20 МиБ`);
          files.push({ kind: kindOf(field), name, size, parts });
        } catch (error) {
          fail(error);
        }
      });
    });
    parser.on('filesLimit', () => fail(tooLarge(`there are more than ${MOST_FILES} files`, `файлов больше ${MOST_FILES}`)));
    parser.on('partsLimit', () => fail(tooLarge(`there are more than ${MOST_FILES} parts`, `частей больше ${MOST_FILES}`)));
    parser.on('fieldsLimit', () => fail(malformed('a part is no file: each part must have a filename')));
    parser.on('error', fail);
    parser.on('finish', () => {
      clearTimeout(late);
      resolve();
    });
    parser.end(body);
  });
  const empty = files.find(({ size }) => size === 0);
  if (files.length === 0 || empty) {
    const message = empty ? `${empty.name} is empty` : 'there is no file in the body';
    throw new HubError('VALIDATION', message, {
      reason: 'files',
      russian: empty ? `файл ${empty.name} пуст` : 'в запросе нет файлов',
      details: [{ code: 'files', path: '', message }],
    });
  }
  return files;
}
