-- Stores one new request; a row that exists is left as it is, whatever it holds. Many are sent together, each with
-- parameters of its own, in one transaction.
-- Parameters: @uniqueid, @messageid, @type, @message, @digest.
-- Result: the uniqueid if it was stored, else no row. Locking: waits for another transaction that is just storing it.
insert ignore into message (uniqueId, createtime, message, messageid, modifytime, status, type, requestdigest)
values (@uniqueid, cast(unix_timestamp(now(3)) * 1000 as signed), @message, @messageid, cast(unix_timestamp(now(3)) * 1000 as signed), 1, @type, @digest)
returning uniqueId
