import { hash } from 'node:crypto';
import { join } from 'node:path';
import type { FeedMessage } from '@vestnik/protocol/feed.ts';
import { compileFileName, type FileNamer } from '@vestnik/protocol/file-name.ts';
import type { FileSystem } from './ports.ts';

/** A name for one message, without regard to what is in the folder. */
export type MessageNamer = (message: FeedMessage) => string;

const SAFE_NAME = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,115}\.xml$/;
const RESERVED = /^(?:CON|PRN|AUX|NUL|COM[0-9]|LPT[0-9])(?:\.|$)/i;
const MOST_NUMBERED = 1_000;

/**
 * Names by the `File_name` pattern, or by the server where there is none (spec online-ticket 7.6). A name of the server that is not safe,
 * and a message that no pattern can name, get sequence and id instead.
 * @throws RangeError for a pattern that does not compile; the configuration has refused it before.
 */
export function createNamer(pattern: string | undefined, client: string, zone: string): MessageNamer {
  let namer: FileNamer | undefined;
  if (pattern !== undefined) {
    const compiled = compileFileName(pattern);
    if (!compiled.ok) throw new RangeError(compiled.why.en);
    namer = compiled.name;
  }
  const context = { client, zone };
  return (message) => {
    if (namer === undefined) return SAFE_NAME.test(message.name) && !RESERVED.test(message.name) ? message.name : plainName(message);
    try {
      return namer(message, context);
    } catch {
      return plainName(message);
    }
  };
}

function plainName(message: FeedMessage): string {
  return `${String(message.sequence).padStart(9, '0')}-${message.id}.xml`;
}

export type ChosenName = { final: string; present: boolean };

/**
 * The name under which content can go into the folder when `wanted` is taken: with `~2`, `~3`, ... after a name of other content, and in
 * the end with the id. `present` says that the content is already there under this name. Whether the name stays free is for the rename to see.
 */
export async function chooseName(
  fileSystem: FileSystem,
  folder: string,
  wanted: string,
  content: { sha256: string; size: number; id: string },
): Promise<ChosenName> {
  const stem = wanted.slice(0, -'.xml'.length);
  for (let number = 1; number <= MOST_NUMBERED; number++) {
    const final = number === 1 ? wanted : `${stem}~${number}.xml`;
    const path = join(folder, final);
    const found = await fileSystem.status(path);
    if (found === undefined) return { final, present: false };
    if (found.kind === 'file' && found.size === content.size && (await holds(fileSystem, path, content.sha256))) {
      return { final, present: true };
    }
  }
  return { final: `${stem}~${content.id}.xml`, present: false };
}

/** Whether the file has the digest. A file that cannot be read (locked, not ours) is other content. */
async function holds(fileSystem: FileSystem, path: string, sha256: string): Promise<boolean> {
  const content = await fileSystem.read(path).catch(() => undefined);
  return content !== undefined && hash('sha256', content, 'hex') === sha256;
}
