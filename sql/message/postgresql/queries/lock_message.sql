-- Keeps others of us from storing a message of this name until the transaction ends.
-- Parameters: @uniqueid. Result: one row. Locking: an advisory lock.
select '' from (select pg_advisory_xact_lock(hashtextextended(@uniqueid, 5063420417))) as locked
