/** How the text of a cell becomes a value of its field; what is no value of it stays a text, and the schema says so. */
const NULLABLE_NUMBERS = new Set(['id_Parent', 'id_RealMetaDictionary', 'id_Country']);
const NUMBERS = new Set([
  ...['id_Organization', 'id_MetaDictionary', 'id_Group', 'id_MetaDictionaryType', 'id_BindingType', 'SelectorMode', 'SequenceNumber'],
  ...['id_MetaCode', 'id_Subject', 'id_Person', 'id_Relation', 'id_Document', 'id_DocumentType', 'id_Contact', 'id_ContactType', 'id_Card'],
]);
const BOOLEANS = new Set(['mandatory', 'active']);
/** Fields that an empty cell leaves out; in all others an empty cell is an empty text, that is no value. */
const WORDS = new Set(['kind', 'authorization', 'on_time_limit', 'ReserveType', 'PersonOuterId', 'Dictionary']);

const TRUE = new Set(['true', '1', 'yes', '+', 'да']);
const FALSE = new Set(['false', '0', 'no', '-', 'нет']);

/** The value of a cell; undefined when it says nothing about the field. */
export function valueOfCell(field: string, cell: string): string | number | boolean | null | undefined {
  const text = cell.trim();
  if (NUMBERS.has(field) || NULLABLE_NUMBERS.has(field)) {
    if (text === '') return NULLABLE_NUMBERS.has(field) ? null : undefined;
    return /^\d{1,15}$/.test(text) ? Number(text) : text;
  }
  if (BOOLEANS.has(field)) {
    if (text === '') return undefined;
    const word = text.toLowerCase();
    return TRUE.has(word) || (FALSE.has(word) ? false : text);
  }
  return text === '' && WORDS.has(field) ? undefined : text;
}
