-- A challenge, whether or not it may still be used.
-- Parameters: @alias, @mac. Result: at most one row; the last column is 1 if it has expired. Locking: none.
select alias, mac, subject, expires, consumedby, consumedat,
       case when expires > (extract(epoch from clock_timestamp()) * 1000)::bigint then 0 else 1 end
from scep_challenge
where alias = @alias and mac = @mac
