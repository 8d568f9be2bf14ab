-- Removes challenges that expired at least a given age ago.
-- Parameters: @age (ms), @limit. Result: affected rows = challenges removed. Locking: the removed rows.
delete from scep_challenge
where (alias, mac) in (
    select alias, mac from scep_challenge
    where expires < (extract(epoch from clock_timestamp()) * 1000)::bigint - @age
    limit @limit)
