# The few commands; each is a script of that name in scripts/.
.PHONY: help run test fmt figures web e2e demo-documents

help: ## what there is
	@sed -n 's/^\([a-z0-9-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 24

run: ## install what is missing, build, and serve a demonstration on http://127.0.0.1:3000
	@scripts/run

test: ## everything: format, lints, unit, integration and browser tests
	@scripts/test

web: ## only the browser's part, quick to build
	@scripts/build-web --dev

e2e: ## only the browser journeys
	@scripts/e2e

fmt: ## format the Rust code
	@bash -c ". scripts/env.sh; cargo fmt --all"

figures: ## measure and write docs/figures.md
	@scripts/figures

demo-documents: ## make the demonstration documents and images anew
	@scripts/demo-documents
