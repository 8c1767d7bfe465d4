import { isSettingKey, settingsFault, type TaskSetting, type TaskSettings } from '../../task-settings.ts';
import { type FieldCodec, type Reading, readOption, splitParts, unescapePart, writeOption } from './compound.ts';

/**
 * `addinfo`: `key=value;...` (specification of alerts 3.10). The order stays, and what has an unknown key is returned exactly as it came, whatever
 * its form; empty parts, such as one behind a last `;`, are left out.
 */
export const addinfo: FieldCodec<TaskSettings> = {
  read(text) {
    const settings: TaskSetting[] = [];
    for (const part of splitParts(text)) {
      if (part === '') continue;
      const option = readOption(part);
      const { key, value } = option ?? { key: unescapePart(part), value: '' };
      if (isSettingKey(key)) {
        if (option === undefined) return { fault: `${key} has no value` };
        settings.push({ key, value });
      } else settings.push(writeOption(key, value) === part ? { key, value } : { key, value, raw: part });
    }
    const fault = settingsFault(settings);
    return fault === undefined ? { value: settings } : { fault };
  },
  write: (settings) => settings.map(writeSetting).join(';'),
};

/** As it was received, if that is still what it means: settings also come over other ways than this one. */
function writeSetting({ key, value, raw }: TaskSetting): string {
  const plain = writeOption(key, value);
  if (raw === undefined || raw === '' || isSettingKey(key) || splitParts(raw).length > 1) return plain;
  const meant = readOption(raw) ?? { key: unescapePart(raw), value: '' };
  return meant.key === key && meant.value === value ? raw : plain;
}

/** `params` of SETCHANINFO: settings of a channel, `key=value;...`, each key once. What keys mean is the channel's to say. */
export const channelParams: FieldCodec<ReadonlyMap<string, string>> = {
  read(text): Reading<ReadonlyMap<string, string>> {
    const params = new Map<string, string>();
    for (const part of splitParts(text)) {
      if (part === '') continue;
      const option = readOption(part);
      if (option === undefined) return { fault: 'a setting of a channel has no value; right would be key=value' };
      if (params.has(option.key)) return { fault: `${option.key} stands twice` };
      params.set(option.key, option.value);
    }
    return { value: params };
  },
  write: (params) => Array.from(params, ([key, value]) => writeOption(key, value)).join(';'),
};
