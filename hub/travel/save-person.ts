import { needObject } from './find-object.ts';
import { checkBirthDate, newPersonSchema, type Person, personChangeSchema } from './person.ts';
import type { Noun } from './save-object.ts';
import { ORGANIZATIONS } from './save-organization.ts';
import { personTable } from './sql/persons.ts';
import { staticEvent } from './static-event.ts';

export const PERSONS: Noun<Person> = {
  name: 'person',
  words: { en: 'person', ru: 'персона' },
  idField: 'id_Person',
  table: personTable,
  fresh: newPersonSchema,
  change: personChangeSchema,
  personal: true,
  async check(tx, caller, next, before) {
    if (next.id_Organization !== before?.id_Organization)
      await needObject(tx, caller, ORGANIZATIONS, { id: next.id_Organization, right: 'static.write', lock: 'hold' });
    checkBirthDate(next.BirthDate, Temporal.Now.plainDateISO());
  },
  duplicate: ({ id_Organization, OuterId }) => ({
    en: `organization ${id_Organization} has a person with the OuterId ${JSON.stringify(OuterId)} already`,
    ru: `в организации ${id_Organization} уже есть персона с внешним идентификатором «${OuterId}»`,
  }),
  eventOf(caller, { action, before, after }) {
    const person = after ?? before;
    if (person === undefined) return undefined;
    return staticEvent(caller, {
      kind: 'Person',
      action,
      subject: `person/${person.id_Person}`,
      organizationId: person.organizationId,
      id_Object: person.id_Person,
      id_Person: person.id_Person,
      before,
      after,
    });
  },
};
