-- Makes set-aside messages claimable now. They keep a time, which tells that they have been looked at before.
-- Parameters: @uniqueids: array. Result: the uniqueids that were set aside. Rings the bell of new requests.
-- Locking: the rows.
with woken as (
    update message set notbefore = (extract(epoch from clock_timestamp()) * 1000)::bigint
    where uniqueid = any (@uniqueids) and status = 1 and notbefore is not null
    returning uniqueid
)
select uniqueid, pg_notify('extra_request', '') from woken
