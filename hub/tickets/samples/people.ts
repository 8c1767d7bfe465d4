import type { Passenger } from '../control/schema.ts';
import type { Random } from './random.ts';

type NamePair = readonly [cyrillic: string, latin: string];

/** Names that nobody in particular has; the pairs of one row are the same name in Russian and in a passport's Latin letters. */
const SURNAMES: readonly NamePair[] = [
  ['ИВАНОВ', 'IVANOV'],
  ['ПЕТРЕНКО', 'PETRENKO'],
  ['КУЗНЕЦОВ', 'KUZNETSOV'],
  ['СОЛОВЬЁВ', 'SOLOVEV'],
  ['АХМЕТОВ', 'AKHMETOV'],
  ['ЩЕРБАК', 'SHCHERBAK'],
  ['ДЖОНСОН-СМИТ', 'JOHNSON-SMITH'],
  ["О'КОННОР", "O'CONNOR"],
  ['ТАНАКА', 'TANAKA'],
  ['МЮЛЛЕР', 'MUELLER'],
];
const MEN: readonly NamePair[] = [
  ['ПЁТР', 'PETR'],
  ['АЛЕКСЕЙ ИГОРЕВИЧ', 'ALEKSEI IGOREVICH'],
  ['ТИМУР', 'TIMUR'],
  ['ДМИТРИЙ ЛЬВОВИЧ', 'DMITRII LVOVICH'],
];
const WOMEN: readonly NamePair[] = [
  ['АННА ПЕТРОВНА', 'ANNA PETROVNA'],
  ['МАРИЯ', 'MARIIA'],
  ['ЕЛЕНА СЕРГЕЕВНА', 'ELENA SERGEEVNA'],
  ['АЙГУЛЬ', 'AIGUL'],
];

export type Script = 'cyrillic' | 'latin';

/** One to `most` passengers who travel together: one surname, adults first, children after them. */
export function makeParty(random: Random, year: number, script: Script, most: number): Passenger[] {
  const size = random.chance(0.55) ? 1 : random.int(2, Math.max(2, most));
  const surname = random.pick(SURNAMES);
  const party: Passenger[] = [];
  for (let index = 0; index < Math.min(size, most); index++) {
    party.push(makePassenger(random, year, script, surname, index < 2 ? 'ADT' : random.pick(['CHD', 'CHD', 'INF'])));
  }
  return party;
}

function makePassenger(random: Random, year: number, script: Script, surnames: NamePair, kind: 'ADT' | 'CHD' | 'INF'): Passenger {
  const column = script === 'cyrillic' ? 0 : 1;
  const gender = random.pick(['M', 'F'] as const);
  const name = random.pick(gender === 'M' ? MEN : WOMEN)[column];
  const surname = gender === 'F' && script === 'cyrillic' && surnames[0].endsWith('ОВ') ? `${surnames[0]}А` : surnames[column];
  const age = kind === 'ADT' ? random.int(19, 78) : kind === 'CHD' ? random.int(2, 11) : random.int(0, 1);
  const suffix = script === 'latin' && kind === 'ADT' && random.chance(0.4) ? (gender === 'M' ? ' MR' : ' MRS') : '';
  return {
    fio: `${surname}/${name}${suffix}`,
    ...(random.chance(0.8) && { surname, name }),
    document:
      script === 'cyrillic' ? { type: kind === 'ADT' ? 'ПС' : 'СР', number: random.digits(10) } : { type: 'ЗА', number: random.digits(9) },
    birthDate: `${year - age}-${two(random.int(1, 12))}-${two(random.int(1, 28))}`,
    kind,
    ...(random.chance(0.5) && { citizenship: script === 'cyrillic' ? 'РФ' : random.pick(['KZ', 'JP', 'KW', 'DE']) }),
    gender,
  };
}

/** The same person after a changed surname. */
export function renamed(random: Random, passenger: Passenger): Passenger {
  const { surname: _surname, name: _name, ...rest } = passenger;
  const [old = '', given = ''] = passenger.fio.split('/');
  const latin = /[A-Z]/.test(old);
  const others = SURNAMES.map((names) => names[latin ? 1 : 0]).filter((name) => name !== old && `${name}А` !== old);
  return { ...rest, fio: `${others[random.int(0, others.length - 1)] ?? old}/${given}` };
}

export function two(number: number): string {
  return String(number).padStart(2, '0');
}
