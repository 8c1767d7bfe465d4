import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type Metrics, startMetrics } from '../../core/telemetry/metrics.ts';
import { LINE_METRICS } from '../line/metrics.ts';
import { createGauges, METRICS } from '../metrics.ts';
import { type AlertsBench, alertsBench, outcome, PATIENCE } from './support/alerts-bench.ts';

/** What an administrator sees of the alerts under /metrics (specification of alerts, chapter 10). */
let bench: AlertsBench;
let metrics: Metrics;
beforeAll(async () => {
  bench = await alertsBench();
  metrics = startMetrics([...METRICS, ...LINE_METRICS], { strict: true });
});
afterAll(async () => {
  metrics.stop();
  await bench.end();
});

/** The lines of the page that begin so, without it: `{kind="smpp"} 1`. */
async function shown(name: string): Promise<string[]> {
  const page = await metrics.page();
  return page
    .split('\n')
    .flatMap((line) => (line.startsWith(name) && /^[{ ]/.test(line.slice(name.length)) ? [line.slice(name.length)] : []));
}

test('what the specification names is there, but for calls and speech', async () => {
  metrics.addGauges(createGauges(bench.db.database, { underWay: 0 }));
  const page = await metrics.page();
  for (const name of [
    'line_commands_total',
    'line_seconds',
    'logins_failed_total',
    'runs_active',
    'targets_total',
    'attempts_total',
    'attempt_seconds',
    'due_lag_seconds',
    'channels',
    'smpp_window_used',
    'throttled_total',
    'unknown_attempts_total',
    'pushes_dropped_total',
  ])
    expect(page, name).toContain(`# HELP vestnik_alerts_${name} `);
});

test('attempts and targets are counted by what came of them, and no phone, name or PIN is on the page', async () => {
  await bench.hub();
  const asked = new Set<string>();
  bench.sms.answer = ({ address }) => {
    if (address.endsWith('1') && !asked.has(address)) {
      asked.add(address);
      return outcome('slow');
    }
    return outcome(address.endsWith('2') ? 'permanent' : address.endsWith('3') ? 'unknown' : 'done');
  };
  const list = await bench.list([0, 1, 2, 3].map((end) => ({ name: `Секретов${end}`, phones: [`+7916111000${end}`] })));
  const mails = await bench.list([{ name: 'Почтов', emails: ['secret@example.org'] }]);
  const tasks = [await bench.task(list, { settings: { rounds: 1 } }), await bench.task(mails, { type: 3, settings: { rounds: 1 } })];
  for (const task of tasks) await bench.start(task);
  await vi.waitFor(
    async () => expect(await bench.rows('SELECT status FROM alerts_run WHERE status = 4')).toHaveLength(tasks.length),
    PATIENCE,
  );
  const attempts = await shown('vestnik_alerts_attempts_total');
  expect(attempts).toContain('{kind="smpp",result="done"} 2');
  expect(attempts).toContain('{kind="smpp",result="slow"} 1');
  expect(attempts).toContain('{kind="smpp",result="permanent"} 1');
  expect(attempts).toContain('{kind="smpp",result="unknown"} 1');
  expect(attempts).toContain('{kind="smtp",result="done"} 1');
  expect(await shown('vestnik_alerts_attempt_seconds_count')).toEqual(expect.arrayContaining(['{kind="smpp"} 5', '{kind="smtp"} 1']));
  expect(await shown('vestnik_alerts_targets_total')).toEqual(
    expect.arrayContaining([
      '{type="sms",result="2"} 2',
      '{type="sms",result="6"} 1',
      '{type="sms",result="14"} 1',
      '{type="email",result="2"} 1',
    ]),
  );
  expect(await shown('vestnik_alerts_throttled_total')).toEqual(['{group="1"} 1']);
  expect(await shown('vestnik_alerts_unknown_attempts_total')).toEqual([' 1']);
  const page = await metrics.page();
  expect(page).not.toMatch(/Секретов|Почтов|7916111|secret@/);
});

test('channels are counted by kind and state; a state that nothing is in any more has none', async () => {
  const gauges = createGauges(bench.db.database, { underWay: 0 }, -1);
  const read = (name: string) => gauges.find((gauge) => gauge.name === `vestnik_alerts_${name}`)?.collect();
  await bench.rows(`UPDATE alerts_channel SET state = 6, info = 'inflight=7;window=10' WHERE number = 1`);
  expect(await read('channels_fault')).toBe(1);
  expect(await shown('vestnik_alerts_channels')).toEqual(
    expect.arrayContaining(['{kind="smpp",state="fault"} 1', '{kind="smtp",state="free"} 1']),
  );
  await bench.rows('UPDATE alerts_channel SET state = 5 WHERE number = 1');
  expect(await read('smpp_window_used')).toBe(7);
  expect(await shown('vestnik_alerts_channels')).toEqual(
    expect.arrayContaining(['{kind="smpp",state="fault"} 0', '{kind="smpp",state="sending"} 1']),
  );
  // One that is switched off is off, whatever was seen of it last.
  await bench.rows('UPDATE alerts_channel SET enabled = false WHERE number = 1');
  expect([await read('channels_fault'), await read('smpp_window_used')]).toEqual([0, 0]);
  expect(await shown('vestnik_alerts_channels')).toEqual(
    expect.arrayContaining(['{kind="smpp",state="off"} 1', '{kind="smpp",state="sending"} 0']),
  );
});
