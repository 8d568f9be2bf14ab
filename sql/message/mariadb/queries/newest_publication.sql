-- The newest version of a publication.
-- Parameters: @name. Result: at most one row. Locking: none.
select name, version, created, notbefore, notafter, content
from publication
where name = @name
order by version desc
limit 1
