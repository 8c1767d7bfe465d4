import { readFile } from '../../list-files.ts';
import type { LineCommand } from '../call.ts';
import { fileLine } from '../codec/lines/file-lines.ts';
import { endLine } from '../codec/lines/frame.ts';
import { createHexLines } from '../write-hex.ts';

export const getRawFile: LineCommand<'GETRAWFILE'> = {
  refusals: { other: 'ERR_NOFILE' },
  async perform(call, { file: name }) {
    const { file, content } = await call.write((tx, act) => readFile(tx, act, name));
    fileLine(call.out, call.name, 'BEGIN', file);
    const lines = createHexLines(call);
    await lines.write(content);
    lines.end();
    endLine(call.out, call.name);
  },
};
