// SPDX-License-Identifier: GPL-2.0-only
/*
 * kp_def - compiles probe definitions to facts for code generation
 *
 * Input: definitions in the kernel's kprobetrace language, with BTF names.
 * Output: with --m4 the files described in m4_write.c, for the generator; without
 * it the lines described in facts.c, for people. Nothing is written unless all
 * definitions are right.
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "auto.h"
#include "compile.h"
#include "facts.h"
#include "m4.h"
#include "state.h"

enum {
	OPT_ARCH = 256,
	OPT_BTF,
	OPT_MODULE_BTF,
	OPT_MODULE_DIR,
	OPT_ARGS,
	OPT_ARG,
	OPT_RET,
	OPT_BTF_ARGS,
	OPT_FILTER,
	OPT_PROTOTYPE,
	OPT_EXTRACT,
	OPT_M4,
	OPT_OUT,
	OPT_FOLLOW,
	OPT_SUM,
	OPT_SHOWSTACK,
	OPT_ERRORS,
	OPT_WITH,
	OPT_STATE,
	OPT_HELP,
};

static const struct option options[] = {
	{ "arch", required_argument, NULL, OPT_ARCH },
	{ "btf", required_argument, NULL, OPT_BTF },
	{ "module-btf", required_argument, NULL, OPT_MODULE_BTF },
	{ "module-dir", required_argument, NULL, OPT_MODULE_DIR },
	{ "args", no_argument, NULL, OPT_ARGS },
	{ "arg", required_argument, NULL, OPT_ARG },
	{ "ret", no_argument, NULL, OPT_RET },
	{ "btf-args", no_argument, NULL, OPT_BTF_ARGS },
	{ "filter", required_argument, NULL, OPT_FILTER },
	{ "prototype", no_argument, NULL, OPT_PROTOTYPE },
	{ "extract-btf", required_argument, NULL, OPT_EXTRACT },
	{ "m4", no_argument, NULL, OPT_M4 },
	{ "out", required_argument, NULL, OPT_OUT },
	{ "follow", no_argument, NULL, OPT_FOLLOW },
	{ "sum", required_argument, NULL, OPT_SUM },
	{ "showstack", no_argument, NULL, OPT_SHOWSTACK },
	{ "errors", no_argument, NULL, OPT_ERRORS },
	{ "with", required_argument, NULL, OPT_WITH },
	{ "state", required_argument, NULL, OPT_STATE },
	{ "help", no_argument, NULL, OPT_HELP },
	{ NULL, 0, NULL, 0 },
};

static const char usage[] =
	"usage: kp_def [OPTIONS] DEFINITION...     what the probes come to\n"
	"       kp_def [OPTIONS] --m4 --out=DIR DEFINITION...\n"
	"                                          the same, as m4 facts in DIR\n"
	"       kp_def [OPTIONS] --prototype FUNC  its C prototype\n"
	"       kp_def --extract-btf=VMLINUZ OUT   the raw BTF of an image\n"
	"\n"
	"  --arch=x86_64|arm64  registers and arguments of that architecture\n"
	"  --btf=FILE           BTF, raw or inside a vmlinux, module or bzImage\n"
	"                       (default: " DEF_BTF_DEFAULT ")\n"
	"  --module-btf=FILE    BTF of the probed function's module\n"
	"  --module-dir=DIR     where the BTF of each module is, by its name\n"
	"  --args               every parameter, in the form its type deserves\n"
	"  --arg=FETCHARG       one fetch argument, repeatable\n"
	"  --ret                the return value\n"
	"  --btf-args           $argN and $retval by BTF, as Linux 6.5 and later\n"
	"  --filter=EXPR        only events that match\n"
	"\n"
	"and with --m4\n"
	"  --follow             for the ring, not for the kernel log\n"
	"  --sum=WHAT           what is added up there: count, hist:FIELD,\n"
	"                       keys:comm, keys:ret, keys:stack\n"
	"  --showstack          each event has its stack\n"
	"  --errors             only errors are wanted of what is returned\n"
	"  --with=TEXT          the key depends on it, too; repeatable\n"
	"  --state=PATH         and on name, size and time of that file, or of\n"
	"                       all files below that directory; repeatable\n";

struct run {
	struct def_env env;
	const char *btf;
	const char *module_btf;
	const char *arch;
	const char *extract;
	const char *module_dir;
	const char **extra;
	struct m4_options m4;
	struct sha256 key;
	const char *out; /* the directory of --m4 */
	bool is_m4;
	bool bad_sum;
	bool prototype;
	bool help;
};

