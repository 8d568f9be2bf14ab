-- Removes a row of the caller's own, which nobody will ask for again.
-- Parameters: @uniqueid, @messageid. Result: affected rows: 1, or 0 where the row is gone or somebody else's.
-- Locking: the row.
delete from message
where uniqueId = @uniqueid and messageid = @messageid
