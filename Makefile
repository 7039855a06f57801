# SPDX-License-Identifier: GPL-2.0-only
# The tiers of the tests by name; tests/run does the work, and installs what
# they need.

all: check

# Seconds: no kernel is built for, none is booted.
check:
	tests/run lint unit golden hostile tools

# Builds modules for the installed kernel.
test: check
	tests/run build

# Boots guests.
test-vm:
	tests/run vm locked rehearse broken

bench:
	bench/arm
	bench/hit
	bench/armed
	bench/loss
	bench/idle

# The same, into bench/results and README.md. It takes half an hour of two CPUs.
bench-record:
	bench/arm --record
	bench/hit --record
	bench/armed --record
	bench/loss --record
	bench/idle --record

golden-update:
	tests/golden/update

clean:
	rm -rf tmp build

.PHONY: all check test test-vm bench bench-record golden-update clean
