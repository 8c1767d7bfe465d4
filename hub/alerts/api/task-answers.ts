import * as z from 'zod';
import { TASK_STATUS, TASK_TYPE } from '../kinds.ts';
import {
  confirmationInput,
  keyStartInput,
  newTaskInput,
  pinStartInput,
  scheduleInput,
  settingsInput,
  smsStartInput,
  type TaskView,
  taskChange,
} from '../task.ts';
import { instant, versionField } from './call.ts';
import { unsendableField, withWarning } from './unsendable.ts';
import { word, wordAnswer, wordOf } from './words.ts';

const keptText = z.string().meta({ description: 'What a foreign client of the line protocol has sent and nobody can read' });

export const taskAnswer = z.object({
  id: z.int(),
  type: wordAnswer(TASK_TYPE),
  name: z.string(),
  list_id: z.int(),
  message_id: z.int(),
  priority: z.int(),
  channels: z.string().meta({ description: "The n-th character is for channel n: 1 allowed, 0 not; '' allows all" }),
  schedule: z.union([scheduleInput.required(), keptText]),
  confirmation: z.union([confirmationInput.required(), keptText]),
  settings: z.union([settingsInput, keptText]),
  key_start: z.union([keyStartInput.required(), keptText]).nullable(),
  pin_start: z.union([pinStartInput.required(), keptText]).nullable().meta({ description: "Its PIN is '' without the right alerts.tasks" }),
  sms_start: z.union([smsStartInput.required(), keptText]).nullable(),
  enabled: z.boolean(),
  status: wordAnswer(TASK_STATUS),
  runs: z.int().meta({ description: 'Number of the last run; 0 before the first' }),
  next_start_at: instant.nullable(),
  next_local: z.string().nullable().meta({ description: 'What the clock of the schedule shows at the next start' }),
  unsendable: unsendableField,
  version: versionField,
  created_at: instant,
  changed_at: instant,
});
export const taskJson = (view: TaskView) =>
  withWarning({ ...view, type: wordOf(TASK_TYPE, view.type), status: wordOf(TASK_STATUS, view.status) });

/** REST has no texts that nobody can read: values are objects. */
const readable = {
  schedule: scheduleInput.optional(),
  confirmation: confirmationInput.optional(),
  settings: settingsInput.optional(),
  key_start: keyStartInput.nullable().optional(),
  pin_start: pinStartInput.nullable().optional(),
  sms_start: smsStartInput.nullable().optional(),
};

/** The bodies of REST: as the use cases take them, with words for numbers. */
export const newTaskBody = newTaskInput.extend({ ...readable, type: word(TASK_TYPE) });
export const taskBody = taskChange.extend({ ...readable, type: word(TASK_TYPE).optional() });
