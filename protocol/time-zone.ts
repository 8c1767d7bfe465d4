/**
 * The time zone of this computer as Temporal takes it. An empty TZ, usual in containers, means UTC to the system; the runtime names it
 * `Etc/Unknown`, which Temporal then refuses in every use.
 */
export function systemTimeZone(): string {
  const zone = Temporal.Now.timeZoneId();
  try {
    return Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(zone).timeZoneId;
  } catch {
    return 'UTC';
  }
}
