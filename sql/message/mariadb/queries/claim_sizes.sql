-- How long the texts are of messages that claim_candidates has locked in the same transaction. Of one that is longer than
-- any message only the beginning will be read.
-- Parameters: @uniqueids: list, @longest (octets). Result: (uniqueId, octets). Locking: the rows are locked already.
select uniqueId, case when length(message) > @longest then 64 else coalesce(length(message), 0) end
from message
where uniqueId in (@uniqueids)
