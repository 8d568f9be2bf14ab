-- Stores new requests; a row that exists is left as it is, whatever it holds. Times and status are the table's defaults:
-- a front end may not choose them (roles.sql).
-- Parameters: @uniqueids, @messageids, @types, @messages, @digests: arrays of equal length, uniqueids distinct and
--             sorted (so that two batches never wait for each other in a circle).
-- Result: the uniqueids that were stored. Rings the bell of new requests once if there is any.
-- Locking: waits for another transaction that is just storing the same uniqueid.
with stored as (
    insert into message (uniqueid, message, messageid, type, requestdigest)
    select new.uniqueid, new.message, new.messageid, new.type, new.requestdigest
    from unnest(@uniqueids, @messageids, @types, @messages, @digests) as new (uniqueid, messageid, type, message, requestdigest)
    on conflict (uniqueid) do nothing
    returning uniqueid
)
select uniqueid, pg_notify('extra_request', '') from stored
