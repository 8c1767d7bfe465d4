import { expect, test } from 'vitest';
import { createOwnTasks } from '../own-tasks.ts';

function own() {
  const pushed: string[] = [];
  let now = 0;
  const tasks = createOwnTasks<string>(
    (line) => pushed.push(line),
    () => now,
  );
  const pass = (milliseconds: number): void => {
    now += milliseconds;
  };
  return { tasks, pushed, pass };
}

test('what others did before the own change is older than its answer and is not told', () => {
  const { tasks, pushed } = own();
  const end = tasks.begin(1, 'a.1');
  expect(tasks.holds(1, 'stopped by another')).toBe(true);
  expect(tasks.holds(2, 'another task')).toBe(false);
  end(true);
  expect(tasks.holds(1, 'still before')).toBe(true);
  tasks.told('a.1');
  expect(tasks.holds(1, 'behind it')).toBe(false);
  expect(pushed).toEqual([]);
});

test('the event may come before the request has returned', () => {
  const { tasks, pushed } = own();
  const end = tasks.begin(1, 'a.1');
  expect(tasks.holds(1, 'before')).toBe(true);
  tasks.told('a.1');
  expect(tasks.holds(1, 'behind it')).toBe(false);
  end(true);
  expect(tasks.holds(1, 'behind it, too')).toBe(false);
  expect(pushed).toEqual([]);
});

test('a request that changes nothing lets the last of what was held go', () => {
  const { tasks, pushed } = own();
  const end = tasks.begin(1, 'a.1');
  tasks.holds(1, 'stopped');
  tasks.holds(1, 'started');
  end(false);
  expect(pushed).toEqual(['started']);
  expect(tasks.holds(1, 'more')).toBe(false);
});

test('between two own changes a line of others is older than the second', () => {
  const { tasks, pushed } = own();
  tasks.begin(1, 'a.1')(true);
  tasks.begin(1, 'a.2')(true);
  tasks.told('a.1');
  expect(tasks.holds(1, 'between')).toBe(true);
  tasks.told('a.2');
  expect(tasks.holds(1, 'behind')).toBe(false);
  expect(pushed).toEqual([]);
});

test('an event that never comes is not awaited for ever, and what was held is told', () => {
  const { tasks, pushed, pass } = own();
  tasks.begin(1, 'a.1')(true);
  tasks.holds(1, 'held');
  pass(9_999);
  tasks.expire();
  expect(pushed).toEqual([]);
  pass(1);
  tasks.expire();
  expect(pushed).toEqual(['held']);
  expect(tasks.holds(1, 'more')).toBe(false);
});
