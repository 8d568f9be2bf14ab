-- Takes up to @limit messages for one worker: first those whose worker's lease has run out, then those whose time to
-- be looked at again has come, then new ones from both ends of the queue. The newest get a share (@newest) because
-- createtime can be chosen by a legacy writer, and a flood of back-dated rows must not starve everybody else.
-- Of a text that is longer than any message only the beginning is read, so that no row exhausts the worker. Attempts
-- that a writer made up are no number of ours: they are brought into its range, or one row would stop every claim.
-- What a legacy client wrote into a row that was answered before keeps the row's createtime; when it is taken for the
-- first time, it gets the time at which it was written.
-- Large ones are taken fewer at a time, in turn from each kind of rows and from both ends; one comes in any case.
-- Parameters: @owner, @lease (ms), @limit, @newest (< @limit or equal), @types: array, @longest (octets of one text),
--             @most (octets of all).
-- Result: the rows taken, with their new attempt number; last the octets of a text that was not read whole, else null.
-- Locking: skip locked, so workers never wait for each other.
with clock as materialized (
    select (extract(epoch from clock_timestamp()) * 1000)::bigint as now
), overdue as materialized (
    select uniqueid from message
    where status = 2 and leaseuntil < (select now from clock) and type = any (@types)
    order by leaseuntil
    limit @limit - @newest for update skip locked
), due as materialized (
    select uniqueid from message
    where status = 1 and notbefore <= (select now from clock) and type = any (@types)
    order by notbefore
    limit @limit - @newest - (select count(*) from overdue) for update skip locked
), oldest as materialized (
    select fresh.uniqueid, fresh.createtime
    from unnest(@types) as wanted (type), lateral (
        select uniqueid, createtime from message
        where status = 1 and notbefore is null and type = wanted.type
        order by createtime
        limit @limit - @newest - (select count(*) from overdue) - (select count(*) from due) for update skip locked) as fresh
    order by fresh.createtime
    limit @limit - @newest - (select count(*) from overdue) - (select count(*) from due)
), newest as materialized (
    select fresh.uniqueid, fresh.createtime
    from unnest(@types) as wanted (type), lateral (
        select uniqueid, createtime from message
        where status = 1 and notbefore is null and type = wanted.type and uniqueid not in (select uniqueid from oldest)
        order by createtime desc
        limit @limit - (select count(*) from overdue) - (select count(*) from due) - (select count(*) from oldest)
        for update skip locked) as fresh
    order by fresh.createtime desc
    limit @limit - (select count(*) from overdue) - (select count(*) from due) - (select count(*) from oldest)
), chosen as materialized (
    select uniqueid, 0 as kind, row_number() over () as place from overdue
    union all select uniqueid, 1, row_number() over () from due
    union all select uniqueid, 2, least(row_number() over (order by createtime), row_number() over (order by createtime desc))
    from (select uniqueid, createtime from oldest union all select uniqueid, createtime from newest) as fresh
), sized as materialized (
    select uniqueid, sum(case when octet_length(message) > @longest then 64 else coalesce(octet_length(message), 0) end)
               over (order by place, kind rows unbounded preceding) as octets,
           row_number() over (order by place, kind) as place
    from chosen join message using (uniqueid)
), bounded as materialized (
    select uniqueid from sized where place = 1 or octets <= @most
)
update message
set status = 2, leaseowner = @owner, leaseuntil = clock.now + @lease,
    attempts = least(greatest(coalesce(attempts, 0), 0), 2147483646) + 1,
    createtime = case when coalesce(attempts, 0) = 0 and notbefore is null and (requestdigest is null or left(requestdigest::text, 5) = 'life-')
                      then greatest(createtime, least(modifytime, clock.now)) else createtime end,
    notbefore = null, modifytime = clock.now
from bounded, clock
where message.uniqueid = bounded.uniqueid
returning message.uniqueid, coalesce(messageid, ''), type,
          case when octet_length(message) > @longest then left(message, 64) else coalesce(message, '') end,
          requestdigest, attempts, createtime, case when octet_length(message) > @longest then octet_length(message)::bigint end
