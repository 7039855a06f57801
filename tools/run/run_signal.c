// SPDX-License-Identifier: GPL-2.0-only
/* run_signal.c - see run_signal.h */
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "run_log.h"
#include "run_signal.h"

/* All that end a process which does not know them, and are not its own fault. */
static const int ending[] = {
	SIGINT,	 SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2,
	SIGALRM, SIGPOLL, SIGPWR, SIGPROF, SIGXCPU, SIGVTALRM,
};

#define N_ENDING (sizeof(ending) / sizeof(ending[0]))

static sigset_t held;
static int first;

void signals__hold(void)
{
	struct sigaction was;
	size_t i;

	sigemptyset(&held);
	sigaddset(&held, SIGCHLD);
	signal(SIGCHLD, SIG_DFL);
	for (i = 0; i < N_ENDING; i++) {
		/* nohup means what it says. */
		if (ending[i] == SIGHUP && !sigaction(SIGHUP, NULL, &was) &&
		    was.sa_handler == SIG_IGN)
			continue;
		signal(ending[i], SIG_DFL);
		sigaddset(&held, ending[i]);
	}
	/* Where nobody reads our messages any more the undo is done all the same. */
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	sigprocmask(SIG_BLOCK, &held, NULL);
}

void signals__follow_parent(pid_t parent)
{
	/* One that died before the kernel was told sends no signal any more. */
	if (prctl(PR_SET_PDEATHSIG, SIGTERM) || getppid() != parent)
		raise(SIGTERM);
}

int signals__taken(void)
{
	static const struct timespec now;
	int sig;

	while (!first) {
		sig = sigtimedwait(&held, NULL, &now);
		if (sig < 0 && errno != EINTR)
			break;
		if (sig > 0 && sig != SIGCHLD)
			first = sig;
	}
	return first;
}

void signals__hand_over(void)
{
	sigset_t set;

	/* Those that the viewer waits for stay held until it does. */
	set = held;
	sigdelset(&set, SIGINT);
	sigdelset(&set, SIGTERM);
	sigdelset(&set, SIGHUP);
	signal(SIGPIPE, SIG_DFL);
	signal(SIGXFSZ, SIG_DFL);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
}

static void signals__hand_on(pid_t child, int sig)
{
	if (!first)
		first = sig;
	kill(child, sig == SIGINT || sig == SIGHUP ? sig : SIGTERM);
}

int signals__wait(pid_t child)
{
	int sig, status;
	pid_t ended;

	if (first)
		signals__hand_on(child, first);
	for (;;) {
		ended = waitpid(child, &status, WNOHANG);
		if (ended == child)
			return WIFEXITED(status) ? WEXITSTATUS(status) :
						   EX_SIGNAL + WTERMSIG(status);
		if (ended < 0)
			return EX_INTERNAL;
		sig = sigwaitinfo(&held, NULL);
		if (sig > 0 && sig != SIGCHLD)
			signals__hand_on(child, sig);
	}
}
