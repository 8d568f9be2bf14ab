insert into issuance_claim (digest, ca_id, kind, username)
select digest, ca_id, kind, username from import_claim
on conflict do nothing
