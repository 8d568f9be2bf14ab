-- Where the rows of a batch wait until one statement takes them over. Empties with each transaction.
create temp table if not exists import_certificate (like certificate) on commit delete rows;
create temp table if not exists import_claim (like issuance_claim) on commit delete rows;
create temp table if not exists import_end_entity (like end_entity) on commit delete rows;
