# The menu. `make` lists it.
SHELL := /bin/sh
COMPONENTS := account admin challenge health login logout messages mfa oauth2 password refresh token-hook
WASM := wasm32-wasip2
PORTABLE := -p iam-account -p iam-api -p iam-auth -p iam-config -p iam-hydra -p iam-identity -p iam-messaging -p iam-model \
	-p iam-platform -p iam-policy -p iam-security -p iam-storage -p iam-storage-memory

.PHONY: help
help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

.PHONY: up
up: build ## Start everything with a demo tenant: working tokens a minute later
	@HYDRA_BIN="$$(tools/hydra.sh)" || exit 1; export HYDRA_BIN; exec target/release/iam up --demo

.PHONY: build
build: targets ## Build the components and the iam program
	@cargo build --quiet --profile component --target $(WASM) $(COMPONENTS:%=-p iam-component-%)
	@cargo build --quiet --release -p iam-cli

.PHONY: targets
targets:
	@command -v cargo >/dev/null || { echo "Rust is missing: see https://rustup.rs" >&2; exit 1; }
	@tools/targets.sh

.PHONY: check
check: targets ## The fast part: format, lints, all three targets
	cargo fmt --all --check
	cargo clippy $(PROFILE) --workspace --all-targets -- -D warnings
	cargo check $(PROFILE) $(PORTABLE) --target $(WASM)
	cargo check $(PROFILE) $(PORTABLE) --target wasm32-unknown-unknown

.PHONY: test
test: ## Everything: unit, conformance, end to end; installs and starts what it needs
	tests/run.sh

.PHONY: bench
bench: build ## Measure, side by side, and print ratios; PARTS="engines scale" measures some of it only
	@HYDRA_BIN="$$(tools/hydra.sh)" || exit 1; export HYDRA_BIN; cargo run --quiet --release -p iam-bench -- $(PARTS)

.PHONY: docs
docs: ## Regenerate the pages that come from code
	cargo run --quiet -p iam-api --example errors_page > docs/errors.md.new && mv docs/errors.md.new docs/errors.md
	cargo run --quiet -p iam-api --example openapi > docs/openapi.json.new && mv docs/openapi.json.new docs/openapi.json

.PHONY: hydra
hydra: ## Build Hydra if there is none
	@tools/hydra.sh

.PHONY: clean
clean: ## Remove what was built and what `make up` keeps (.iam: the demo's data and its secrets)
	cargo clean
	rm -rf .iam
