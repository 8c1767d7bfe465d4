import { describe, expect, test } from 'vitest';
import { TASK_TYPE } from '../../hub/alerts/kinds.ts';
import { COMMANDS } from '../../hub/alerts/line/codec/commands.ts';
import { ERRORS } from '../../hub/alerts/line/codec/errors.ts';
import { SETTING_FORMS, taskRule } from '../../hub/alerts/task-settings.ts';
import { renderAlertsProtocol } from '../docs/alerts-protocol.ts';
import { SETTING_TEXTS } from '../docs/alerts-protocol-texts.ts';

describe.each(['en', 'ru'] as const)('the page on the line protocol of the alerts in %s', (language) => {
  const lines = renderAlertsProtocol(language).split('\n');
  const rowsWith = (begin: string): string[] => lines.filter((line) => line.startsWith(begin));

  test('has one row for each command, error and setting', () => {
    for (const { number, name, [language]: text } of COMMANDS.values()) {
      const rows = rowsWith(`| ${number} | \`${name}`);
      expect(rows, name).toHaveLength(1);
      expect(rows[0]).toContain(text.replaceAll('|', '\\|'));
    }
    for (const code of Object.keys(ERRORS)) expect(rowsWith(`| ${code} |`), code).toHaveLength(1);
    for (const key of Object.keys(SETTING_FORMS)) expect(rowsWith(`| \`${key}\` |`), key).toHaveLength(1);
  });

  test('has as many cells in every row as in the head of its table, and no undefined', () => {
    let cells = 0;
    for (const line of lines) {
      expect(line).not.toMatch(/undefined|NaN|\[object/);
      const found = line.startsWith('|') ? line.replaceAll('\\|', '').split('|').length : 0;
      if (cells > 0 && found > 0) expect(found, line).toBe(cells);
      cells = found;
    }
  });
});

test('the defaults that the page tells are those of the engine', () => {
  const call = taskRule([], TASK_TYPE.call);
  expect(SETTING_TEXTS.rounds.preset).toBe(String(call.rounds));
  expect(SETTING_TEXTS.pause.preset).toBe(String(call.pauseSeconds));
  expect(SETTING_TEXTS.ring.preset).toBe(String(call.ringSeconds));
  expect(SETTING_TEXTS.gap.preset).toBe(String(call.gapSeconds));
  expect(SETTING_TEXTS.busy.preset).toBe(String(call.busySeconds));
  expect(SETTING_TEXTS.repeat.preset).toBe(String(call.repeat));
  expect(SETTING_TEXTS.lead.preset).toBe(String(call.leadMilliseconds));
  expect(SETTING_TEXTS.receipt.preset).toBe(String(call.receiptSeconds));
});
