import type { Ground } from './ground.ts';

let groups = 0;

/** People with two phones and a mail address each, as the specification of alerts has them in its chapter 9, in one group and one list. @returns the list and the group */
export async function addPeople({ rows }: Ground, count: number): Promise<{ list: number; group: number }> {
  groups += 1;
  const name = `bench ${groups}`;
  const [group] = await rows<{ id: number }>('INSERT INTO alerts_group (name) VALUES ($1) RETURNING group_id AS id', name);
  const [list] = await rows<{ id: number }>('INSERT INTO alerts_list (name) VALUES ($1) RETURNING list_id AS id', name);
  await rows(
    `WITH made AS (
       INSERT INTO alerts_person (group_id, name, organization, department, position)
       SELECT $1::int, 'Абонент ' || lpad(n::text, 7, '0'), 'ООО «Ромашка»', 'Цех ' || n % 40, 'дежурный' FROM generate_series(1, $3::int) n RETURNING person_id),
     addresses AS (
       INSERT INTO alerts_address (person_id, kind, place, raw, normal, phone_type)
       SELECT person_id, 'phone', 0, '+7916' || lpad(person_id::text, 7, '0'), '+7916' || lpad(person_id::text, 7, '0'), 1 FROM made
       UNION ALL SELECT person_id, 'phone', 1, '+7495' || lpad(person_id::text, 7, '0'), '+7495' || lpad(person_id::text, 7, '0'), 0 FROM made
       UNION ALL SELECT person_id, 'email', 0, 'p' || person_id || '@example.org', 'p' || person_id || '@example.org', NULL FROM made)
     INSERT INTO alerts_list_person SELECT $2::int, person_id FROM made`,
    group?.id ?? 0,
    list?.id ?? 0,
    count,
  );
  await rows('ANALYZE alerts_person, alerts_address, alerts_list_person');
  return { list: list?.id ?? 0, group: group?.id ?? 0 };
}
