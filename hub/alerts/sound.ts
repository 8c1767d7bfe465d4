/**
 * RIFF WAVE files, as far as they are told from others and checked (specification of alerts 5.7). Sizes in a file are claims of whoever made it: each is held
 * against the bytes that are there before anything behind it is looked at.
 */

export interface Sound {
  readonly coding: 'pcm' | 'alaw' | 'mulaw';
  readonly channels: number;
  /** Samples a second. */
  readonly rate: number;
  readonly bits: number;
  readonly lengthMs: number;
}

/** Bytes of a file, and minutes of sound. */
export const MOST_BYTES = 20 * 1024 * 1024;
const MOST_MINUTES = 10;

const RIFF_HEAD = 12;
const CHUNK_HEAD = 8;
const FORMAT_LEAST = 16;
const EXTENSIBLE = 0xfffe;
const EXTENSIBLE_LEAST = 40;
/** Where the coding stands in the format of an extensible file. */
const SUB_FORMAT = 24;
const CODINGS = new Map<number, { readonly coding: Sound['coding']; readonly bits: readonly number[] }>([
  [1, { coding: 'pcm', bits: [8, 16, 24] }],
  [6, { coding: 'alaw', bits: [8] }],
  [7, { coding: 'mulaw', bits: [8] }],
]);

interface Chunk {
  readonly id: string;
  readonly begin: number;
  readonly size: number;
}

/** All chunks with their sizes; or what is wrong with them. */
function chunksOf(bytes: Buffer): Chunk[] | string {
  if (bytes.length < RIFF_HEAD || bytes.toString('latin1', 0, 4) !== 'RIFF' || bytes.toString('latin1', 8, 12) !== 'WAVE')
    return 'it does not begin as a RIFF WAVE file';
  const riff = bytes.readUInt32LE(4);
  if (riff + CHUNK_HEAD !== bytes.length) return `its head says ${riff + CHUNK_HEAD} bytes, and there are ${bytes.length}`;
  const chunks: Chunk[] = [];
  for (let at = RIFF_HEAD; at < bytes.length; ) {
    if (at + CHUNK_HEAD > bytes.length) return `the chunk at byte ${at} is cut off`;
    const id = bytes.toString('latin1', at, at + 4);
    const size = bytes.readUInt32LE(at + 4);
    const begin = at + CHUNK_HEAD;
    if (begin + size > bytes.length) return `its chunk "${id}" says ${size} bytes, and ${bytes.length - begin} follow`;
    chunks.push({ id, begin, size });
    // Chunks of odd size are filled up by a byte, which some writers leave out at the end.
    at = begin + size + (size % 2);
  }
  return chunks;
}

/**
 * Reads what kind of sound a file is.
 * @returns in a sentence why it is not taken: no WAVE file, sizes that are not true, a coding that is not known, too long
 */
export function readSound(bytes: Buffer): Sound | string {
  if (bytes.length > MOST_BYTES) return `it has ${bytes.length} bytes; at most ${MOST_BYTES} are taken`;
  const chunks = chunksOf(bytes);
  if (typeof chunks === 'string') return chunks;
  const format = chunks.find(({ id }) => id === 'fmt ');
  const data = chunks.find(({ id }) => id === 'data');
  if (!format || format.size < FORMAT_LEAST) return 'it has no whole chunk "fmt "';
  if (!data) return 'it has no chunk "data"';
  if (chunks.filter(({ id }) => id === 'fmt ' || id === 'data').length > 2) return 'it has a chunk "fmt " or "data" twice';
  const at = (offset: number): number => bytes.readUInt16LE(format.begin + offset);
  const given = at(0);
  if (given === EXTENSIBLE && format.size < EXTENSIBLE_LEAST) return 'its chunk "fmt " is too short for its coding';
  const code = given === EXTENSIBLE ? at(SUB_FORMAT) : given;
  const known = CODINGS.get(code);
  if (!known) return `its coding ${code} is not known; right would be PCM, A-law or mu-law`;
  const channels = at(2);
  const rate = bytes.readUInt32LE(format.begin + 4);
  const block = at(12);
  const bits = at(14);
  if (!known.bits.includes(bits)) return `it has ${bits} bits a sample; right would be ${known.bits.join(', ')}`;
  if (channels !== 1 && channels !== 2) return `it has ${channels} channels; right would be 1 or 2`;
  if (rate < 8_000 || rate > 48_000) return `it has ${rate} samples a second; right would be 8000 to 48000`;
  if (block !== (channels * bits) / 8) return `it says ${block} bytes a sample of all channels; ${(channels * bits) / 8} would be right`;
  if (data.size === 0) return 'it has no sound';
  const samples = Math.floor(data.size / block);
  if (samples > MOST_MINUTES * 60 * rate) return `it lasts ${Math.ceil(samples / rate)} s; at most ${MOST_MINUTES * 60} are taken`;
  return { coding: known.coding, channels, rate, bits, lengthMs: Math.round((samples * 1_000) / rate) };
}

const NAME = /^(?!\.)[\p{L}\p{N} ._\-()]{1,128}$/u;

/** Whether a text can be the name of a file: no path, nothing hidden. */
export const isFileName = (name: string): boolean => NAME.test(name);
