-- A challenge, whether or not it may still be used.
-- Parameters: @alias, @mac. Result: at most one row; the last column is 1 if it has expired. Locking: none.
select alias, mac, subject, expires, consumedby, consumedat,
       case when expires > cast(unix_timestamp(now(3)) * 1000 as signed) then 0 else 1 end
from scep_challenge
where alias = @alias and mac = @mac
