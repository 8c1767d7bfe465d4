import { detach } from '../reader/detach.ts';
import type { ReadDocument } from '../reader/document.ts';
import type { FindingCode } from '../reader/finding-table.ts';
import { type Spot, spotOf } from './spot.ts';

type Link = { code: FindingCode; element: string; number: string; spot: Spot };

/**
 * Looks for the partners of EX_BSONUM and TO_BSONUM among the documents of all files, in whatever order these come. Only what is still open is
 * remembered, besides the numbers themselves.
 */
export class Links {
  readonly #numbers = new Set<string>();
  readonly #open = new Map<string, Link[]>();

  /** Takes a document; the answer are links that point to the document itself. */
  add(document: ReadDocument): string[] {
    const { number } = document;
    const selfLinks: string[] = [];
    if (number !== undefined) {
      this.#numbers.add(detach(number));
      this.#open.delete(number);
    }
    for (const [code, element, target] of [
      ['EXCHANGE_PARTNER', 'EX_BSONUM', document.exNumber],
      ['OWNER_PARTNER', 'TO_BSONUM', document.toNumber],
    ] as const) {
      if (target === undefined) continue;
      if (target === number) selfLinks.push(element);
      else if (!this.#numbers.has(target)) this.#wait({ code, element, number: detach(target), spot: spotOf(document) });
    }
    return selfLinks;
  }

  /** The links without a partner, in the order of their documents. */
  *unanswered(): Generator<Link> {
    for (const links of this.#open.values()) yield* links;
  }

  #wait(link: Link): void {
    const waiting = this.#open.get(link.number);
    if (waiting === undefined) this.#open.set(link.number, [link]);
    else waiting.push(link);
  }
}
