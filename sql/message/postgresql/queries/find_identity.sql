-- What tells whether a stored request is the same as a new one.
-- Parameters: @uniqueids: array. Result: one row for each that exists. Locking: none.
select uniqueid, coalesce(messageid, ''), type, requestdigest
from message
where uniqueid = any (@uniqueids)
