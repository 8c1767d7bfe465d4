import { type Command, Option } from 'commander';
import { identifier } from '../../core/terminal/arguments.ts';
import { renderTable } from '../../core/terminal/table.ts';
import { fieldsOf, type Making, pageText, type Translate, toJson, withExamples, withJson, withPage } from '../../core/terminal/words.ts';
import { addRelation } from '../add-relation.ts';
import { RESERVE_TYPES } from '../codebooks.ts';
import { deleteRelation } from '../delete-relation.ts';
import { listRelations, summaryOf } from '../list-relations.ts';
import { RELATION_KINDS } from '../static-kinds.ts';

const FIELDS = {
  kind: 'kind',
  subject: 'id_Subject',
  reserveType: 'ReserveType',
  code: 'id_MetaCode',
  organization: 'id_Organization',
  person: 'id_Person',
};

const withFarEnds = (command: Command, t: Translate): Command =>
  command
    .addOption(new Option('--reserve-type <type>', t('a kind of service', 'вид услуги')).choices(Object.keys(RESERVE_TYPES)))
    .option('--code <id>', t('a code', 'код'), identifier(t))
    .option('--organization <id>', t('an organization', 'организация'), identifier(t))
    .option('--person <id>', t('a person', 'персона'), identifier(t));

/** `vestnik travel relation ...` */
export function addRelationCommands(travel: Command, { t, withPorts }: Making): void {
  const relation = travel
    .command('relation')
    .summary(t('what dictionaries and codes depend on', 'от чего зависят справочники и коды'))
    .addHelpText('after', `\n${t('Kinds:', 'Виды:')}\n${RELATION_KINDS.map((kind) => `  ${kind}`).join('\n')}`);
  const list = relation
    .command('list')
    .summary(t('list relations', 'список связей'))
    .addOption(new Option('--kind <kind>', t('only of this kind', 'только этого вида')).choices([...RELATION_KINDS]))
    .option('--subject <id>', t('of this dictionary or code', 'этого справочника или кода'), identifier(t));
  withPage(withFarEnds(list, t), t).action((options) =>
    withPorts(async ({ database, caller, print }) => {
      const page = await listRelations(database.work, caller, {
        ...fieldsOf(options, FIELDS),
        after: options.after,
        limit: options.limit ?? 100,
      });
      const items = page.items.map(summaryOf);
      if (options.json) return print(toJson({ items, next: page.next }));
      const titles = ['ID', t('KIND', 'ВИД'), t('SUBJECT', 'ОБЪЕКТ'), t('NAME', 'НАЗВАНИЕ'), t('TIED TO', 'СВЯЗАН С')];
      const rows = items.map((row) => [
        row.id_Relation,
        row.kind,
        row.id_Subject,
        row.SubjectName,
        `${row.Related.kind} ${row.Related.id}`,
      ]);
      print(pageText(renderTable(titles, rows), page.next, t));
    }),
  );
  const add = relation
    .command('add')
    .argument('<kind>', t('one of the kinds', 'один из видов'))
    .argument('<subject>', t('id of the dictionary or code', 'номер справочника или кода'), identifier(t))
    .summary(t('tie a dictionary or code to something', 'связать справочник или код'));
  withExamples(
    withJson(withFarEnds(add, t), t),
    t,
    'relation add MetaDictionaryForOrganization 3 --organization 12',
    'relation add MetaDictionaryOnReserveTypeDependency 3 --reserve-type avia',
  ).action((kind: string, subject: number, options) =>
    withPorts(async ({ database, caller, print }) => {
      const made = await database.transaction((tx) => addRelation(tx, caller, fieldsOf({ ...options, kind, subject }, FIELDS)));
      print(options.json ? toJson(summaryOf(made)) : t(`relation ${made.id_Relation} added`, `связь ${made.id_Relation} добавлена`));
    }),
  );
  relation
    .command('delete')
    .argument('<id>', t('id of the relation', 'номер связи'), identifier(t))
    .summary(t('untie a relation', 'убрать связь'))
    .action((id: number) =>
      withPorts(async ({ database, caller, print }) => {
        await database.transaction((tx) => deleteRelation(tx, caller, id));
        print(t(`relation ${id} deleted`, `связь ${id} удалена`));
      }),
    );
}
