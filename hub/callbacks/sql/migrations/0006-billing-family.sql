-- A third family of endpoints: the billing.
ALTER TABLE callback_endpoint DROP CONSTRAINT callback_endpoint_family_check;
ALTER TABLE callback_endpoint ADD CONSTRAINT callback_endpoint_family_check CHECK (family IN ('order', 'static', 'billing'));
-- News of the billing belong to the hub itself: it has no organizations.
ALTER TABLE callback_endpoint ADD CHECK (family <> 'billing' OR organization_id IS NULL);

-- Its two settings, in the endpoints that are there: with no meaning for them, and so that every version has every setting.
UPDATE callback_endpoint_version SET settings = (left(settings::text, -1) || ', "groups": [], "subscriber_data": false}')::json
WHERE settings -> 'subscriber_data' IS NULL;
