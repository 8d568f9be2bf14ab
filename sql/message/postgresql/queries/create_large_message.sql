-- Stores one new request as a large object, for legacy programs that keep theirs so. Sent behind lock_message in one
-- transaction: an object is made only where its row can be stored, so that none is left over.
-- Parameters: @uniqueid, @messageid, @type, @message, @digest. Result: the uniqueid if it was stored. Rings the bell.
-- Locking: waits for another transaction that is just storing the same uniqueid.
with stored as (
    insert into message (uniqueid, message, messageid, type, requestdigest)
    select @uniqueid, lo_from_bytea(0, convert_to(@message, 'UTF8'))::text, @messageid, @type, @digest
    where not exists (select from message where uniqueid = @uniqueid)
    on conflict (uniqueid) do nothing
    returning uniqueid
)
select uniqueid, pg_notify('extra_request', '') from stored
