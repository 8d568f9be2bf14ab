-- Uses a challenge for a message. The same message may use it again (its client repeats a request whose reply was
-- lost); any other may not.
-- Parameters: @alias, @mac, @uniqueid. Result: affected (= matched) rows: 1 = may be used, 0 = may not.
-- Locking: the row, so that of two messages only one succeeds.
update scep_challenge
set consumedby = @uniqueid, consumedat = coalesce(consumedat, cast(unix_timestamp(now(3)) * 1000 as signed))
where alias = @alias and mac = @mac and (consumedby is null or consumedby = @uniqueid)
  and expires > cast(unix_timestamp(now(3)) * 1000 as signed)
