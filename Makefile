# The commands of the project; `make help` lists them.

PREFIX ?= /usr/local
CHECKS := --explicit-target-dependency-import-check error
RELEASE := --configuration release --static-swift-stdlib --scratch-path .build-release
# Fewer than there are, so that what a test measures or waits for is its own.
TESTS_AT_ONCE := 4
# Of `make chaos`.
KILLS ?= 1000
SEED ?= 1
SWIFT_SOURCES := Package.swift Sources Tests Benchmarks
SHELL_SCRIPTS = $(shell grep -rlIE '^\#!.*bash' deploy studies Tests Benchmarks trainers .ci)

.DEFAULT_GOAL := help
.PHONY: help dependencies build demo test test-swift test-pytorch test-install test-chaos check-deploy \
	chaos bench bench-trainer bench-registry compare-trainers golden lint format \
	install clean

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

dependencies: ## install the Debian packages that are missing
	@deploy/install-dependencies.sh

build: dependencies ## build both programs (debug; the numeric targets are optimised)
	@swift build $(CHECKS)

demo: ## train a small real grid on real text and print its efficiency leverage
	@studies/demo/run

test: test-swift test-pytorch test-install test-chaos check-deploy ## run every test

test-swift: dependencies ## run the tests of the package
	@swift build --build-tests $(CHECKS)
	@swift test --skip-build --disable-xctest --experimental-maximum-parallelization-width $(TESTS_AT_ONCE)

test-pytorch: dependencies ## run the tests of the PyTorch trainer, and hold it to the protocol
	@trainers/pytorch/setup
	@cd trainers/pytorch && OMP_NUM_THREADS=1 ../../.build-peer/bin/python -m unittest -q test_trainer
	@swift build $(CHECKS) --product orchestrator
	@"$$(swift build --show-bin-path)"/orchestrator trainer check --exact --grace 60 \
		.build-peer/bin/python $(CURDIR)/trainers/pytorch/train.py --device cpu

test-install: dependencies ## install into a folder, move it, hide checkout and toolchain, run a grid
	@Tests/install/run

check-deploy: build ## hold units, manifests, proxy, alerts and dashboard to the programs that read them
	@deploy/check

test-chaos: ## kill daemon, workers and trainers twenty times (under a minute)
	@$(MAKE) --no-print-directory chaos KILLS=20

chaos: dependencies ## kill daemon, workers and trainers KILLS times (1000) and compare every loss
	@swift build $(CHECKS)
	@.build/debug/chaos --kills $(KILLS) --seed $(SEED)

bench: dependencies ## run the benchmarks
	@Benchmarks/run

bench-trainer: dependencies ## compare the trainer's speed with PyTorch's (ARGUMENTS="--quick --eager": minutes)
	@Benchmarks/Peer/run $(ARGUMENTS)

bench-registry: dependencies ## measure registry and daemon at scale (ARGUMENTS="--quick": under a minute)
	@Benchmarks/Registry/run $(ARGUMENTS)

golden: ## let PyTorch write the numbers that the trainer's tests are held to
	@trainers/pytorch/setup
	@OMP_NUM_THREADS=1 .build-peer/bin/python Tests/TrainerTests/Golden/make.py

compare-trainers: dependencies ## train one grid by both trainers on the CPU, losses side by side
	@studies/trainers/run

lint: ## check the style of Swift sources and the syntax of shell scripts
	@swift format lint --strict --parallel --recursive $(SWIFT_SOURCES)
	@for script in $(SHELL_SCRIPTS); do bash -n $$script || exit 1; done

format: ## rewrite the Swift sources in the project's style
	@swift format --in-place --parallel --recursive $(SWIFT_SOURCES)

install: dependencies ## build for release and install under PREFIX (default /usr/local)
	@swift build $(RELEASE) --product orchestrator
	@swift build $(RELEASE) --product worker
	@install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/orchestrator/studies \
		$(DESTDIR)$(PREFIX)/share/orchestrator/presets
	@install -s -m 755 .build-release/release/orchestrator .build-release/release/worker \
		$(DESTDIR)$(PREFIX)/bin
	@cp -r studies/. $(DESTDIR)$(PREFIX)/share/orchestrator/studies
	@install -m 644 presets/*.yaml $(DESTDIR)$(PREFIX)/share/orchestrator/presets
	@install -m 755 deploy/install-dependencies.sh $(DESTDIR)$(PREFIX)/share/orchestrator
	@install -d $(DESTDIR)$(PREFIX)/share/orchestrator/deploy
	@cp -r deploy/systemd deploy/nginx deploy/prometheus deploy/grafana deploy/kubernetes \
		$(DESTDIR)$(PREFIX)/share/orchestrator/deploy

clean: ## remove what was built; prepared corpora and registries stay
	@rm -rf .build .build-release .build-deploy
