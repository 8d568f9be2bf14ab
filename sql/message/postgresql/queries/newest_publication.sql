-- The newest version of a publication. One that is longer than any of ours is passed over unread.
-- Parameters: @name, @longest (octets). Result: at most one row. Locking: none.
select name, version, created, notbefore, notafter, content
from publication
where name = @name and octet_length(content) <= @longest
order by version desc
limit 1
