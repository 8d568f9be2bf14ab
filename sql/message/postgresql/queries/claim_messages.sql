-- Takes up to @limit messages for one worker: first those whose worker's lease has run out, then those whose time to
-- be looked at again has come, then new ones from both ends of the queue. The newest get a share (@newest) because
-- createtime can be chosen by a legacy writer, and a flood of back-dated rows must not starve everybody else.
-- Legacy writers own every column: a number of attempts must not overflow, and a text that no message may have is not
-- brought here, only how it begins. A legacy client that writes a row anew keeps its createtime, so in those rows
-- modifytime is left as it wrote it, and the later of both is when the request was made.
-- Parameters: @owner, @lease (ms), @limit, @newest (< @limit or equal), @types: array, @most (octets of a message),
--             @longest (octets of one whose digest is made).
-- Result: the rows taken, with their new attempt number, and behind those that were cut the digest of the whole, empty
--         where it is longer. Locking: skip locked, so workers never wait for each other.
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
    select fresh.uniqueid
    from unnest(@types) as wanted (type), lateral (
        select uniqueid, createtime from message
        where status = 1 and notbefore is null and type = wanted.type
        order by createtime
        limit @limit - @newest - (select count(*) from overdue) - (select count(*) from due) for update skip locked) as fresh
    order by fresh.createtime
    limit @limit - @newest - (select count(*) from overdue) - (select count(*) from due)
), newest as materialized (
    select fresh.uniqueid
    from unnest(@types) as wanted (type), lateral (
        select uniqueid, createtime from message
        where status = 1 and notbefore is null and type = wanted.type and uniqueid not in (select uniqueid from oldest)
        order by createtime desc
        limit @limit - (select count(*) from overdue) - (select count(*) from due) - (select count(*) from oldest)
        for update skip locked) as fresh
    order by fresh.createtime desc
    limit @limit - (select count(*) from overdue) - (select count(*) from due) - (select count(*) from oldest)
), chosen as materialized (
    select uniqueid from overdue
    union select uniqueid from due
    union select uniqueid from oldest
    union select uniqueid from newest
)
update message
set status = 2, leaseowner = @owner, leaseuntil = clock.now + @lease,
    attempts = least(greatest(coalesce(attempts, 0), 0), 1000000000) + 1, notbefore = null,
    modifytime = case when requestdigest is null then modifytime else clock.now end
from chosen, clock
where message.uniqueid = chosen.uniqueid
returning message.uniqueid, coalesce(messageid, ''), type,
          case when octet_length(message) > @most then left(message, 100) else coalesce(message, '') end,
          requestdigest, attempts, case when requestdigest is null then greatest(createtime, modifytime) else createtime end,
          case when octet_length(message) > @longest then '' when octet_length(message) > @most then encode(sha256(convert_to(message, 'UTF8')), 'hex') end
