-- Stores answers where the claim (owner and attempt number) is still the newest, and where a request is given only if
-- the row still holds it: a legacy client may have replaced it.
-- Parameters: @uniqueids, @owners, @epochs, @requests (null: not compared), @answers: arrays of equal length.
-- Result: one row with the number of answers stored. Rings the bell of answers with the uniqueids, in payloads below
--         PostgreSQL's limit of 8000 bytes (30 uniqueids of at most 250 bytes; a longer one waits for the next poll).
-- Locking: the rows.
with answered as (
    update message
    set status = 3, message = new.answer, modifytime = (extract(epoch from clock_timestamp()) * 1000)::bigint,
        leaseowner = null, leaseuntil = null, notbefore = null
    from unnest(@uniqueids, @owners, @epochs, @requests, @answers) as new (uniqueid, leaseowner, epoch, request, answer)
    where message.uniqueid = new.uniqueid and message.status = 2
      and message.leaseowner = new.leaseowner and message.attempts = new.epoch
      and (new.request is null or message.message = new.request)
    returning message.uniqueid
), numbered as (
    select uniqueid, (row_number() over () - 1) / 30 as payload from answered where octet_length(uniqueid) <= 250
), rung as materialized (
    select pg_notify('extra_answer', string_agg(uniqueid, ',')) from numbered group by payload
)
select (select count(*) from answered), (select count(*) from rung)
