-- Gives a claimed message back, not to be looked at for a while.
-- Parameters: @uniqueid, @owner, @epoch, @delay (ms), @counted (1: this look counts as an attempt, 0: it does not).
-- Result: a row if the claim was still ours. Rings the bell of answers: whoever waits learns that it takes longer.
-- Locking: the row.
with released as (
    update message
    set status = 1, notbefore = clock.now + @delay, attempts = attempts - 1 + @counted,
        leaseowner = null, leaseuntil = null, modifytime = clock.now
    from (select (extract(epoch from clock_timestamp()) * 1000)::bigint as now) as clock
    where uniqueid = @uniqueid and status = 2 and leaseowner = @owner and attempts = @epoch
    returning uniqueid
)
select uniqueid, pg_notify('extra_answer', uniqueid) from released
