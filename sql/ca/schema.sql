-- Written by tools/Migrations from the migrations of src/Ca.Core. Do not edit.
CREATE TABLE IF NOT EXISTS "__EFMigrationsHistory" (
    "MigrationId" character varying(150) NOT NULL,
    "ProductVersion" character varying(32) NOT NULL,
    CONSTRAINT "PK___EFMigrationsHistory" PRIMARY KEY ("MigrationId")
);

CREATE TABLE audit_record (
    node_id character varying(100) NOT NULL,
    sequence bigint NOT NULL,
    at bigint NOT NULL,
    event text NOT NULL,
    status integer NOT NULL,
    module text NOT NULL,
    service text NOT NULL,
    auth_token text NOT NULL,
    custom_id text,
    search_detail1 text,
    search_detail2 text,
    details text NOT NULL,
    previous_hash bytea NOT NULL,
    hash bytea NOT NULL,
    CONSTRAINT pk_audit_record PRIMARY KEY (node_id, sequence)
);

CREATE TABLE authority (
    ca_id integer NOT NULL,
    name character varying(250) NOT NULL,
    status integer NOT NULL,
    subject_dn text NOT NULL,
    signed_by integer NOT NULL,
    certificate_profile_id integer NOT NULL,
    token_id integer,
    key_alias text,
    signature_algorithm text NOT NULL,
    chain bytea NOT NULL,
    settings text NOT NULL,
    description text NOT NULL,
    expire_at timestamp with time zone NOT NULL,
    revocation_reason integer NOT NULL,
    revoked_at timestamp with time zone,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT pk_authority PRIMARY KEY (ca_id)
);

CREATE TABLE certificate (
    fingerprint character varying(40) NOT NULL,
    ca_id integer NOT NULL,
    serial character varying(40) NOT NULL,
    subject_dn text NOT NULL,
    subject_alt_name text,
    username character varying(250),
    status integer NOT NULL,
    type integer NOT NULL,
    certificate_profile_id integer NOT NULL,
    end_entity_profile_id integer NOT NULL,
    not_before timestamp with time zone NOT NULL,
    expire_at timestamp with time zone NOT NULL,
    issued_at timestamp with time zone NOT NULL,
    revoked_at timestamp with time zone,
    revocation_reason integer NOT NULL,
    status_changed_at timestamp with time zone NOT NULL,
    public_key_digest bytea NOT NULL,
    encoded bytea NOT NULL,
    CONSTRAINT pk_certificate PRIMARY KEY (fingerprint)
);

CREATE TABLE certificate_profile (
    id integer NOT NULL,
    name character varying(250) NOT NULL,
    definition text NOT NULL,
    CONSTRAINT pk_certificate_profile PRIMARY KEY (id)
);

CREATE TABLE configuration_stamp (
    id integer NOT NULL,
    stamp bigint NOT NULL,
    CONSTRAINT pk_configuration_stamp PRIMARY KEY (id)
);

CREATE TABLE crl (
    ca_id integer NOT NULL,
    number bigint NOT NULL,
    fingerprint character varying(40) NOT NULL,
    this_update timestamp with time zone NOT NULL,
    next_update timestamp with time zone NOT NULL,
    delta_indicator integer NOT NULL,
    encoded bytea NOT NULL,
    CONSTRAINT pk_crl PRIMARY KEY (ca_id, number)
);

CREATE TABLE crypto_token (
    id integer NOT NULL,
    name character varying(250) NOT NULL,
    type text NOT NULL,
    data bytea NOT NULL,
    allow_export boolean NOT NULL,
    CONSTRAINT pk_crypto_token PRIMARY KEY (id)
);

CREATE TABLE end_entity (
    username character varying(250) NOT NULL,
    subject_dn text NOT NULL,
    subject_alt_name text,
    email text,
    secret text,
    ca_id integer NOT NULL,
    end_entity_profile_id integer NOT NULL,
    certificate_profile_id integer NOT NULL,
    token_type integer NOT NULL,
    type integer NOT NULL,
    status integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    modified_at timestamp with time zone NOT NULL,
    allowed_requests integer NOT NULL,
    requests_left integer NOT NULL,
    max_failed_logins integer NOT NULL,
    logins_left integer NOT NULL,
    start_time text,
    end_time text,
    issuance_revocation_reason integer NOT NULL,
    CONSTRAINT pk_end_entity PRIMARY KEY (username)
);

CREATE TABLE end_entity_profile (
    id integer NOT NULL,
    name character varying(250) NOT NULL,
    definition text NOT NULL,
    CONSTRAINT pk_end_entity_profile PRIMARY KEY (id)
);