static int run__usage_error(const char *why)
{
	fprintf(stderr, "kp_load: error: kp_def: %s\n", why);
	fprintf(stderr, "kp_load: hint: try kp_def --help\n");
	return DEF_USAGE;
}

static int run__failed(const char *what, int err, int status)
{
	fprintf(stderr, "kp_load: error: kp_def: %s: %s\n", what,
		strerror(err));
	return status;
}

static int run__no_memory(void)
{
	return run__failed("start", ENOMEM, DEF_INTERNAL);
}

static int run__print(const char *text)
{
	if (fputs(text, stdout) < 0 || fflush(stdout))
		return run__failed("output", errno, DEF_MACHINE);
	return DEF_OK;
}

/* Of --m4. */
static void run__take_m4(struct run *r, int opt)
{
	switch (opt) {
	case OPT_M4:
		r->is_m4 = true;
		break;
	case OPT_OUT:
		r->out = optarg;
		break;
	case OPT_FOLLOW:
		r->m4.follow = true;
		break;
	case OPT_SUM:
		r->bad_sum |= m4__parse_sum(&r->m4, optarg);
		break;
	case OPT_SHOWSTACK:
		r->m4.showstack = true;
		break;
	case OPT_ERRORS:
		r->m4.errors = true;
		break;
	case OPT_WITH:
		sha256__add(&r->key, optarg, strlen(optarg) + 1);
		break;
	case OPT_STATE:
		state__add(&r->key, optarg);
		break;
	}
}

/* Of how the definitions are compiled. */
static bool run__take_compile(struct run *r, int opt)
{
	switch (opt) {
	case OPT_ARGS:
		r->env.args = true;
		return true;
	case OPT_ARG:
		r->extra[r->env.nextra++] = optarg;
		return true;
	case OPT_RET:
		r->env.ret = true;
		return true;
	case OPT_BTF_ARGS:
		r->env.btf_args = true;
		return true;
	case OPT_FILTER:
		r->env.filter = optarg;
		return true;
	}
	return false;
}

static void run__take_option(struct run *r, int opt)
{
	switch (opt) {
	case OPT_ARCH:
		r->arch = optarg;
		break;
	case OPT_BTF:
		r->btf = optarg;
		break;
	case OPT_MODULE_BTF:
		r->module_btf = optarg;
		break;
	case OPT_MODULE_DIR:
		r->module_dir = optarg;
		break;
	case OPT_PROTOTYPE:
		r->prototype = true;
		break;
	case OPT_EXTRACT:
		r->extract = optarg;
		break;
	case OPT_HELP:
		r->help = true;
		break;
	default:
		if (!run__take_compile(r, opt))
			run__take_m4(r, opt);
	}
}

static int run__parse_options(struct run *r, int argc, char **argv)
{
	int opt;

	r->extra = calloc((size_t)argc + 1, sizeof(*r->extra));
	if (!r->extra)
		return run__no_memory();
	opterr = 0;
	sha256__init(&r->key);
	while ((opt = getopt_long(argc, argv, "+h", options, NULL)) != -1) {
		if (opt == '?')
			return run__usage_error(
				"unknown option, or one without its value");
		run__take_option(r, opt == 'h' ? OPT_HELP : opt);
	}
	r->env.extra = r->extra;
	r->env.arch = arch__find(r->arch);
	if (!r->env.arch)
		return run__usage_error("--arch: x86_64 or arm64");
	if (r->bad_sum || (r->m4.mode != M4_EVENTS && !r->m4.follow))
		return run__usage_error(
			"--sum: count, hist:FIELD, keys:comm, keys:ret or keys:stack, with --follow");
	if (r->is_m4 != !!r->out)
		return run__usage_error("--m4 and --out=DIR go together");
	return DEF_OK;
}

