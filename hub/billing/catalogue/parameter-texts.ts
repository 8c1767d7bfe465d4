import type { ParameterTexts, Text } from './descriptor.ts';
import { CONTRACTS_TEXTS } from './texts/contracts.ts';
import { INET_TEXTS } from './texts/inet.ts';
import { MONEY_TEXTS } from './texts/money.ts';
import { SERVER_TEXTS } from './texts/server.ts';
import { SHARED_TEXTS } from './texts/shared.ts';
import { TARIFFS_TEXTS } from './texts/tariffs.ts';

const PARTS: readonly ParameterTexts[] = [SHARED_TEXTS, CONTRACTS_TEXTS, MONEY_TEXTS, TARIFFS_TEXTS, SERVER_TEXTS, INET_TEXTS];

/** Every name that has a text; a test holds that each is used, and none is there twice. */
export const DOCUMENTED_PARAMETERS: readonly string[] = PARTS.flatMap((part) => Object.keys(part));

const TEXTS = new Map(PARTS.flatMap((part) => Object.entries(part)));

/** The text of a parameter; undefined: it has none. @param operation without its service or module. */
export function parameterText(operation: string, name: string): Text | undefined {
  const text = TEXTS.get(`${operation}.${name}`) ?? TEXTS.get(name);
  return text && { ru: text[0], en: text[1] };
}
