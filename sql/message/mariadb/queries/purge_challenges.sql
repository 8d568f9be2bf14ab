-- Removes challenges that expired at least a given age ago.
-- Parameters: @age (ms), @limit. Result: affected rows = challenges removed. Locking: the removed rows.
delete from scep_challenge
where expires < cast(unix_timestamp(now(3)) * 1000 as signed) - @age
limit @limit
