-- Uses a challenge for a message. The same message may use it again (its client repeats a request whose reply was
-- lost); any other may not.
-- Parameters: @alias, @mac, @uniqueid. Result: affected rows: 1 = may be used, 0 = may not.
-- Locking: the row, so that of two messages only one succeeds.
update scep_challenge
set consumedby = @uniqueid, consumedat = coalesce(consumedat, (extract(epoch from clock_timestamp()) * 1000)::bigint)
where alias = @alias and mac = @mac and (consumedby is null or consumedby = @uniqueid)
  and expires > (extract(epoch from clock_timestamp()) * 1000)::bigint
