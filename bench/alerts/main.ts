import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { discardEmbedded } from '@vestnik/hub/core/database/discard-embedded.ts';
import { codec } from './codec.ts';
import { openGround, say } from './ground.ts';
import { line } from './line.ts';
import { mail } from './mail.ts';
import { sms } from './sms.ts';
import { starting } from './start.ts';

/**
 * `npm run bench -- alerts [--part NAME ...] [--people N] [--many N] [--windows 1,10,100] [--turns N] [--seconds N] [--statements] [--profile FOLDER]`: medians of
 * ratios of one run. `--people` is for sms and mail, `--many` for start and line. `--statements` lists what was sent to the database; `--profile`
 * writes what the processor of the hub did.
 */
const PARTS = ['sms', 'mail', 'start', 'line', 'codec'];

export async function run(options: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...options],
    options: {
      part: { type: 'string', multiple: true, default: PARTS },
      people: { type: 'string', default: '20000' },
      many: { type: 'string', default: '100000' },
      windows: { type: 'string', default: '1,10,100' },
      turns: { type: 'string', default: '3' },
      seconds: { type: 'string', default: '5' },
      statements: { type: 'boolean', default: false },
      profile: { type: 'string' },
    },
  });
  const wrong = values.part.find((part) => !PARTS.includes(part));
  if (wrong !== undefined) throw new Error(`--part ${wrong}: there are ${PARTS.join(', ')}`);
  const chosen = (part: string): boolean => values.part.includes(part);
  say(`${cpus().length} processors (${cpus()[0]?.model}), Node ${process.versions.node}, PostgreSQL 18 embedded, fsync on`);
  const folder = mkdtempSync(join(tmpdir(), 'vestnik-bench-'));
  const ground = await openGround(folder, Number(values.turns), values.profile);
  try {
    const { statements } = values;
    if (chosen('sms')) await sms(ground, Number(values.people), values.windows.split(',').map(Number), statements);
    if (chosen('mail')) await mail(ground, Number(values.people), statements);
    if (chosen('start')) await starting(ground, Number(values.many));
    if (chosen('line')) await line(ground, folder, Number(values.many), Number(values.seconds));
    if (chosen('codec')) codec();
  } finally {
    await ground.stop();
    await discardEmbedded({ dataFolder: join(folder, 'hub'), runAs: 'nobody' });
    rmSync(folder, { recursive: true, force: true });
  }
}