CREATE TABLE inbox (
    unique_id character varying(250) NOT NULL,
    request_hash bytea NOT NULL,
    part integer NOT NULL,
    answer bytea NOT NULL,
    at timestamp with time zone NOT NULL,
    CONSTRAINT pk_inbox PRIMARY KEY (unique_id, request_hash, part)
);

CREATE TABLE issuance_claim (
    digest bytea NOT NULL,
    ca_id integer NOT NULL,
    kind integer NOT NULL,
    username character varying(250) NOT NULL,
    CONSTRAINT pk_issuance_claim PRIMARY KEY (digest, ca_id, kind)
);

CREATE TABLE issuance_plan (
    unique_id character varying(250) NOT NULL,
    request_hash bytea NOT NULL,
    part integer NOT NULL,
    ca_id integer NOT NULL,
    serial text NOT NULL,
    username character varying(250) NOT NULL,
    certificate_profile_id integer NOT NULL,
    end_entity_profile_id integer NOT NULL,
    request_digest bytea NOT NULL,
    tbs_digest bytea NOT NULL,
    tbs bytea NOT NULL,
    signature_algorithm bytea NOT NULL,
    ca_fingerprint text NOT NULL,
    at timestamp with time zone NOT NULL,
    CONSTRAINT pk_issuance_plan PRIMARY KEY (unique_id, request_hash, part)
);

CREATE TABLE role (
    name character varying(250) NOT NULL,
    CONSTRAINT pk_role PRIMARY KEY (name)
);

CREATE TABLE access_rule (
    role_name character varying(250) NOT NULL,
    resource character varying(500) NOT NULL,
    decision integer NOT NULL,
    CONSTRAINT pk_access_rule PRIMARY KEY (role_name, resource),
    CONSTRAINT fk_access_rule_role FOREIGN KEY (role_name) REFERENCES role (name) ON DELETE CASCADE
);

CREATE TABLE role_member (
    id bigint GENERATED BY DEFAULT AS IDENTITY,
    role_name character varying(250) NOT NULL,
    issuer_ca_id integer NOT NULL,
    match_with integer NOT NULL,
    operator integer NOT NULL,
    value text NOT NULL,
    CONSTRAINT pk_role_member PRIMARY KEY (id),
    CONSTRAINT fk_role_member_role FOREIGN KEY (role_name) REFERENCES role (name) ON DELETE CASCADE
);

INSERT INTO configuration_stamp (id, stamp)
VALUES (1, 1);

CREATE INDEX ix_audit_record_at ON audit_record (at);

CREATE UNIQUE INDEX ux_authority_name ON authority (name);

CREATE INDEX ix_certificate_ca_id_expire_at ON certificate (ca_id, expire_at) WHERE status = 40;

CREATE INDEX ix_certificate_username ON certificate (username);

CREATE UNIQUE INDEX ux_certificate_ca_id_serial ON certificate (ca_id, serial);

CREATE UNIQUE INDEX ux_certificate_profile_name ON certificate_profile (name);

CREATE UNIQUE INDEX ux_crypto_token_name ON crypto_token (name);

CREATE UNIQUE INDEX ux_end_entity_profile_name ON end_entity_profile (name);

CREATE INDEX ix_inbox_at ON inbox (at);

CREATE UNIQUE INDEX ux_issuance_plan_ca_id_serial ON issuance_plan (ca_id, serial);

CREATE UNIQUE INDEX ux_issuance_plan_username ON issuance_plan (username);

CREATE INDEX ix_role_member_role_name ON role_member (role_name);

INSERT INTO "__EFMigrationsHistory" ("MigrationId", "ProductVersion")
VALUES ('20261121045149_Initial', '10.0.14');

ALTER TABLE issuance_plan ADD sealed_key bytea;

CREATE TABLE key_escrow (
    ca_id integer NOT NULL,
    serial character varying(40) NOT NULL,
    username character varying(250) NOT NULL,
    sealed_key bytea NOT NULL,
    is_marked boolean NOT NULL,
    at timestamp with time zone NOT NULL,
    CONSTRAINT pk_key_escrow PRIMARY KEY (ca_id, serial)
);

CREATE INDEX ix_key_escrow_username ON key_escrow (username);

INSERT INTO "__EFMigrationsHistory" ("MigrationId", "ProductVersion")
VALUES ('20261121150333_KeyRecovery', '10.0.14');

CREATE SEQUENCE approval_id START WITH 1 INCREMENT BY 1 NO CYCLE;

ALTER TABLE issuance_plan ADD approval_id bigint;

