select s.fingerprint
from import_certificate s
join certificate c on c.fingerprint = s.fingerprint
where c.status = 40 and s.status in (10, 20, 21)
