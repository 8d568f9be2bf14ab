-- The text of a large object, which some legacy programs keep instead of the text itself (the column holds its number).
-- Parameters: @number, @limit (bytes). Result: one row, or none if there is no such object. Locking: none.
select convert_from(lo_get(oid, 0, @limit), 'UTF8') from pg_largeobject_metadata where oid = @number::bigint::oid
