import type { Remarks } from '../template/charset.ts';
import type { HeaderLine } from '../template/headers.ts';
import type { RenderValues } from '../variable.ts';
import { RenderFault } from './fault.ts';
import { compileProgram } from './program.ts';

const MOST_HEADER_BYTES = 32 * 1024;
export const DEFAULT_CONTENT_TYPE = ['Content-Type', 'text/xml;charset=UTF-8'] as const;
const DEFAULT_USER_AGENT = ['User-Agent', 'Vestnik'] as const;

/**
 * The headers in their order, then the defaults that are not given (spec callbacks 4).
 * @returns a function that gives an array of the caller's own, or throws RenderFault `headers_too_large`.
 */
export function compileHeaders(
  lines: readonly HeaderLine[],
  method: 'POST' | 'GET',
): (values: RenderValues, remarks: Remarks) => (readonly [string, string])[] {
  const programs = lines.map(({ name, placed }) => ({ name, program: compileProgram(placed, 'utf-8') }));
  const given = new Set(lines.map(({ name }) => name.toLowerCase()));
  const defaults: (readonly [string, string])[] = [];
  if (method === 'POST' && !given.has('content-type')) defaults.push(DEFAULT_CONTENT_TYPE);
  if (!given.has('user-agent')) defaults.push(DEFAULT_USER_AGENT);

  const render = (values: RenderValues, remarks: Remarks): (readonly [string, string])[] => {
    let bytes = 0;
    const pairs = programs.map(({ name, program }): readonly [string, string] => {
      const value = program.render(values, remarks).trim();
      bytes += name.length + value.length + 4;
      return [name, value];
    });
    if (bytes > MOST_HEADER_BYTES) {
      throw new RenderFault('headers_too_large', 'the headers would be over 32 KiB', 'заголовки получились больше 32 КиБ');
    }
    return [...pairs, ...defaults];
  };
  if (!programs.every(({ program }) => program.isConstant)) return render;
  const constant = render({ get: () => undefined, dic: () => undefined }, { removed: 0, replaced: 0 });
  return () => constant.slice();
}
