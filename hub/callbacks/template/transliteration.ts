/** Cyrillic to Latin as Doc 9303 of ICAO has it, so that a name comes out as in the traveller's passport. */
const LATIN: Readonly<Record<string, string>> = {
  а: 'a',
  б: 'b',
  в: 'v',
  г: 'g',
  д: 'd',
  е: 'e',
  ё: 'e',
  ж: 'zh',
  з: 'z',
  и: 'i',
  й: 'i',
  к: 'k',
  л: 'l',
  м: 'm',
  н: 'n',
  о: 'o',
  п: 'p',
  р: 'r',
  с: 's',
  т: 't',
  у: 'u',
  ф: 'f',
  х: 'kh',
  ц: 'ts',
  ч: 'ch',
  ш: 'sh',
  щ: 'shch',
  ъ: 'ie',
  ы: 'y',
  ь: '',
  э: 'e',
  ю: 'iu',
  я: 'ia',
  і: 'i',
  ї: 'i',
  є: 'ie',
  ґ: 'g',
  ў: 'u',
  '«': '"',
  '»': '"',
  '„': '"',
  '“': '"',
  '”': '"',
  '’': "'",
  '‘': "'",
  '–': '-',
  '—': '-',
  '→': '->',
  '…': '...',
  '№': 'No',
  '\u00a0': ' ',
  '₽': 'RUB',
  '€': 'EUR',
}; // prettier-ignore

const MARKS = /\p{M}/gu;

/** The text in ASCII: Cyrillic transliterated, accents dropped, anything else that is not ASCII as `?`. */
export function toAscii(text: string): string {
  let out = '';
  for (const character of text.normalize('NFC')) {
    if (character < '\u0080') out += character;
    else out += latinOf(character);
  }
  return out;
}

function latinOf(character: string): string {
  const small = character.toLowerCase();
  const latin = LATIN[small];
  if (latin !== undefined) return small === character ? latin : latin.charAt(0).toUpperCase() + latin.slice(1);
  const bare = character.normalize('NFD').replace(MARKS, '');
  return bare !== '' && bare < '\u0080' ? bare : '?';
}
