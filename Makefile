# The two commands: `make demo` runs the shop on this machine, `make test` passes the tests.

.PHONY: demo env test test-quick lint setup clean help

help:
	@echo "make demo   set up and run the shop here (PORT, HOST and KNOTWISE_HOME are honoured)"
	@echo "make env    write .env with secrets made now, for docker-compose.yml"
	@echo "make test   set up and run all tests"
	@echo "make test-quick   run the tests that need no server"
	@echo "make lint   set up and run ruff, mypy, the import contracts and the check of the sample's content"
	@echo "make clean  remove .venv and the caches; the data folder stays"

demo:
	@sh scripts/setup --no-dev
	@.venv/bin/storefront embedded

env:
	@sh scripts/env

# Without compiled modules each process of the tests would compile everything again.
test test-quick: export PYTHONDONTWRITEBYTECODE =

test:
	@sh scripts/setup
	@.venv/bin/pytest -n 2 --dist loadgroup

test-quick:
	@sh scripts/setup
	@WITHOUT_SERVERS=1 .venv/bin/pytest -q -n 2 $(addprefix --ignore=tests/,embedded end_to_end kills saleor security graphql pages staff)

lint:
	@sh scripts/setup
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/mypy
	.venv/bin/lint-imports
	.venv/bin/storefront manage check_content --products sample_data/products.csv --guides sample_data/guides

setup:
	@sh scripts/setup

clean:
	rm -rf .venv .uv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
