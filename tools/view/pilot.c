// SPDX-License-Identifier: GPL-2.0-only
/* pilot.c - see pilot.h */
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "params.h"
#include "pilot.h"

#define PILOT_MS 100
#define NS_PER_SEC 1000000000

int pilot__run(const char *stats, uint64_t hit_ns, int sigfd)
{
	struct pollfd signal = { .fd = sigfd, .events = POLLIN };
	uint64_t began = now__ns(), was = 0, hits = 0, ns, rate;
	int err = 0;

	param__read(stats, "unseen", &was);
	poll(&signal, 1, PILOT_MS);
	ns = now__ns() - began;
	if (!signal.revents && !param__read(stats, "unseen", &hits)) {
		rate = (uint64_t)((double)(hits - was) * NS_PER_SEC / ns);
		fprintf(stderr,
			"kp_load: pilot: about %" PRIu64
			" hits a second, %" PRIu64 " %% of a CPU\n",
			rate, rate * hit_ns * 100 / NS_PER_SEC);
	}
	if (!signal.revents)
		err = param__write(stats, "enabled", "1");
	if (err)
		fprintf(stderr,
			"kp_view: error: the probe cannot be switched on: %s\n",
			strerror(-err));
	return err;
}
