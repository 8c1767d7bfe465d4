import type { Family } from '../family.ts';
import type { Remarks } from '../template/charset.ts';
import type { FindingSink } from '../template/finding.ts';
import type { BodyFormat, Placed } from '../template/positions.ts';
import type { RenderValues } from '../variable.ts';
import { RenderFault } from './fault.ts';
import { findJsonFault } from './json-fault.ts';
import type { Program } from './program.ts';
import { type SampleSet, sampleSets, sampleValues } from './samples.ts';
import { findXmlFault as xmlFault } from './xml-fault.ts';

interface Fault {
  readonly offset: number;
  readonly en: string;
  readonly ru: string;
}

/**
 * Renders a body with each set of samples and parses the outcome as its format (spec callbacks 5.6). The first set that fails is told with
 * line, column and variable; the sets after it would only repeat that.
 * @param placed what `program` was compiled from.
 */
export function lintBody(program: Program, placed: readonly Placed[], format: BodyFormat, family: Family, sink: FindingSink): void {
  for (const set of sampleSets(family)) {
    const traced = traceOrTell(program, set, family, sink);
    if (!traced) return;
    const fault = findFault(format, traced.text);
    if (!fault) continue;
    const { offset, variable } = sourceOf(placed, traced.starts, fault.offset);
    const code = format === 'xml' ? 'template_xml' : 'template_json';
    sink.error(
      code,
      offset,
      {
        en: `with the set of values "${set}" the body is no ${format.toUpperCase()}: ${fault.en}`,
        ru: `с набором значений «${set}» тело не является ${format.toUpperCase()}: ${fault.ru}`,
      },
      variable === undefined ? { set } : { set, variable },
    );
    return;
  }
  if (format === 'xml') warnOfPrefixes(program, placed, family, sink);
}

function traceOrTell(program: Program, set: SampleSet, family: Family, sink: FindingSink): ReturnType<Program['trace']> | undefined {
  try {
    return program.trace(sampleValues(family, set), { removed: 0, replaced: 0 });
  } catch (error) {
    if (!(error instanceof RenderFault)) throw error;
    tell(set === 'long' ? sink.warning : sink.error, set, error);
    return undefined;
  }
}

/**
 * Renders an address, or the headers, with the sets whose values are ordinary. What nasty and long ones make of them may be too much for one
 * message, which is rejected alone.
 */
export function lintOrdinary(render: (values: RenderValues, remarks: Remarks) => unknown, family: Family, sink: FindingSink): void {
  for (const set of sampleSets(family)) {
    if (set === 'nasty' || set === 'long') continue;
    try {
      render(sampleValues(family, set), { removed: 0, replaced: 0 });
    } catch (error) {
      if (!(error instanceof RenderFault)) throw error;
      tell(sink.error, set, error);
      return;
    }
  }
}

function tell(say: FindingSink['error'], set: SampleSet, { code, message, russian }: RenderFault): void {
  say(code, 0, { en: `with the set of values "${set}" ${message}`, ru: `с набором значений «${set}» ${russian}` }, { set });
}

function findFault(format: BodyFormat, text: string): Fault | undefined {
  if (format === 'xml') return findXmlFault(text, false);
  if (format !== 'json') return undefined;
  const fault = findJsonFault(text);
  return fault && { offset: fault.offset, en: `${fault.expected} is expected`, ru: `ожидается: ${fault.expected}` };
}

function findXmlFault(text: string, xmlns: boolean): Fault | undefined {
  const fault = xmlFault(text, xmlns);
  return fault && { offset: fault.offset, en: fault.message, ru: fault.message };
}

/** A prefix without a namespace is no fault of XML itself, but SOAP receivers refuse it. */
function warnOfPrefixes(program: Program, placed: readonly Placed[], family: Family, sink: FindingSink): void {
  const traced = program.trace(sampleValues(family, 'typical'), { removed: 0, replaced: 0 });
  const fault = findXmlFault(traced.text, true);
  if (fault) sink.warning('xml_namespace', sourceOf(placed, traced.starts, fault.offset).offset, fault);
}

/** What of the template stands at an offset of the rendered text. */
function sourceOf(placed: readonly Placed[], starts: readonly number[], offset: number): { offset: number; variable?: string } {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (starts[middle]! <= offset) low = middle;
    else high = middle - 1;
  }
  const part = placed[low];
  if (!part) return { offset: 0 };
  if (part.kind === 'slot') return { offset: part.slot.offset, variable: part.slot.source };
  return { offset: part.offset + Math.min(offset - starts[low]!, part.text.length) };
}
