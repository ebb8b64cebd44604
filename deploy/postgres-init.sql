-- Run once by PostgreSQL's image, when its volume is new: a role and a database for Saleor, and one for Knotwise.
-- Neither role may do more than own its database, and neither may look into the other's.
\getenv saleor_password SALEOR_DB_PASSWORD
\getenv knotwise_password KNOTWISE_DB_PASSWORD

CREATE ROLE saleor LOGIN PASSWORD :'saleor_password';
CREATE DATABASE saleor OWNER saleor;
REVOKE ALL ON DATABASE saleor FROM PUBLIC;

CREATE ROLE knotwise LOGIN PASSWORD :'knotwise_password';
CREATE DATABASE knotwise OWNER knotwise;
REVOKE ALL ON DATABASE knotwise FROM PUBLIC;

REVOKE ALL ON DATABASE postgres FROM PUBLIC;
