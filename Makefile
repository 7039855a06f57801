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

# With --record all but arm write to bench/results and README.md.
bench:
	bench/arm
	bench/hit
	bench/armed
	bench/loss

golden-update:
	tests/golden/update

clean:
	rm -rf tmp build

.PHONY: all check test test-vm bench golden-update clean
