-- Removes answered messages whose answer is older than a given age, oldest first, and the large objects that legacy
-- programs keep them in, where this role may do that.
-- Parameters: @age (ms), @limit. Result: affected rows = rows removed. Locking: skips rows that are locked.
-- createtime is compared too because the index is by it; no answer is older than its request.
with chosen as materialized (
    select uniqueid, case when octet_length(message) <= 10 then message end as object
    from message
    where status = 3
      and createtime < (extract(epoch from clock_timestamp()) * 1000)::bigint - @age
      and modifytime < (extract(epoch from clock_timestamp()) * 1000)::bigint - @age
    order by createtime
    limit @limit for update skip locked
-- include unlinked
)
delete from message
where uniqueid in (select uniqueid from chosen) and (select count(*) from unlinked) >= 0
