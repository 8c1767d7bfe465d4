import { readFile } from '../../list-files.ts';
import type { LineCommand } from '../call.ts';
import { createHexLines } from '../write-hex.ts';

export const getRawFile: LineCommand = {
  refusals: { other: 'ERR_NOFILE' },
  async perform(call, [name = '']) {
    const { file, content } = await call.write((tx, act) => readFile(tx, act, name));
    call.out.line('GETRAWFILE BEGIN', file.name, file.size);
    const lines = createHexLines(call);
    await lines.write(content);
    lines.end();
    call.out.line('GETRAWFILE END');
  },
};