static int run__extract(struct run *r, int argc, char **argv)
{
	struct btf_src *src;
	int err;

	if (argc != 1)
		return run__usage_error(
			"--extract-btf=VMLINUZ takes one file to write");
	src = btf_src__new(r->extract, NULL, NULL);
	if (!src)
		return run__no_memory();
	err = btf_src__extract(src, argv[0]);
	if (err == -ENODATA)
		fprintf(stderr, "kp_load: error: btf %s\n", btf_src__why(src));
	else if (err)
		fprintf(stderr, "kp_load: error: btf %s: %s\n", argv[0],
			strerror(-err));
	btf_src__free(src);
	return err ? DEF_MACHINE : DEF_OK;
}

static int run__prototype(struct run *r, const char *definition,
			  struct buf *out)
{
	struct def_error err = { 0 };
	struct def_probe p;
	const char *what;
	char *text;
	int ret;

	ret = probe__compile(&p, &r->env, definition, &err, &what, &text);
	if (!ret)
		ret = auto__prototype(&p, &r->env, out, &err);
	if (ret)
		error__print(&err, what, text ? text : definition, stderr);
	else
		buf__addf(out, ";\n");
	free(text);
	probe__free(&p);
	return error__status(&err);
}

static int run__compile_one(struct run *r, struct def_probe *p,
			    const char *definition)
{
	struct def_error err = { 0 };
	const char *what;
	char *text;
	int ret;

	ret = probe__compile(p, &r->env, definition, &err, &what, &text);
	if (ret) {
		error__print(&err, what, text ? text : definition, stderr);
		ret = error__status(&err);
	} else if (err.warning[0]) {
		fprintf(stderr, "kp_load: warning: definition: %s\n",
			err.warning);
	}
	free(text);
	return ret;
}

static int run__m4(struct run *r, struct def_probe *probes, int n)
{
	struct m4_module m = { .opt = r->m4 };
	int i, ret = DEF_OK;

	for (i = 0; !ret && i < n; i++)
		ret = m4__add(&m, &probes[i], &r->env);
	if (!ret)
		ret = m4__write(&m, r->out, &r->key);
	m4__free(&m);
	return ret;
}

static int run__lines(struct run *r, struct def_probe *probes, int n,
		      struct buf *out)
{
	const char *why;
	int i;

	for (i = 0; i < n; i++) {
		if (!facts__add(out, &probes[i], (unsigned int)i, &r->env,
				&why))
			continue;
		fprintf(stderr,
			"kp_load: internal error: kp_def: %s is not printable\n",
			why ? why : "fact");
		return DEF_INTERNAL;
	}
	return DEF_OK;
}

static int run__compile(struct run *r, int argc, char **argv, struct buf *out)
{
	struct def_probe *probes;
	int i, n, ret = DEF_OK;

	probes = calloc((size_t)argc, sizeof(*probes));
	if (!probes)
		return run__no_memory();
	for (n = 0; !ret && n < argc; n++)
		ret = run__compile_one(r, &probes[n], argv[n]);
	if (!ret)
		ret = r->is_m4 ? run__m4(r, probes, n) :
				 run__lines(r, probes, n, out);
	for (i = 0; i < n; i++)
		probe__free(&probes[i]);
	free(probes);
	return ret;
}

static int run__main(struct run *r, int argc, char **argv)
{
	struct buf out = { 0 };
	int ret;

	if (!argc)
		return run__usage_error("no definition");
	r->env.btf = btf_src__new(r->btf, r->module_btf, r->module_dir);
	if (!r->env.btf)
		return run__no_memory();
	if (r->prototype && argc > 1)
		ret = run__usage_error("--prototype takes one function");
	else if (r->prototype)
		ret = run__prototype(r, argv[0], &out);
	else
		ret = run__compile(r, argc, argv, &out);
	if (!ret)
		ret = run__print(out.data ? out.data : "");
	buf__free(&out);
	btf_src__free(r->env.btf);
	return ret;
}

int main(int argc, char **argv)
{
	struct run r = { 0 };
	int ret;

	ret = run__parse_options(&r, argc, argv);
	if (ret)
		goto out;
	if (r.help)
		ret = run__print(usage);
	else if (r.extract)
		ret = run__extract(&r, argc - optind, argv + optind);
	else
		ret = run__main(&r, argc - optind, argv + optind);
out:
	free(r.extra);
	return ret;
}
