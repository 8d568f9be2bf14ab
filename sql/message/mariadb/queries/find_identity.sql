-- What tells whether a stored request is the same as a new one.
-- Parameters: @uniqueids: list. Result: one row for each that exists. Locking: none.
select uniqueId, coalesce(messageid, ''), type, requestdigest
from message
where uniqueId in (@uniqueids)
