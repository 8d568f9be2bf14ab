-- Certificates of releases up to 6.x do not say which end entity profile they are of (0). Rights over them were those over
-- their user, so they get his.
update certificate c
set end_entity_profile_id = e.end_entity_profile_id
from import_end_entity s
join end_entity e on e.username = s.username
where c.username = s.username and c.end_entity_profile_id = 0
