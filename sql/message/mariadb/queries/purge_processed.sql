-- Removes answered messages whose answer is older than a given age, oldest first.
-- Parameters: @age (ms), @limit. Result: affected rows = rows removed. Locking: the removed rows.
-- createtime is compared too because the index is by it; no answer is older than its request.
delete from message
where status = 3 and createtime < cast(unix_timestamp(now(3)) * 1000 as signed) - @age
  and modifytime < cast(unix_timestamp(now(3)) * 1000 as signed) - @age
order by createtime limit @limit
