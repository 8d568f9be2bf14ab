-- Staged certificates that were not taken: their CA has another certificate of the same serial number.
select s.fingerprint
from import_certificate s
where not exists (select 1 from certificate c where c.fingerprint = s.fingerprint)
