// SPDX-License-Identifier: GPL-2.0-only
/*
 * kp_def - compiles probe definitions to facts for code generation
 *
 * Input: definitions in the kernel's kprobetrace language, with BTF names.
 * Output: the lines described in facts.c. Nothing is printed unless all
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
#include "probe.h"

enum {
	OPT_ARCH = 256,
	OPT_BTF,
	OPT_MODULE_BTF,
	OPT_ARGS,
	OPT_ARG,
	OPT_RET,
	OPT_BTF_ARGS,
	OPT_FILTER,
	OPT_PROTOTYPE,
	OPT_EXTRACT,
	OPT_HELP,
};

static const struct option options[] = {
	{ "arch", required_argument, NULL, OPT_ARCH },
	{ "btf", required_argument, NULL, OPT_BTF },
	{ "module-btf", required_argument, NULL, OPT_MODULE_BTF },
	{ "args", no_argument, NULL, OPT_ARGS },
	{ "arg", required_argument, NULL, OPT_ARG },
	{ "ret", no_argument, NULL, OPT_RET },
	{ "btf-args", no_argument, NULL, OPT_BTF_ARGS },
	{ "filter", required_argument, NULL, OPT_FILTER },
	{ "prototype", no_argument, NULL, OPT_PROTOTYPE },
	{ "extract-btf", required_argument, NULL, OPT_EXTRACT },
	{ "help", no_argument, NULL, OPT_HELP },
	{ NULL, 0, NULL, 0 },
};

static const char usage[] =
	"usage: kp_def [OPTIONS] DEFINITION...     facts of the probes\n"
	"       kp_def [OPTIONS] --prototype FUNC  its C prototype\n"
	"       kp_def --extract-btf=VMLINUZ OUT   the raw BTF of an image\n"
	"\n"
	"  --arch=x86_64|arm64  registers and arguments of that architecture\n"
	"  --btf=FILE           BTF, raw or inside a vmlinux, module or bzImage\n"
	"                       (default: " DEF_BTF_DEFAULT ")\n"
	"  --module-btf=FILE    BTF of the probed function's module\n"
	"  --args               every parameter, in the form its type deserves\n"
	"  --arg=FETCHARG       one fetch argument, repeatable\n"
	"  --ret                the return value\n"
	"  --btf-args           $argN and $retval by BTF, as Linux 6.5 and later\n"
	"  --filter=EXPR        only events that match\n";

struct run {
	struct def_env env;
	const char *btf;
	const char *module_btf;
	const char *arch;
	const char *extract;
	const char **extra;
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
	case OPT_ARGS:
		r->env.args = true;
		break;
	case OPT_ARG:
		r->extra[r->env.nextra++] = optarg;
		break;
	case OPT_RET:
		r->env.ret = true;
		break;
	case OPT_BTF_ARGS:
		r->env.btf_args = true;
		break;
	case OPT_FILTER:
		r->env.filter = optarg;
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
	}
}

static int run__parse_options(struct run *r, int argc, char **argv)
{
	int opt;

	r->extra = calloc((size_t)argc + 1, sizeof(*r->extra));
	if (!r->extra)
		return run__no_memory();
	opterr = 0;
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
	return DEF_OK;
}

static int run__extract(struct run *r, int argc, char **argv)
{
	struct btf_src *src;
	int err;

	if (argc != 1)
		return run__usage_error(
			"--extract-btf=VMLINUZ takes one file to write");
	src = btf_src__new(r->extract, NULL);
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

static int run__compile_one(struct run *r, struct def_probe *probes, int i,
			    const char *definition, struct buf *out)
{
	struct def_error err = { 0 };
	const char *what, *why;
	char *text;
	int ret;

	ret = probe__compile(&probes[i], &r->env, definition, &err, &what,
			     &text);
	if (ret) {
		error__print(&err, what, text ? text : definition, stderr);
		ret = error__status(&err);
	} else if (facts__add(out, &probes[i], (unsigned int)i, &r->env,
			      &why)) {
		fprintf(stderr,
			"kp_load: internal error: kp_def: %s is not printable\n",
			why ? why : "fact");
		ret = DEF_INTERNAL;
	} else if (err.warning[0]) {
		fprintf(stderr, "kp_load: warning: definition: %s\n",
			err.warning);
	}
	free(text);
	return ret;
}

static int run__compile(struct run *r, int argc, char **argv, struct buf *out)
{
	struct def_probe *probes;
	int i, n, ret = DEF_OK;

	probes = calloc((size_t)argc, sizeof(*probes));
	if (!probes)
		return run__no_memory();
	for (n = 0; !ret && n < argc; n++)
		ret = run__compile_one(r, probes, n, argv[n], out);
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
	r->env.btf = btf_src__new(r->btf, r->module_btf);
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
