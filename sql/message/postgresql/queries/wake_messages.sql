-- Makes set-aside messages claimable now.
-- Parameters: @uniqueids: array. Result: the uniqueids that were set aside. Rings the bell of new requests.
-- Locking: the rows.
with woken as (
    update message set notbefore = null
    where uniqueid = any (@uniqueids) and status = 1 and notbefore is not null
    returning uniqueid
)
select uniqueid, pg_notify('extra_request', '') from woken
