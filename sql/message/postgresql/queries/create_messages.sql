-- Stores new requests; a row that exists is left as it is, whatever it holds.
-- Parameters: @uniqueids, @messageids, @types, @messages, @digests: arrays of equal length, uniqueids distinct and
--             sorted (so that two batches never wait for each other in a circle).
-- Result: the uniqueids that were stored. Rings the bell of new requests once if there is any.
-- Locking: waits for another transaction that is just storing the same uniqueid.
with stored as (
    insert into message (uniqueid, createtime, message, messageid, modifytime, status, type, requestdigest)
    select new.uniqueid, clock.now, new.message, new.messageid, clock.now, 1, new.type, new.requestdigest
    from unnest(@uniqueids, @messageids, @types, @messages, @digests) as new (uniqueid, messageid, type, message, requestdigest),
         (select (extract(epoch from clock_timestamp()) * 1000)::bigint as now) as clock
    on conflict (uniqueid) do nothing
    returning uniqueid
)
select uniqueid, pg_notify('extra_request', '') from stored
