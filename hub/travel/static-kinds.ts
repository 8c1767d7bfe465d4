/** The kinds of static data (spec 2.9), by the names that `@Type` carries exactly. The first seven are relations. */
export const RELATION_KINDS = [
  'MetaDictionaryOnReserveTypeDependency',
  'MetaDictionaryOnCodeDependency',
  'MetaCodeOnCodeDependency',
  'MetaCodeOnReserveTypeDependency',
  'MetaCodeOnOrganizationDependency',
  'MetaDictionaryForOrganization',
  'MetaCodeForPerson',
] as const;
export type RelationKind = (typeof RELATION_KINDS)[number];

export type StaticKind = RelationKind | 'SimpleMetaDictionary' | 'SimpleMetaCode' | 'Person' | 'MileCard' | 'Document' | 'Contact';