CREATE TABLE approval (
    id bigint NOT NULL,
    content_hash bytea NOT NULL,
    type integer NOT NULL,
    status integer NOT NULL,
    ca_id integer NOT NULL,
    end_entity_profile_id integer NOT NULL,
    certificate_profile_id integer NOT NULL,
    username character varying(250) NOT NULL,
    subject_dn text,
    subject_alt_name text,
    facts text NOT NULL,
    requester text NOT NULL,
    requester_key character varying(64) NOT NULL,
    requester_serial text,
    source text NOT NULL,
    data_source text,
    unique_id character varying(250),
    part integer,
    transaction_id text,
    protocol text,
    code text,
    search_text text NOT NULL,
    required integer NOT NULL,
    given integer NOT NULL,
    requested_at timestamp with time zone NOT NULL,
    expire_at timestamp with time zone NOT NULL,
    decided_at timestamp with time zone,
    result text,
    consumed_by text,
    repeats integer NOT NULL,
    forgotten boolean NOT NULL,
    fingerprints text NOT NULL,
    CONSTRAINT pk_approval PRIMARY KEY (id)
);

CREATE TABLE approval_decision (
    approval_id bigint NOT NULL,
    person_key character varying(64) NOT NULL,
    name text NOT NULL,
    certificate_serial text,
    verdict integer NOT NULL,
    comment text,
    at timestamp with time zone NOT NULL,
    CONSTRAINT pk_approval_decision PRIMARY KEY (approval_id, person_key),
    CONSTRAINT fk_approval_decision_approval FOREIGN KEY (approval_id) REFERENCES approval (id) ON DELETE CASCADE
);

CREATE TABLE approval_waiter (
    approval_id bigint NOT NULL,
    data_source character varying(250) NOT NULL,
    unique_id character varying(250) NOT NULL,
    wake_at timestamp with time zone,
    CONSTRAINT pk_approval_waiter PRIMARY KEY (approval_id, data_source, unique_id),
    CONSTRAINT fk_approval_waiter_approval FOREIGN KEY (approval_id) REFERENCES approval (id) ON DELETE CASCADE
);

CREATE INDEX ix_approval_content_hash_id ON approval (content_hash, id);

CREATE INDEX ix_approval_status_id ON approval (status, id);

CREATE INDEX ix_approval_unique_id_part ON approval (unique_id, part) WHERE status in (-1, 0);

CREATE INDEX ix_approval_username_id ON approval (username, id);

CREATE UNIQUE INDEX ux_approval_content_hash ON approval (content_hash) WHERE status in (-1, 0);

CREATE UNIQUE INDEX ux_approval_username ON approval (username) WHERE status in (-1, 0) and type in (2, 3, 4);

CREATE INDEX ix_approval_waiter_data_source_wake_at ON approval_waiter (data_source, wake_at) WHERE wake_at is not null;

INSERT INTO "__EFMigrationsHistory" ("MigrationId", "ProductVersion")
VALUES ('20261121155051_Approvals', '10.0.14');

CREATE TABLE cmp_alias (
    name character varying(32) NOT NULL,
    definition text NOT NULL,
    CONSTRAINT pk_cmp_alias PRIMARY KEY (name)
);

CREATE TABLE cmp_transaction (
    id character varying(64) NOT NULL,
    alias character varying(32) NOT NULL,
    requester character varying(64) NOT NULL,
    state integer NOT NULL,
    protection character varying(100) NOT NULL,
    own_nonce bytea NOT NULL,
    seen_nonces bytea NOT NULL,
    request_id character varying(100) NOT NULL,
    ca_id integer NOT NULL,
    serial character varying(40),
    updated_serial character varying(40),
    confirm_by timestamp with time zone,
    at timestamp with time zone NOT NULL,
    CONSTRAINT pk_cmp_transaction PRIMARY KEY (id)
);

CREATE TABLE cmp_secret (
    alias character varying(32) NOT NULL,
    key_id character varying(256) NOT NULL,
    number integer NOT NULL,
    sealed bytea NOT NULL,
    at timestamp with time zone NOT NULL,
    CONSTRAINT pk_cmp_secret PRIMARY KEY (alias, key_id, number),
    CONSTRAINT fk_cmp_secret_cmp_alias FOREIGN KEY (alias) REFERENCES cmp_alias (name) ON DELETE CASCADE
);

CREATE INDEX ix_cmp_transaction_at ON cmp_transaction (at);

CREATE INDEX ix_cmp_transaction_ca_id_updated_serial ON cmp_transaction (ca_id, updated_serial);

CREATE INDEX ix_cmp_transaction_confirm_by ON cmp_transaction (confirm_by) WHERE state = 1;

CREATE INDEX ix_cmp_transaction_requester_state ON cmp_transaction (requester, state);

INSERT INTO "__EFMigrationsHistory" ("MigrationId", "ProductVersion")
VALUES ('20261121164500_Cmp', '10.0.14');

ALTER TABLE end_entity ADD legacy_extra text;

ALTER TABLE cmp_transaction ADD approval_id bigint;

ALTER TABLE cmp_transaction ADD pending bytea;

