-- Stores one answer in a row that a legacy client may write again at any time: only where the claim (owner and attempt
-- number) is still the newest and the row still holds the request that was processed. Attempts begin anew with what is
-- written into the row next, and the digest tells it from what was answered.
-- Parameters: @uniqueid, @owner, @epoch, @request (the column as it was claimed), @answer, @life (the new
--             requestdigest, whose last ten digits become the number of the answer's object; null: keep it),
--             @large (true: the answer becomes a large object, the column its number), @longest (octets: of a longer
--             text the claim has read, and here is compared, the beginning).
-- Result: one row with the number of answers stored. Removed with it, where this role may do that: the object that the
--         request was, and the one of the answer before, which a client that writes again leaves behind (WIRE.md 1.3);
--         but none that another row names, whose writer may have had it removed here.
--         Rings the bell of answers.
-- Locking: the row.
with held as materialized (
    select uniqueid, case when octet_length(message) <= 10 then message end as request,
           case when requestdigest::text ~ '^life-[0-9a-f]{48}-[0-9]{10}$' then right(requestdigest::text, 10) end as former
    from message
    where uniqueid = @uniqueid and status = 2 and leaseowner = @owner and attempts = @epoch
      and case when octet_length(message) > @longest then left(message, 64) else message end = @request
    for update
), made as materialized (
    select uniqueid, case when @large then lo_from_bytea(0, convert_to(@answer, 'UTF8')) end as number from held
), answered as (
    update message
    set status = 3, modifytime = (extract(epoch from clock_timestamp()) * 1000)::bigint,
        message = coalesce(made.number::text, @answer),
        requestdigest = coalesce(left(@life, 54) || lpad(coalesce(made.number::text, ''), 10, '0'), message.requestdigest), attempts = 0,
        leaseowner = null, leaseuntil = null, notbefore = null
    from made
    where message.uniqueid = made.uniqueid
    returning message.uniqueid
), chosen as materialized (
    select held.uniqueid, object from held, answered, lateral (values (held.request), (held.former)) as named (object)
-- include unlinked
), rung as materialized (
    select pg_notify('extra_answer', uniqueid) from answered where octet_length(uniqueid) <= 250
)
select (select count(*) from answered), (select count(*) from unlinked), (select count(*) from rung)
