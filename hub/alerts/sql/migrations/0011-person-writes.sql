-- Which transactions have written people: whoever keeps people in memory learns by one short statement that nothing has changed since a snapshot (hub/alerts/line/person-pages.ts).
CREATE TABLE alerts_person_write (
  xid        xid8        NOT NULL DEFAULT pg_current_xact_id() PRIMARY KEY,
  written_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE FUNCTION alerts_person_written() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO alerts_person_write DEFAULT VALUES ON CONFLICT DO NOTHING;
  -- Nobody trusts a snapshot that is older than an hour. Now and then one writer clears away what is older than a day.
  IF pg_current_xact_id()::text::bigint % 256 = 0 THEN
    DELETE FROM alerts_person_write WHERE xid IN (
      SELECT xid FROM alerts_person_write WHERE written_at < now() - interval '1 day' ORDER BY xid LIMIT 1000 FOR UPDATE SKIP LOCKED);
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER alerts_person_written AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON alerts_person
  FOR EACH STATEMENT EXECUTE FUNCTION alerts_person_written();
-- Also where rows come by replication.
ALTER TABLE alerts_person ENABLE ALWAYS TRIGGER alerts_person_written;