ALTER TABLE cmp_transaction ADD polls integer NOT NULL DEFAULT 0;

ALTER TABLE authority ADD crl_number_floor bigint NOT NULL DEFAULT 0;

CREATE TABLE cmp_guess (
    alias character varying(32) NOT NULL,
    sender bytea NOT NULL,
    count integer NOT NULL,
    since timestamp with time zone NOT NULL,
    CONSTRAINT pk_cmp_guess PRIMARY KEY (alias, sender)
);

CREATE TABLE import_run (
    id character varying(100) NOT NULL,
    state text NOT NULL,
    started_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT pk_import_run PRIMARY KEY (id)
);

CREATE TABLE import_text (
    fingerprint character varying(250) NOT NULL,
    content text NOT NULL,
    CONSTRAINT pk_import_text PRIMARY KEY (fingerprint)
);

CREATE TABLE notice (
    about character varying(64) NOT NULL,
    event character varying(40) NOT NULL,
    target character varying(64) NOT NULL,
    state integer NOT NULL,
    attempts integer NOT NULL,
    at timestamp with time zone NOT NULL,
    CONSTRAINT pk_notice PRIMARY KEY (about, event, target)
);

CREATE TABLE worker_run (
    node character varying(250) NOT NULL,
    worker character varying(250) NOT NULL,
    started_at timestamp with time zone NOT NULL,
    looked_at timestamp with time zone,
    claimed bigint NOT NULL,
    answered bigint NOT NULL,
    failed bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    CONSTRAINT pk_worker_run PRIMARY KEY (node, worker)
);

CREATE INDEX ix_end_entity_subject_dn ON end_entity USING hash (subject_dn);

CREATE INDEX ix_certificate_expire_at ON certificate (expire_at);

CREATE INDEX ix_certificate_issued_at ON certificate (issued_at);

CREATE INDEX ix_cmp_guess_since ON cmp_guess (since);

CREATE INDEX ix_notice_at ON notice (at);

INSERT INTO "__EFMigrationsHistory" ("MigrationId", "ProductVersion")
VALUES ('20261121194046_PollsNoticesImport', '10.0.14');

ALTER TABLE end_entity ADD sealed_secret bytea;

ALTER TABLE cmp_transaction ADD code bytea;

ALTER TABLE cmp_transaction ADD code_owner character varying(250);

ALTER TABLE certificate ADD invalidity_date timestamp with time zone;

CREATE TABLE cmp_ca_secret (
    ca_id integer NOT NULL,
    number integer NOT NULL,
    sealed bytea NOT NULL,
    at timestamp with time zone NOT NULL,
    CONSTRAINT pk_cmp_ca_secret PRIMARY KEY (ca_id, number)
);

CREATE TABLE cmp_trusted_ra (
    alias character varying(32) NOT NULL,
    fingerprint character varying(64) NOT NULL,
    encoded bytea NOT NULL,
    at timestamp with time zone NOT NULL,
    CONSTRAINT pk_cmp_trusted_ra PRIMARY KEY (alias, fingerprint),
    CONSTRAINT fk_cmp_trusted_ra_cmp_alias FOREIGN KEY (alias) REFERENCES cmp_alias (name) ON DELETE CASCADE
);

update cmp_alias set definition = replace(replace(definition,
    '"updateOnlyWhenNew": false', '"allowAutomaticKeyUpdate": true'),
    '"updateOnlyWhenNew": true', '"allowAutomaticKeyUpdate": false');

INSERT INTO "__EFMigrationsHistory" ("MigrationId", "ProductVersion")
VALUES ('20261121212008_CmpCodesRaListInvalidityDate', '10.0.14');

DROP INDEX ix_cmp_transaction_ca_id_updated_serial;

CREATE INDEX ix_cmp_transaction_ca_id_serial ON cmp_transaction (ca_id, serial);

CREATE UNIQUE INDEX ux_cmp_transaction_ca_id_updated_serial ON cmp_transaction (ca_id, updated_serial) WHERE state in (1, 2);

INSERT INTO "__EFMigrationsHistory" ("MigrationId", "ProductVersion")
VALUES ('20261121221946_CmpTransactionGuards', '10.0.14');

ALTER TABLE cmp_transaction DROP COLUMN polls;

ALTER TABLE cmp_transaction ADD asked_back_at timestamp with time zone;

ALTER TABLE cmp_transaction ADD path_profile text;

ALTER TABLE cmp_transaction ADD use character varying(64);

CREATE UNIQUE INDEX ux_cmp_transaction_use ON cmp_transaction (use);

INSERT INTO "__EFMigrationsHistory" ("MigrationId", "ProductVersion")
VALUES ('20261122005950_CmpTransactionUseAndPath', '10.0.14');
