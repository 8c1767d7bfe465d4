import { constants, createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from 'node:zlib';

/** How much of an answer's body is kept, and how much is read before the connection is closed. Decoded bytes (spec 6.3). */
export const MOST_STORED = 64 * 1024;
export const MOST_READ = 256 * 1024;
/** Compressed bytes that decode to nothing are read no further than this. */
const MOST_RAW = 2 * MOST_READ;

const NOTHING = Buffer.alloc(0);

/** What was kept of a body. */
export interface StoredBody {
  readonly body: Buffer;
  /** There was more, or it could not be decoded to its end. */
  readonly cut: boolean;
}

/** Takes the bytes of an answer as they come. */
export interface AnswerBody {
  take(chunk: Buffer): void;
  /** All bytes have come. `onDone` is called, at once or when they are decoded. */
  end(): void;
  /** Nothing more is wanted. */
  drop(): void;
}

export interface BodyEvents {
  /** The body is known, or as much of it as will be read: `cut` tells. Called once. */
  done(stored: StoredBody): void;
  /** Decoding lags behind: take nothing until `resume`. */
  pause(): void;
  resume(): void;
}

/** Keeps the beginning, counts the rest. @returns true when enough was read. */
function createStore() {
  const chunks: Buffer[] = [];
  let kept = 0;
  let read = 0;
  return {
    add(chunk: Buffer): boolean {
      read += chunk.length;
      // A copy: a chunk is a view into a buffer of 64 KiB that many answers share.
      if (kept < MOST_STORED) {
        const part = Buffer.from(chunk.subarray(0, MOST_STORED - kept));
        kept += part.length;
        chunks.push(part);
      }
      return read >= MOST_READ;
    },
    stored(whole: boolean): StoredBody {
      const [only = NOTHING] = chunks;
      return { body: chunks.length < 2 ? only : Buffer.concat(chunks), cut: !whole || read > kept };
    },
  };
}

function plainBody(events: BodyEvents): AnswerBody {
  const store = createStore();
  return {
    take(chunk) {
      if (store.add(chunk)) events.done(store.stored(false));
    },
    end: () => events.done(store.stored(true)),
    drop: () => undefined,
  };
}

type Coding = 'gzip' | 'deflate' | 'br';

/** An answer that ends early is decoded as far as it goes. */
const GENTLE = { finishFlush: constants.Z_SYNC_FLUSH, chunkSize: 16 * 1024 };
const GENTLE_BROTLI = { finishFlush: constants.BROTLI_OPERATION_FLUSH, chunkSize: 16 * 1024 };

/** `deflate` means zlib's format, but many servers send the bare one; the first byte tells them apart (RFC 9110, 8.4.1.2). */
function createDecoder(coding: Coding, first: number) {
  if (coding === 'gzip') return createGunzip(GENTLE);
  if (coding === 'br') return createBrotliDecompress(GENTLE_BROTLI);
  return (first & 0x0f) === 8 ? createInflate(GENTLE) : createInflateRaw(GENTLE);
}

function codedBody(coding: Coding, events: BodyEvents): AnswerBody {
  const store = createStore();
  let decoder: ReturnType<typeof createDecoder> | undefined;
  let raw = 0;
  const finish = (whole: boolean): void => {
    decoder?.destroy();
    events.done(store.stored(whole));
  };
  const open = (first: number) => {
    const made = createDecoder(coding, first);
    made.on('data', (chunk: Buffer) => {
      if (!made.destroyed && store.add(chunk)) finish(false);
    });
    made.on('end', () => finish(true));
    made.on('error', () => finish(false));
    made.on('drain', events.resume);
    return made;
  };
  return {
    take(chunk) {
      if (chunk.length === 0) return;
      raw += chunk.length;
      if (raw > MOST_RAW) return finish(false);
      decoder ??= open(chunk[0] ?? 0);
      if (!decoder.write(Buffer.from(chunk))) events.pause();
    },
    end() {
      if (decoder) decoder.end();
      else finish(true);
    },
    drop: () => void decoder?.destroy(),
  };
}

/** @param coding the answer's Content-Encoding; one that is unknown, or several, are kept as they came. */
export function createAnswerBody(coding: string | undefined, events: BodyEvents): AnswerBody {
  switch (coding?.trim().toLowerCase()) {
    case 'gzip':
    case 'x-gzip':
      return codedBody('gzip', events);
    case 'deflate':
      return codedBody('deflate', events);
    case 'br':
      return codedBody('br', events);
    default:
      return plainBody(events);
  }
}
