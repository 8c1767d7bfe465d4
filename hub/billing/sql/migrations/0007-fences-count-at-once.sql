-- Hubs keep fences in memory together with what they know of operators, and drop both when an operator changes.
CREATE TRIGGER billing_operator_changed
  AFTER INSERT OR UPDATE OR DELETE ON billing_operator
  FOR EACH STATEMENT EXECUTE FUNCTION identity_changed();
