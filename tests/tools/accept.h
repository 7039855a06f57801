/* SPDX-License-Identifier: GPL-2.0-only */
/* accept.h - what is accepted, and its facts; see test_def.c */
/* clang-format off */
#define FIELD_DEF "p f n=%di:s32 u=%si:u8 l=%dx:s64 x=%cx s=+0(%dx):string c=%r8:char"
#define FIELDS \
	  "probe\t0\tp\tkprobes\tp_f_0\t-\tf\t0\t0\n" \
	  "arg\t0\tentry\tn\ts32\tvalue\tkp_reg(regs, di)\t0\t%d\t-\n" \
	  "arg\t0\tentry\tu\tu8\tvalue\tkp_reg(regs, si)\t0\t%u\t-\n" \
	  "arg\t0\tentry\tl\ts64\tvalue\tkp_reg(regs, dx)\t0\t%lld\t-\n" \
	  "arg\t0\tentry\tx\tu64\tvalue\tkp_reg(regs, cx)\t0\t0x%llx\t-\n" \
	  "arg\t0\tentry\ts\tstr\tstring\tkp_reg(regs, dx)\t0\t\\\"%s\\\"\t-\n" \
	  "arg\t0\tentry\tc\tu8\tchar\tkp_reg(regs, r8)\t0\t'%c'\t-\n"

static const struct accept accepts[] = {
	{ { "", "vfs_read", NULL, NULL },
	  "probe\t0\tp\tkprobes\tvfs_read\t-\tvfs_read\t0\t0\n" },
	{ { "", "ext4:ext4_file_open", NULL, NULL },
	  "probe\t0\tp\tkprobes\text4_file_open\text4\text4_file_open\t0\t0\n" },
	{ { "", "vfs_read+0x10", NULL, NULL },
	  "probe\t0\tp\tkprobes\tvfs_read_16\t-\tvfs_read\t16\t0\n" },
	{ { "", "foo.isra.0", NULL, NULL },
	  "probe\t0\tp\tkprobes\tfoo_isra_0\t-\tfoo.isra.0\t0\t0\n" },
	{ { "r", "vfs_read", NULL, NULL },
	  "probe\t0\tr\tkprobes\tvfs_read\t-\tvfs_read\t0\t0\n" RETURNS("long")
	  "arg\t0\treturn\tret\tu64\tvalue\tkp_retval(regs)\t0\t0x%llx\t-\n" },
	{ { "", "vfs_read%return", NULL, NULL },
	  "probe\t0\tr\tkprobes\tvfs_read\t-\tvfs_read\t0\t0\n" RETURNS("long") },
	{ { "", "sys_openat", NULL, NULL },
	  "probe\t0\tp\tkprobes\tsys_openat\t-\t__x64_sys_openat\t0\t0\n" },
	{ { "m", "sys_openat", NULL, NULL },
	  "probe\t0\tp\tkprobes\tsys_openat\t-\t__arm64_sys_openat\t0\t0\n" },
	{ { "a", "__x64_sys_openat", NULL, NULL },
	  "probe\t0\tp\tkprobes\t__x64_sys_openat\t-\t__x64_sys_openat\t0\t0\n"
	  "arg\t0\tentry\tdfd\ts32\tvalue\tkp_sysarg(regs, 0)\t0\t%d\tint dfd\n"
	  "arg\t0\tentry\tfilename\tstr\tustring\tkp_sysarg(regs, 1)\t0\t\\\"%s\\\"\tconst char __user *filename\n"
	  "arg\t0\tentry\tflags\ts32\tvalue\tkp_sysarg(regs, 2)\t0\t%d\tint flags\n"
	  "arg\t0\tentry\tmode\tu16\tvalue\tkp_sysarg(regs, 3)\t0\t0%o\tumode_t mode\n" },
	{ { "ar", "sys_openat", NULL, NULL },
	  "probe\t0\tr\tkprobes\tsys_openat\t-\t__x64_sys_openat\t0\t0\n" RETURNS("long")
	  "arg\t0\tentry\tdfd\ts32\tvalue\tkp_sysarg(regs, 0)\t0\t%d\tint dfd\n"
	  "arg\t0\tentry\tfilename\tstr\tustring\tkp_sysarg(regs, 1)\t0\t\\\"%s\\\"\tconst char __user *filename\n"
	  "arg\t0\tentry\tflags\ts32\tvalue\tkp_sysarg(regs, 2)\t0\t%d\tint flags\n"
	  "arg\t0\tentry\tmode\tu16\tvalue\tkp_sysarg(regs, 3)\t0\t0%o\tumode_t mode\n"
	  "arg\t0\treturn\tret\ts64\terrno\tkp_retval(regs)\t0\t%lld\tlong ret\n" },
	{ { "an", "sys_execve", NULL, NULL },
	  "probe\t0\tp\tkprobes\tsys_execve\t-\t__x64_sys_execve\t0\t0\n"
	  "arg\t0\tentry\tfilename\tstr\tustring\tkp_sysarg(regs, 0)\t0\t\\\"%s\\\"\tconst char __user *filename\n"
	  "arg\t0\tentry\targv\tu64\tpointer\tkp_sysarg(regs, 1)\t0\t0x%llx\tconst char __user *const __user *argv\n"
	  "arg\t0\tentry\tenvp\tu64\tpointer\tkp_sysarg(regs, 2)\t0\t0x%llx\tconst char __user *const __user *envp\n" },
	{ { "an", "sys_connect", NULL, NULL },
	  "probe\t0\tp\tkprobes\tsys_connect\t-\t__x64_sys_connect\t0\t0\n"
	  "arg\t0\tentry\tfd\ts32\tvalue\tkp_sysarg(regs, 0)\t0\t%d\tint fd\n"
	  "arg\t0\tentry\tuservaddr\tstr\tsockaddr_len\tkp_sysarg(regs, 1), kp_sysarg(regs, 2)\t0\t%pISpc\tstruct sockaddr __user *uservaddr\n"
	  "arg\t0\tentry\taddrlen\ts32\tvalue\tkp_sysarg(regs, 2)\t0\t%d\tint addrlen\n" },
	{ { "a", "t_connect", NULL, NULL },
	  "probe\t0\tp\tkprobes\tt_connect\t-\tt_connect\t0\t0\n"
	  "arg\t0\tentry\tname\tstr\tsockaddr_len\tkp_arg(regs, 0), kp_arg(regs, 1)\t0\t%pISpc\tstruct sockaddr *name\n"
	  "arg\t0\tentry\taddr_len\ts32\tvalue\tkp_arg(regs, 1)\t0\t%d\tint addr_len\n"
	  "arg\t0\tentry\tpeer\tstr\tsockaddr\tkp_arg(regs, 2)\t0\t%pISpc\tstruct sockaddr *peer\n"
	  "arg\t0\tentry\tbio\tstr\tbio\tkp_arg(regs, 3)\t0\t%s\tstruct bio *bio\n" },
	{ { "", "p:myopen do_sys_openat2", NULL, NULL },
	  "probe\t0\tp\tkprobes\tmyopen\t-\tdo_sys_openat2\t0\t0\n" },
	{ { "", "p:g/n do_sys_openat2+4", NULL, NULL },
	  "probe\t0\tp\tg\tn\t-\tdo_sys_openat2\t4\t0\n" },
	{ { "", "p:g.n f", NULL, NULL },
	  "probe\t0\tp\tg\tn\t-\tf\t0\t0\n" },
	{ { "", "p:g/ f", NULL, NULL },
	  "probe\t0\tp\tg\tp_f_0\t-\tf\t0\t0\n" },
	{ { "", "p mod:f.cold+8", NULL, NULL },
	  "probe\t0\tp\tkprobes\tp_mod_f_cold_8\tmod\tf.cold\t8\t0\n" },
	{ { "", "r f", NULL, NULL },
	  "probe\t0\tr\tkprobes\tr_f_0\t-\tf\t0\t0\n" RETURNS("long") },
	{ { "", "r64:myret f $retval", NULL, NULL },
	  "probe\t0\tr\tkprobes\tmyret\t-\tf\t0\t64\n" RETURNS("long")
	  "arg\t0\treturn\targ1\tu64\tvalue\tkp_retval(regs)\t0\t0x%llx\t-\n" },
	{ { "", "p:x f%return $retval", NULL, NULL },
	  "probe\t0\tr\tkprobes\tx\t-\tf\t0\t0\n" RETURNS("long")
	  "arg\t0\treturn\targ1\tu64\tvalue\tkp_retval(regs)\t0\t0x%llx\t-\n" },
	{ { "", "r0x10 f", NULL, NULL },
	  "probe\t0\tr\tkprobes\tr_f_0\t-\tf\t0\t16\n" RETURNS("long") },
	{ { "", "r010:x mod:f", NULL, NULL },
	  "probe\t0\tr\tkprobes\tx\tmod\tf\t0\t8\n" RETURNS("long") },
	{ { "", "  p   f\t%di   # comment", NULL, NULL },
	  "probe\t0\tp\tkprobes\tp_f_0\t-\tf\t0\t0\n"
	  "arg\t0\tentry\targ1\tu64\tvalue\tkp_reg(regs, di)\t0\t0x%llx\t-\n" },
	{ { "", "p f %di %si:u8 %dx:s16 %cx:x32 %r8:char %r9:symbol %ax:symstr %sp:s64", NULL, NULL },
	  "probe\t0\tp\tkprobes\tp_f_0\t-\tf\t0\t0\n"
	  "arg\t0\tentry\targ1\tu64\tvalue\tkp_reg(regs, di)\t0\t0x%llx\t-\n"
	  "arg\t0\tentry\targ2\tu8\tvalue\tkp_reg(regs, si)\t0\t%u\t-\n"
	  "arg\t0\tentry\targ3\ts16\tvalue\tkp_reg(regs, dx)\t0\t%d\t-\n"
	  "arg\t0\tentry\targ4\tu32\tvalue\tkp_reg(regs, cx)\t0\t0x%x\t-\n"
	  "arg\t0\tentry\targ5\tu8\tchar\tkp_reg(regs, r8)\t0\t'%c'\t-\n"
	  "arg\t0\tentry\targ6\tu64\tsymbol\tkp_reg(regs, r9)\t0\t%pS\t-\n"
	  "arg\t0\tentry\targ7\tstr\tsymstr\tkp_reg(regs, ax)\t0\t\\\"%s\\\"\t-\n"
	  "arg\t0\tentry\targ8\ts64\tvalue\tkp_reg(regs, sp)\t0\t%lld\t-\n" },
	{ { "m", "p f %x0 %x30 %lr %pstate", NULL, NULL },
	  "probe\t0\tp\tkprobes\tp_f_0\t-\tf\t0\t0\n"
	  "arg\t0\tentry\targ1\tu64\tvalue\tkp_reg(regs, regs[0])\t0\t0x%llx\t-\n"
	  "arg\t0\tentry\targ2\tu64\tvalue\tkp_reg(regs, regs[30])\t0\t0x%llx\t-\n"
	  "arg\t0\tentry\targ3\tu64\tvalue\tkp_reg(regs, regs[30])\t0\t0x%llx\t-\n"
	  "arg\t0\tentry\targ4\tu64\tvalue\tkp_reg(regs, pstate)\t0\t0x%llx\t-\n" },
	{ { "", "p f $arg1 $arg7:s8 $stack $stack0 $stack12:u32 $comm $COMM:string", NULL, NULL },
	  "probe\t0\tp\tkprobes\tp_f_0\t-\tf\t0\t0\n"
	  "arg\t0\tentry\targ1\tu64\tvalue\tkp_arg(regs, 0)\t0\t0x%llx\t-\n"
	  "arg\t0\tentry\targ2\ts8\tvalue\tkp_arg(regs, 6)\t0\t%d\t-\n"
	  "arg\t0\tentry\targ3\tu64\tvalue\tkp_stack_addr(regs)\t0\t0x%llx\t-\n"
	  "arg\t0\tentry\targ4\tu64\tvalue\tkp_stack(regs, 0)\t0\t0x%llx\t-\n"
	  "arg\t0\tentry\targ5\tu32\tvalue\tkp_stack(regs, 12)\t0\t%u\t-\n"
	  "arg\t0\tentry\targ6\tstr\tcomm\tcurrent->comm\t0\t\\\"%s\\\"\t-\n"
	  "arg\t0\tentry\targ7\tstr\tcomm\tcurrent->comm\t0\t\\\"%s\\\"\t-\n" },
	{ { "", "p f x=@jiffies y=@jiffies+8:u32 z=@jiffies-0x10:string w=@0xffff888000001000:x8 v=@12", NULL, NULL },
	  "probe\t0\tp\tkprobes\tp_f_0\t-\tf\t0\t0\n"
	  "sym\t0\tjiffies\n"
	  "arg\t0\tentry\tx\tu64\tvalue\tkp_read_u64(&err, kp_sym(\"jiffies\"))\t0\t0x%llx\t-\n"
	  "arg\t0\tentry\ty\tu32\tvalue\tkp_read_u32(&err, kp_sym(\"jiffies\") + 8)\t0\t%u\t-\n"
	  "arg\t0\tentry\tz\tstr\tstring\tkp_sym(\"jiffies\") - 16\t0\t\\\"%s\\\"\t-\n"
	  "arg\t0\tentry\tw\tu8\tvalue\tkp_read_u8(&err, 0xffff888000001000UL)\t0\t0x%x\t-\n"
	  "arg\t0\tentry\tv\tu64\tvalue\tkp_read_u64(&err, 12)\t0\t0x%llx\t-\n" },
	{ { "", "p f \\5 \\-7 \\+3:s32 \\0xffffffffff \\\"text\" t=\\\"a$b/*\" \\5:string", NULL, NULL },
	  "probe\t0\tp\tkprobes\tp_f_0\t-\tf\t0\t0\n"
	  "arg\t0\tentry\targ1\tu64\tvalue\t5\t0\t0x%llx\t-\n"
	  "arg\t0\tentry\targ2\tu64\tvalue\t-7\t0\t0x%llx\t-\n"
	  "arg\t0\tentry\targ3\ts32\tvalue\t3\t0\t%d\t-\n"
	  "arg\t0\tentry\targ4\tu64\tvalue\t0xffffffffffUL\t0\t0x%llx\t-\n"
	  "arg\t0\tentry\targ5\tstr\ttext\t\"text\"\t0\t\\\"%s\\\"\t-\n"
	  "arg\t0\tentry\tt\tstr\ttext\t\"a\\044b/\\052\"\t0\t\\\"%s\\\"\t-\n"
	  "arg\t0\tentry\targ7\tstr\tstring\t5\t0\t\\\"%s\\\"\t-\n" },
	{ { "", "p f +0(%di) -8(%si):s32 +8(+16($arg1)):u16 +u4(%dx):u8 +u0(+u8(%cx)):s8 ++1(%di):u8 -0x10(@sym+4)", NULL, NULL },
	  "probe\t0\tp\tkprobes\tp_f_0\t-\tf\t0\t0\n"
	  "sym\t0\tsym\n"
	  "arg\t0\tentry\targ1\tu64\tvalue\tkp_read_u64(&err, kp_reg(regs, di))\t0\t0x%llx\t-\n"
	  "arg\t0\tentry\targ2\ts32\tvalue\tkp_read_s32(&err, kp_reg(regs, si) - 8)\t0\t%d\t-\n"
	  "arg\t0\tentry\targ3\tu16\tvalue\tkp_read_u16(&err, kp_deref(&err, kp_arg(regs, 0) + 16) + 8)\t0\t%u\t-\n"
	  "arg\t0\tentry\targ4\tu8\tvalue\tkp_read_u8_user(&err, kp_reg(regs, dx) + 4)\t0\t%u\t-\n"
	  "arg\t0\tentry\targ5\ts8\tvalue\tkp_read_s8_user(&err, kp_deref_user(&err, kp_reg(regs, cx) + 8))\t0\t%d\t-\n"
	  "arg\t0\tentry\targ6\tu8\tvalue\tkp_read_u8(&err, kp_reg(regs, di) + 1)\t0\t%u\t-\n"
	  "arg\t0\tentry\targ7\tu64\tvalue\tkp_read_u64(&err, kp_deref(&err, kp_sym(\"sym\") + 4) - 16)\t0\t0x%llx\t-\n" },
	{ { "", "p f +0(%di):string +0(%di):ustring +u0(%di):string +8(+0(%di)):string @sym:ustring +0(%di):symstr", NULL, NULL },
	  "probe\t0\tp\tkprobes\tp_f_0\t-\tf\t0\t0\n"
	  "sym\t0\tsym\n"
	  "arg\t0\tentry\targ1\tstr\tstring\tkp_reg(regs, di)\t0\t\\\"%s\\\"\t-\n"
	  "arg\t0\tentry\targ2\tstr\tustring\tkp_reg(regs, di)\t0\t\\\"%s\\\"\t-\n"
	  "arg\t0\tentry\targ3\tstr\tustring\tkp_reg(regs, di)\t0\t\\\"%s\\\"\t-\n"
	  "arg\t0\tentry\targ4\tstr\tstring\tkp_deref(&err, kp_reg(regs, di)) + 8\t0\t\\\"%s\\\"\t-\n"
	  "arg\t0\tentry\targ5\tstr\tustring\tkp_sym(\"sym\")\t0\t\\\"%s\\\"\t-\n"
	  "arg\t0\tentry\targ6\tstr\tsymstr\tkp_deref(&err, kp_reg(regs, di))\t0\t\\\"%s\\\"\t-\n" },
	{ { "", "p f +0(%di):u8[4] -8(%si):s32[2] +0(%di):char[64] +0(%di):symbol[2] @sym:x64[3] +0(+8(%di)):b4@3/16[2]", NULL, NULL },
	  "probe\t0\tp\tkprobes\tp_f_0\t-\tf\t0\t0\n"
	  "sym\t0\tsym\n"
	  "arg\t0\tentry\targ1\tu8\tvalue\tkp_read_u8(&err, kp_reg(regs, di) + i)\t4\t%u\t-\n"
	  "arg\t0\tentry\targ2\ts32\tvalue\tkp_read_s32(&err, kp_reg(regs, si) - 8 + i * 4)\t2\t%d\t-\n"
	  "arg\t0\tentry\targ3\tu8\tchar\tkp_read_u8(&err, kp_reg(regs, di) + i)\t64\t'%c'\t-\n"
	  "arg\t0\tentry\targ4\tu64\tsymbol\tkp_read_u64(&err, kp_reg(regs, di) + i * 8)\t2\t%pS\t-\n"
	  "arg\t0\tentry\targ5\tu64\tvalue\tkp_read_u64(&err, kp_sym(\"sym\") + i * 8)\t3\t0x%llx\t-\n"
	  "arg\t0\tentry\targ6\tu16\tbitfield\t(kp_read_u16(&err, kp_deref(&err, kp_reg(regs, di) + 8) + i * 2) >> 3) & 0xf\t2\t%u\t-\n" },
	{ { "", "p f +0(%di):string[2] +u0(%di):string[2] +8(+0(%di)):ustring[4] @sym:string[2]", NULL, NULL },
	  "probe\t0\tp\tkprobes\tp_f_0\t-\tf\t0\t0\n"
	  "sym\t0\tsym\n"
	  "arg\t0\tentry\targ1\tstr\tstring\tkp_deref(&err, kp_reg(regs, di) + i * 8)\t2\t\\\"%s\\\"\t-\n"
	  "arg\t0\tentry\targ2\tstr\tstring\tkp_deref_user(&err, kp_reg(regs, di) + i * 8)\t2\t\\\"%s\\\"\t-\n"
	  "arg\t0\tentry\targ3\tstr\tustring\tkp_deref(&err, kp_deref(&err, kp_reg(regs, di)) + 8 + i * 8)\t4\t\\\"%s\\\"\t-\n"
	  "arg\t0\tentry\targ4\tstr\tstring\tkp_deref(&err, kp_sym(\"sym\") + i * 8)\t2\t\\\"%s\\\"\t-\n" },
	{ { "", "p f %di:b4@0/8 %di:b3@4/16 +0(%di):b64@0/64 +4(%di):b33@2/64 $arg1:b1@31/32", NULL, NULL },
	  "probe\t0\tp\tkprobes\tp_f_0\t-\tf\t0\t0\n"
	  "arg\t0\tentry\targ1\tu8\tbitfield\tkp_reg(regs, di) & 0xf\t0\t%u\t-\n"
	  "arg\t0\tentry\targ2\tu16\tbitfield\t(kp_reg(regs, di) >> 4) & 0x7\t0\t%u\t-\n"
	  "arg\t0\tentry\targ3\tu64\tbitfield\tkp_read_u64(&err, kp_reg(regs, di)) & 0xffffffffffffffffUL\t0\t%llu\t-\n"
	  "arg\t0\tentry\targ4\tu64\tbitfield\t(kp_read_u64(&err, kp_reg(regs, di) + 4) >> 2) & 0x1ffffffffUL\t0\t%llu\t-\n"
	  "arg\t0\tentry\targ5\tu32\tbitfield\t(kp_arg(regs, 0) >> 31) & 0x1\t0\t%u\t-\n" },
	{ { "", "p f %di:%pd name=$arg2:%pD +8(%di):%pd @sym:%pD", NULL, NULL },
	  "probe\t0\tp\tkprobes\tp_f_0\t-\tf\t0\t0\n"
	  "sym\t0\tsym\n"
	  "arg\t0\tentry\targ1\tstr\tdentry\tkp_reg(regs, di)\t0\t\\\"%s\\\"\t-\n"
	  "arg\t0\tentry\tname\tstr\tfile\tkp_arg(regs, 1)\t0\t\\\"%s\\\"\t-\n"
	  "arg\t0\tentry\targ3\tstr\tdentry\tkp_deref(&err, kp_reg(regs, di) + 8)\t0\t\\\"%s\\\"\t-\n"
	  "arg\t0\tentry\targ4\tstr\tfile\tkp_deref(&err, kp_sym(\"sym\"))\t0\t\\\"%s\\\"\t-\n" },
	{ { "", "p f +0(+0(+0(+0(+0(+0(+0(+0(+0(+0(+0(+0(+0(%di)))))))))))))", NULL, NULL },
	  "probe\t0\tp\tkprobes\tp_f_0\t-\tf\t0\t0\n"
	  "arg\t0\tentry\targ1\tu64\tvalue\tkp_read_u64(&err, kp_deref(&err, kp_deref(&err, kp_deref(&err, kp_deref(&err, kp_deref(&err, kp_deref(&err, kp_deref(&err, kp_deref(&err, kp_deref(&err, kp_deref(&err, kp_deref(&err, kp_deref(&err, kp_reg(regs, di))))))))))))))\t0\t0x%llx\t-\n" },
	{ { "", "p f +0(%di)junk", NULL, NULL },
	  "probe\t0\tp\tkprobes\tp_f_0\t-\tf\t0\t0\n"
	  "arg\t0\tentry\targ1\tu64\tvalue\tkp_read_u64(&err, kp_reg(regs, di))\t0\t0x%llx\t-\n" },
	{ { "", "r f $arg1 x=+0($arg3):ustring %ax $stack1 $retval:s32 +4($retval):u8", NULL, NULL },
	  "probe\t0\tr\tkprobes\tr_f_0\t-\tf\t0\t0\n" RETURNS("int")
	  "save\t0\t0\n"
	  "save\t0\t2\n"
	  "arg\t0\treturn\targ1\tu64\tvalue\tkp_entry_arg(ri, 0)\t0\t0x%llx\t-\n"
	  "arg\t0\treturn\tx\tstr\tustring\tkp_entry_arg(ri, 2)\t0\t\\\"%s\\\"\t-\n"
	  "arg\t0\treturn\targ3\tu64\tvalue\tkp_reg(regs, ax)\t0\t0x%llx\t-\n"
	  "arg\t0\treturn\targ4\tu64\tvalue\tkp_stack(regs, 1)\t0\t0x%llx\t-\n"
	  "arg\t0\treturn\targ5\ts32\tvalue\tkp_retval(regs)\t0\t%d\t-\n"
	  "arg\t0\treturn\targ6\tu8\tvalue\tkp_read_u8(&err, kp_retval(regs) + 4)\t0\t%u\t-\n" },
	{ { "", "p t_all dfd small s o c b g fn buf count", NULL, NULL },
	  "probe\t0\tp\tkprobes\tp_t_all_0\t-\tt_all\t0\t0\n"
	  "arg\t0\tentry\tdfd\ts32\tvalue\tkp_arg(regs, 0)\t0\t%d\tint dfd\n"
	  "arg\t0\tentry\tsmall\tu8\tvalue\tkp_arg(regs, 1)\t0\t%u\tunsigned char small\n"
	  "arg\t0\tentry\ts\tu64\tvalue\tkp_arg(regs, 2)\t0\t0x%llx\tchar *s\n"
	  "arg\t0\tentry\to\tu64\tvalue\tkp_arg(regs, 3)\t0\t0x%llx\tstruct outer *o\n"
	  "arg\t0\tentry\tc\ts32\tvalue\tkp_arg(regs, 4)\t0\t%d\tenum color c\n"
	  "arg\t0\tentry\tb\tu8\tvalue\tkp_arg(regs, 5)\t0\t%u\tbool b\n"
	  "arg\t0\tentry\tg\tu32\tvalue\tkp_arg(regs, 6)\t0\t%u\tgfp_t g\n"
	  "arg\t0\tentry\tfn\tu64\tvalue\tkp_arg(regs, 7)\t0\t0x%llx\tvoid (*fn)(int)\n"
	  "arg\t0\tentry\tbuf\tu64\tvalue\tkp_arg(regs, 8)\t0\t0x%llx\tconst char *buf\n"
	  "arg\t0\tentry\tcount\tu64\tvalue\tkp_arg(regs, 9)\t0\t%llu\tsize_t count\n" },
	{ { "", "p t_all $arg*", NULL, NULL },
	  "probe\t0\tp\tkprobes\tp_t_all_0\t-\tt_all\t0\t0\n"
	  "arg\t0\tentry\tdfd\ts32\tvalue\tkp_arg(regs, 0)\t0\t%d\tint dfd\n"
	  "arg\t0\tentry\tsmall\tu8\tvalue\tkp_arg(regs, 1)\t0\t%u\tunsigned char small\n"
	  "arg\t0\tentry\ts\tu64\tvalue\tkp_arg(regs, 2)\t0\t0x%llx\tchar *s\n"
	  "arg\t0\tentry\to\tu64\tvalue\tkp_arg(regs, 3)\t0\t0x%llx\tstruct outer *o\n"
	  "arg\t0\tentry\tc\ts32\tvalue\tkp_arg(regs, 4)\t0\t%d\tenum color c\n"
	  "arg\t0\tentry\tb\tu8\tvalue\tkp_arg(regs, 5)\t0\t%u\tbool b\n"
	  "arg\t0\tentry\tg\tu32\tvalue\tkp_arg(regs, 6)\t0\t%u\tgfp_t g\n"
	  "arg\t0\tentry\tfn\tu64\tvalue\tkp_arg(regs, 7)\t0\t0x%llx\tvoid (*fn)(int)\n"
	  "arg\t0\tentry\tbuf\tu64\tvalue\tkp_arg(regs, 8)\t0\t0x%llx\tconst char *buf\n"
	  "arg\t0\tentry\tcount\tu64\tvalue\tkp_arg(regs, 9)\t0\t%llu\tsize_t count\n" },
	{ { "", "r t_all $arg*", NULL, NULL },
	  "probe\t0\tr\tkprobes\tr_t_all_0\t-\tt_all\t0\t0\n" RETURNS("int")
	  "save\t0\t0\n"
	  "save\t0\t1\n"
	  "save\t0\t2\n"
	  "save\t0\t3\n"
	  "save\t0\t4\n"
	  "save\t0\t5\n"
	  "save\t0\t6\n"
	  "save\t0\t7\n"
	  "save\t0\t8\n"
	  "save\t0\t9\n"
	  "arg\t0\treturn\tdfd\ts32\tvalue\tkp_entry_arg(ri, 0)\t0\t%d\tint dfd\n"
	  "arg\t0\treturn\tsmall\tu8\tvalue\tkp_entry_arg(ri, 1)\t0\t%u\tunsigned char small\n"
	  "arg\t0\treturn\ts\tu64\tvalue\tkp_entry_arg(ri, 2)\t0\t0x%llx\tchar *s\n"
	  "arg\t0\treturn\to\tu64\tvalue\tkp_entry_arg(ri, 3)\t0\t0x%llx\tstruct outer *o\n"
	  "arg\t0\treturn\tc\ts32\tvalue\tkp_entry_arg(ri, 4)\t0\t%d\tenum color c\n"
	  "arg\t0\treturn\tb\tu8\tvalue\tkp_entry_arg(ri, 5)\t0\t%u\tbool b\n"
	  "arg\t0\treturn\tg\tu32\tvalue\tkp_entry_arg(ri, 6)\t0\t%u\tgfp_t g\n"
	  "arg\t0\treturn\tfn\tu64\tvalue\tkp_entry_arg(ri, 7)\t0\t0x%llx\tvoid (*fn)(int)\n"
	  "arg\t0\treturn\tbuf\tu64\tvalue\tkp_entry_arg(ri, 8)\t0\t0x%llx\tconst char *buf\n"
	  "arg\t0\treturn\tcount\tu64\tvalue\tkp_entry_arg(ri, 9)\t0\t%llu\tsize_t count\n" },
	{ { "b", "p t_all $arg4 $arg9:u8 x=$arg1", NULL, NULL },
	  "probe\t0\tp\tkprobes\tp_t_all_0\t-\tt_all\t0\t0\n"
	  "arg\t0\tentry\to\tu64\tvalue\tkp_arg(regs, 3)\t0\t0x%llx\tstruct outer *o\n"
	  "arg\t0\tentry\tbuf\tu8\tvalue\tkp_arg(regs, 8)\t0\t%u\tconst char *buf\n"
	  "arg\t0\tentry\tx\tu64\tvalue\tkp_arg(regs, 0)\t0\t0x%llx\t-\n" },
	{ { "b", "r t_all $retval", NULL, NULL },
	  "probe\t0\tr\tkprobes\tr_t_all_0\t-\tt_all\t0\t0\n" RETURNS("int")
	  "arg\t0\treturn\targ1\ts32\tvalue\tkp_retval(regs)\t0\t%d\tint arg1\n" },
	{ { "", "r t_ptr $retval->a $retval->pin->s5 $retval->in.x", NULL, NULL },
	  "probe\t0\tr\tkprobes\tr_t_ptr_0\t-\tt_ptr\t0\t0\n" RETURNS("long")
	  "arg\t0\treturn\targ1\ts32\tvalue\tkp_read_s32(&err, kp_retval(regs))\t0\t%d\tint a\n"
	  "arg\t0\treturn\targ2\ts32\tbitfield\tkp_sext(kp_read_s32(&err, kp_deref(&err, kp_retval(regs) + 32) + 4) >> 3, 5)\t0\t%d\tint s5\n"
	  "arg\t0\treturn\targ3\ts32\tvalue\tkp_read_s32(&err, kp_retval(regs) + 8)\t0\t%d\tint x\n" },
	{ { "", "p t_all o->a o->u1 o->c1 o->in.x o->in.f3 o->in.s5 o->in.wide o->pin->x o->pin->f3 o->col o->deep o->in o->name o->cname o->pin", NULL, NULL },
	  "probe\t0\tp\tkprobes\tp_t_all_0\t-\tt_all\t0\t0\n"
	  "arg\t0\tentry\targ1\ts32\tvalue\tkp_read_s32(&err, kp_arg(regs, 3))\t0\t%d\tint a\n"
	  "arg\t0\tentry\targ2\tu32\tvalue\tkp_read_u32(&err, kp_arg(regs, 3) + 4)\t0\t%u\tunsigned int u1\n"
	  "arg\t0\tentry\targ3\tu8\tvalue\tkp_read_u8(&err, kp_arg(regs, 3) + 4)\t0\t%u\tunsigned char c1\n"
	  "arg\t0\tentry\targ4\ts32\tvalue\tkp_read_s32(&err, kp_arg(regs, 3) + 8)\t0\t%d\tint x\n"
	  "arg\t0\tentry\targ5\tu32\tbitfield\tkp_read_u32(&err, kp_arg(regs, 3) + 12) & 0x7\t0\t%u\tunsigned int f3\n"
	  "arg\t0\tentry\targ6\ts32\tbitfield\tkp_sext(kp_read_s32(&err, kp_arg(regs, 3) + 12) >> 3, 5)\t0\t%d\tint s5\n"
	  "arg\t0\tentry\targ7\tu64\tvalue\tkp_read_u64(&err, kp_arg(regs, 3) + 16)\t0\t%llu\tunsigned long wide\n"
	  "arg\t0\tentry\targ8\ts32\tvalue\tkp_read_s32(&err, kp_deref(&err, kp_arg(regs, 3) + 32))\t0\t%d\tint x\n"
	  "arg\t0\tentry\targ9\tu32\tbitfield\tkp_read_u32(&err, kp_deref(&err, kp_arg(regs, 3) + 32) + 4) & 0x7\t0\t%u\tunsigned int f3\n"
	  "arg\t0\tentry\targ10\ts32\tvalue\tkp_read_s32(&err, kp_arg(regs, 3) + 64)\t0\t%d\tenum color col\n"
	  "arg\t0\tentry\targ11\ts64\tvalue\tkp_read_s64(&err, kp_arg(regs, 3) + 72)\t0\t%lld\tlong deep\n"
	  "arg\t0\tentry\targ12\tu64\tvalue\tkp_read_u64(&err, kp_arg(regs, 3) + 8)\t0\t0x%llx\tstruct inner in\n"
	  "arg\t0\tentry\targ13\tu64\tvalue\tkp_read_u64(&err, kp_arg(regs, 3) + 40)\t0\t0x%llx\tchar name[16]\n"
	  "arg\t0\tentry\targ14\tu64\tvalue\tkp_read_u64(&err, kp_arg(regs, 3) + 56)\t0\t0x%llx\tchar *cname\n"
	  "arg\t0\tentry\targ15\tu64\tvalue\tkp_read_u64(&err, kp_arg(regs, 3) + 32)\t0\t0x%llx\tstruct inner *pin\n" },
	{ { "", "p t_all o->name:string o->cname:string o->cname:ustring s:string x=s:ustring o->in.f3:x32 o->name:u8[4] +4(o):u8 o:%pD", NULL, NULL },
	  "probe\t0\tp\tkprobes\tp_t_all_0\t-\tt_all\t0\t0\n"
	  "arg\t0\tentry\targ1\tstr\tstring\tkp_arg(regs, 3) + 40\t0\t\\\"%s\\\"\tchar name[16]\n"
	  "arg\t0\tentry\targ2\tstr\tstring\tkp_deref(&err, kp_arg(regs, 3) + 56)\t0\t\\\"%s\\\"\tchar *cname\n"
	  "arg\t0\tentry\targ3\tstr\tustring\tkp_deref(&err, kp_arg(regs, 3) + 56)\t0\t\\\"%s\\\"\tchar *cname\n"
	  "arg\t0\tentry\ts\tstr\tstring\tkp_arg(regs, 2)\t0\t\\\"%s\\\"\tchar *s\n"
	  "arg\t0\tentry\tx\tstr\tustring\tkp_arg(regs, 2)\t0\t\\\"%s\\\"\tchar *x\n"
	  "arg\t0\tentry\targ6\tu32\tvalue\tkp_read_u32(&err, kp_arg(regs, 3) + 12)\t0\t0x%x\tunsigned int f3\n"
	  "arg\t0\tentry\targ7\tu8\tvalue\tkp_read_u8(&err, kp_arg(regs, 3) + 40 + i)\t4\t%u\tchar name[16]\n"
	  "arg\t0\tentry\targ8\tu8\tvalue\tkp_read_u8(&err, kp_arg(regs, 3) + 4)\t0\t%u\t-\n"
	  "arg\t0\tentry\to\tstr\tfile\tkp_arg(regs, 3)\t0\t\\\"%s\\\"\tstruct outer *o\n" },
	{ { "", "p t_ptr p g after", NULL, NULL },
	  "probe\t0\tp\tkprobes\tp_t_ptr_0\t-\tt_ptr\t0\t0\n"
	  "arg\t0\tentry\tp\tu64\tvalue\tkp_arg(regs, 0)\t0\t0x%llx\tstruct pair p\n"
	  "arg\t0\tentry\tg\tu64\tvalue\tkp_arg(regs, 6)\t0\t0x%llx\tstruct big g\n"
	  "arg\t0\tentry\tafter\ts64\tvalue\tkp_arg(regs, 2)\t0\t%lld\tlong after\n" },
	{ { "a", "t_all", NULL, NULL },
	  "probe\t0\tp\tkprobes\tt_all\t-\tt_all\t0\t0\n"
	  "arg\t0\tentry\tdfd\ts32\tvalue\tkp_arg(regs, 0)\t0\t%d\tint dfd\n"
	  "arg\t0\tentry\tsmall\tu8\tvalue\tkp_arg(regs, 1)\t0\t%u\tunsigned char small\n"
	  "arg\t0\tentry\ts\tstr\tautostring\tkp_arg(regs, 2)\t0\t\\\"%s\\\"\tchar *s\n"
	  "arg\t0\tentry\to\tu64\tpointer\tkp_arg(regs, 3)\t0\t0x%llx\tstruct outer *o\n"
	  "arg\t0\tentry\tc\ts32\tenum\tkp_arg(regs, 4)\t0\t%d\tenum color c\n"
	  "enum\t0\tc\t0\tRED\n"
	  "enum\t0\tc\t7\tGREEN\n"
	  "arg\t0\tentry\tb\tu8\tbool\tkp_arg(regs, 5)\t0\t%u\tbool b\n"
	  "arg\t0\tentry\tg\tu32\tgfp\tkp_arg(regs, 6)\t0\t%pGg\tgfp_t g\n"
	  "arg\t0\tentry\tfn\tu64\tsymbol\tkp_arg(regs, 7)\t0\t%pS\tvoid (*fn)(int)\n"
	  "arg\t0\tentry\tbuf\tu64\tpointer\tkp_arg(regs, 8)\t0\t0x%llx\tconst char *buf\n"
	  "arg\t0\tentry\tcount\tu64\tvalue\tkp_arg(regs, 9)\t0\t%llu\tsize_t count\n" },
	{ { "ar", "t_all", NULL, NULL },
	  "probe\t0\tr\tkprobes\tt_all\t-\tt_all\t0\t0\n" RETURNS("int")
	  "arg\t0\tentry\tdfd\ts32\tvalue\tkp_arg(regs, 0)\t0\t%d\tint dfd\n"
	  "arg\t0\tentry\tsmall\tu8\tvalue\tkp_arg(regs, 1)\t0\t%u\tunsigned char small\n"
	  "arg\t0\tentry\ts\tstr\tautostring\tkp_arg(regs, 2)\t0\t\\\"%s\\\"\tchar *s\n"
	  "arg\t0\tentry\to\tu64\tpointer\tkp_arg(regs, 3)\t0\t0x%llx\tstruct outer *o\n"
	  "arg\t0\tentry\tc\ts32\tenum\tkp_arg(regs, 4)\t0\t%d\tenum color c\n"
	  "enum\t0\tc\t0\tRED\n"
	  "enum\t0\tc\t7\tGREEN\n"
	  "arg\t0\tentry\tb\tu8\tbool\tkp_arg(regs, 5)\t0\t%u\tbool b\n"
	  "arg\t0\tentry\tg\tu32\tgfp\tkp_arg(regs, 6)\t0\t%pGg\tgfp_t g\n"
	  "arg\t0\tentry\tfn\tu64\tsymbol\tkp_arg(regs, 7)\t0\t%pS\tvoid (*fn)(int)\n"
	  "arg\t0\tentry\tbuf\tu64\tpointer\tkp_arg(regs, 8)\t0\t0x%llx\tconst char *buf\n"
	  "arg\t0\tentry\tcount\tu64\tvalue\tkp_arg(regs, 9)\t0\t%llu\tsize_t count\n"
	  "arg\t0\treturn\tret\ts32\terrno\tkp_retval(regs)\t0\t%d\tint ret\n" },
	{ { "ar", "t_void", NULL, NULL },
	  "probe\t0\tr\tkprobes\tt_void\t-\tt_void\t0\t0\n" RETURNS("none") },
	{ { "ar", "t_ptr", NULL, NULL },
	  "probe\t0\tr\tkprobes\tt_ptr\t-\tt_ptr\t0\t0\n" RETURNS("long")
	  "arg\t0\tentry\tp\tu64\tvalue\tkp_arg(regs, i)\t2\t0x%llx\tstruct pair p\n"
	  "arg\t0\tentry\tg\tu64\tvalue\tkp_arg(regs, 6 + i)\t3\t0x%llx\tstruct big g\n"
	  "arg\t0\tentry\tafter\ts64\tvalue\tkp_arg(regs, 2)\t0\t%lld\tlong after\n"
	  "arg\t0\treturn\tret\tu64\terrptr\tkp_retval(regs)\t0\t0x%llx\tstruct outer *ret\n" },
	{ { "amr", "t_ptr", NULL, NULL },
	  "probe\t0\tr\tkprobes\tt_ptr\t-\tt_ptr\t0\t0\n" RETURNS("long")
	  "arg\t0\tentry\tp\tu64\tvalue\tkp_arg(regs, i)\t2\t0x%llx\tstruct pair p\n"
	  "arg\t0\tentry\tg\tu64\tvalue\tkp_arg(regs, 2)\t0\t0x%llx\tstruct big g\n"
	  "arg\t0\tentry\tafter\ts64\tvalue\tkp_arg(regs, 3)\t0\t%lld\tlong after\n"
	  "arg\t0\treturn\tret\tu64\terrptr\tkp_retval(regs)\t0\t0x%llx\tstruct outer *ret\n" },
	{ { "a", "t_void", NULL, NULL },
	  "probe\t0\tp\tkprobes\tt_void\t-\tt_void\t0\t0\n" },
	{ { "a", "p:x t_all %di", NULL, NULL },
	  "probe\t0\tp\tkprobes\tx\t-\tt_all\t0\t0\n"
	  "arg\t0\tentry\targ1\tu64\tvalue\tkp_reg(regs, di)\t0\t0x%llx\t-\n"
	  "arg\t0\tentry\tdfd\ts32\tvalue\tkp_arg(regs, 0)\t0\t%d\tint dfd\n"
	  "arg\t0\tentry\tsmall\tu8\tvalue\tkp_arg(regs, 1)\t0\t%u\tunsigned char small\n"
	  "arg\t0\tentry\ts\tstr\tautostring\tkp_arg(regs, 2)\t0\t\\\"%s\\\"\tchar *s\n"
	  "arg\t0\tentry\to\tu64\tpointer\tkp_arg(regs, 3)\t0\t0x%llx\tstruct outer *o\n"
	  "arg\t0\tentry\tc\ts32\tenum\tkp_arg(regs, 4)\t0\t%d\tenum color c\n"
	  "enum\t0\tc\t0\tRED\n"
	  "enum\t0\tc\t7\tGREEN\n"
	  "arg\t0\tentry\tb\tu8\tbool\tkp_arg(regs, 5)\t0\t%u\tbool b\n"
	  "arg\t0\tentry\tg\tu32\tgfp\tkp_arg(regs, 6)\t0\t%pGg\tgfp_t g\n"
	  "arg\t0\tentry\tfn\tu64\tsymbol\tkp_arg(regs, 7)\t0\t%pS\tvoid (*fn)(int)\n"
	  "arg\t0\tentry\tbuf\tu64\tpointer\tkp_arg(regs, 8)\t0\t0x%llx\tconst char *buf\n"
	  "arg\t0\tentry\tcount\tu64\tvalue\tkp_arg(regs, 9)\t0\t%llu\tsize_t count\n" },
	{ { "r", "p:x f %di", NULL, NULL },
	  "probe\t0\tr\tkprobes\tx\t-\tf\t0\t0\n" RETURNS("long")
	  "arg\t0\tentry\targ1\tu64\tvalue\tkp_reg(regs, di)\t0\t0x%llx\t-\n"
	  "arg\t0\treturn\tret\tu64\tvalue\tkp_retval(regs)\t0\t0x%llx\t-\n" },
	{ { "ar", "p:x sys_openat", NULL, NULL },
	  "probe\t0\tr\tkprobes\tx\t-\t__x64_sys_openat\t0\t0\n" RETURNS("long")
	  "arg\t0\tentry\tdfd\ts32\tvalue\tkp_sysarg(regs, 0)\t0\t%d\tint dfd\n"
	  "arg\t0\tentry\tfilename\tstr\tustring\tkp_sysarg(regs, 1)\t0\t\\\"%s\\\"\tconst char __user *filename\n"
	  "arg\t0\tentry\tflags\ts32\tvalue\tkp_sysarg(regs, 2)\t0\t%d\tint flags\n"
	  "arg\t0\tentry\tmode\tu16\tvalue\tkp_sysarg(regs, 3)\t0\t0%o\tumode_t mode\n"
	  "arg\t0\treturn\tret\ts64\terrno\tkp_retval(regs)\t0\t%lld\tlong ret\n" },
	{ { "a", "r:x t_all", NULL, NULL },
	  "probe\t0\tr\tkprobes\tx\t-\tt_all\t0\t0\n" RETURNS("int")
	  "arg\t0\tentry\tdfd\ts32\tvalue\tkp_arg(regs, 0)\t0\t%d\tint dfd\n"
	  "arg\t0\tentry\tsmall\tu8\tvalue\tkp_arg(regs, 1)\t0\t%u\tunsigned char small\n"
	  "arg\t0\tentry\ts\tstr\tautostring\tkp_arg(regs, 2)\t0\t\\\"%s\\\"\tchar *s\n"
	  "arg\t0\tentry\to\tu64\tpointer\tkp_arg(regs, 3)\t0\t0x%llx\tstruct outer *o\n"
	  "arg\t0\tentry\tc\ts32\tenum\tkp_arg(regs, 4)\t0\t%d\tenum color c\n"
	  "enum\t0\tc\t0\tRED\n"
	  "enum\t0\tc\t7\tGREEN\n"
	  "arg\t0\tentry\tb\tu8\tbool\tkp_arg(regs, 5)\t0\t%u\tbool b\n"
	  "arg\t0\tentry\tg\tu32\tgfp\tkp_arg(regs, 6)\t0\t%pGg\tgfp_t g\n"
	  "arg\t0\tentry\tfn\tu64\tsymbol\tkp_arg(regs, 7)\t0\t%pS\tvoid (*fn)(int)\n"
	  "arg\t0\tentry\tbuf\tu64\tpointer\tkp_arg(regs, 8)\t0\t0x%llx\tconst char *buf\n"
	  "arg\t0\tentry\tcount\tu64\tvalue\tkp_arg(regs, 9)\t0\t%llu\tsize_t count\n" },
	{ { "nr", "unknown", NULL, NULL },
	  "probe\t0\tr\tkprobes\tunknown\t-\tunknown\t0\t0\n" RETURNS("long")
	  "arg\t0\treturn\tret\tu64\tvalue\tkp_retval(regs)\t0\t0x%llx\t-\n" },
	{ { "", "f", "+0($arg1):ustring", NULL },
	  "probe\t0\tp\tkprobes\tf\t-\tf\t0\t0\n"
	  "arg\t0\tentry\targ1\tstr\tustring\tkp_arg(regs, 0)\t0\t\\\"%s\\\"\t-\n" },
	{ { "r", "f", "$retval:s32", NULL },
	  "probe\t0\tr\tkprobes\tf\t-\tf\t0\t0\n" RETURNS("int")
	  "arg\t0\treturn\targ1\ts32\tvalue\tkp_retval(regs)\t0\t%d\t-\n"
	  "arg\t0\treturn\tret\tu64\tvalue\tkp_retval(regs)\t0\t0x%llx\t-\n" },
	{ { "r", "f", "x=$arg2", NULL },
	  "probe\t0\tr\tkprobes\tf\t-\tf\t0\t0\n" RETURNS("long")
	  "arg\t0\tentry\tx\tu64\tvalue\tkp_arg(regs, 1)\t0\t0x%llx\t-\n"
	  "arg\t0\treturn\tret\tu64\tvalue\tkp_retval(regs)\t0\t0x%llx\t-\n" },
	{ { "ar", "t_all", "o->a", NULL },
	  "probe\t0\tr\tkprobes\tt_all\t-\tt_all\t0\t0\n" RETURNS("int")
	  "arg\t0\tentry\tdfd\ts32\tvalue\tkp_arg(regs, 0)\t0\t%d\tint dfd\n"
	  "arg\t0\tentry\tsmall\tu8\tvalue\tkp_arg(regs, 1)\t0\t%u\tunsigned char small\n"
	  "arg\t0\tentry\ts\tstr\tautostring\tkp_arg(regs, 2)\t0\t\\\"%s\\\"\tchar *s\n"
	  "arg\t0\tentry\to\tu64\tpointer\tkp_arg(regs, 3)\t0\t0x%llx\tstruct outer *o\n"
	  "arg\t0\tentry\tc\ts32\tenum\tkp_arg(regs, 4)\t0\t%d\tenum color c\n"
	  "enum\t0\tc\t0\tRED\n"
	  "enum\t0\tc\t7\tGREEN\n"
	  "arg\t0\tentry\tb\tu8\tbool\tkp_arg(regs, 5)\t0\t%u\tbool b\n"
	  "arg\t0\tentry\tg\tu32\tgfp\tkp_arg(regs, 6)\t0\t%pGg\tgfp_t g\n"
	  "arg\t0\tentry\tfn\tu64\tsymbol\tkp_arg(regs, 7)\t0\t%pS\tvoid (*fn)(int)\n"
	  "arg\t0\tentry\tbuf\tu64\tpointer\tkp_arg(regs, 8)\t0\t0x%llx\tconst char *buf\n"
	  "arg\t0\tentry\tcount\tu64\tvalue\tkp_arg(regs, 9)\t0\t%llu\tsize_t count\n"
	  "arg\t0\tentry\targ11\ts32\tvalue\tkp_read_s32(&err, kp_arg(regs, 3))\t0\t%d\tint a\n"
	  "arg\t0\treturn\tret\ts32\terrno\tkp_retval(regs)\t0\t%d\tint ret\n" },
	{ { "", "sys_openat", "filename:ustring", NULL },
	  "probe\t0\tp\tkprobes\tsys_openat\t-\t__x64_sys_openat\t0\t0\n"
	  "arg\t0\tentry\tfilename\tstr\tustring\tkp_sysarg(regs, 1)\t0\t\\\"%s\\\"\t-\n" },
	{ { "", "r __x64_sys_openat flags filename:ustring", NULL, NULL },
	  "probe\t0\tr\tkprobes\tr___x64_sys_openat_0\t-\t__x64_sys_openat\t0\t0\n" RETURNS("long")
	  "save\t0\t0\n"
	  "arg\t0\treturn\tflags\ts32\tvalue\tkp_sysarg_of(kp_entry_arg(ri, 0), 2)\t0\t%d\tint flags\n"
	  "arg\t0\treturn\tfilename\tstr\tustring\tkp_sysarg_of(kp_entry_arg(ri, 0), 1)\t0\t\\\"%s\\\"\t-\n" },
	/* what is a word of C, or a macro of the kernel's */
	{ { "", "p f int=%di current=%si HZ=%dx NULL=%cx data=%r8", NULL, "int == 1 && HZ > 2" },
	  P
	  ARG("int", "u64", "value", "kp_reg(regs, di)", "0", "0x%llx")
	  ARG("current", "u64", "value", "kp_reg(regs, si)", "0", "0x%llx")
	  ARG("HZ", "u64", "value", "kp_reg(regs, dx)", "0", "0x%llx")
	  ARG("NULL", "u64", "value", "kp_reg(regs, cx)", "0", "0x%llx")
	  ARG("data", "u64", "value", "kp_reg(regs, r8)", "0", "0x%llx")
	  "filter\t0\tr->int == 1 && r->HZ > 2\n" },
	/* by name as --args has it, but that a pointer is one; a type given is that */
	{ { "n", "p:x sys_openat dfd mode filename fd=flags:x8 +0(dfd)", NULL, NULL },
	  "probe\t0\tp\tkprobes\tx\t-\t__x64_sys_openat\t0\t0\n"
	  "arg\t0\tentry\tdfd\ts32\tvalue\tkp_sysarg(regs, 0)\t0\t%d\tint dfd\n"
	  "arg\t0\tentry\tmode\tu16\tvalue\tkp_sysarg(regs, 3)\t0\t0%o\tumode_t mode\n"
	  "arg\t0\tentry\tfilename\tu64\tpointer\tkp_sysarg(regs, 1)\t0\t0x%llx\tconst char __user *filename\n"
	  "arg\t0\tentry\tfd\tu8\tvalue\tkp_sysarg(regs, 2)\t0\t0x%x\t-\n"
	  "arg\t0\tentry\targ5\tu64\tvalue\tkp_read_u64(&err, kp_sysarg(regs, 0))\t0\t0x%llx\t-\n" },
	{ { "n", "p:x sys_openat dfd", NULL, "dfd == -100" },
	  "probe\t0\tp\tkprobes\tx\t-\t__x64_sys_openat\t0\t0\n"
	  "arg\t0\tentry\tdfd\ts32\tvalue\tkp_sysarg(regs, 0)\t0\t%d\tint dfd\n"
	  "filter\t0\tr->dfd == -100\n" },
	/* $argN of sys_NAME is the call's, of its wrapper the wrapper's */
	{ { "n", "p:x sys_openat $arg1 f=$arg2:ustring +0($arg2):x8 $arg4", NULL, NULL },
	  "probe\t0\tp\tkprobes\tx\t-\t__x64_sys_openat\t0\t0\n"
	  "arg\t0\tentry\targ1\tu64\tvalue\tkp_sysarg(regs, 0)\t0\t0x%llx\t-\n"
	  "arg\t0\tentry\tf\tstr\tustring\tkp_sysarg(regs, 1)\t0\t\\\"%s\\\"\t-\n"
	  "arg\t0\tentry\targ3\tu8\tvalue\tkp_read_u8(&err, kp_sysarg(regs, 1))\t0\t0x%x\t-\n"
	  "arg\t0\tentry\targ4\tu64\tvalue\tkp_sysarg(regs, 3)\t0\t0x%llx\t-\n" },
	{ { "b", "p:x sys_openat $arg1 $arg2:x32", NULL, NULL },
	  "probe\t0\tp\tkprobes\tx\t-\t__x64_sys_openat\t0\t0\n"
	  "arg\t0\tentry\tdfd\ts32\tvalue\tkp_sysarg(regs, 0)\t0\t%d\tint dfd\n"
	  "arg\t0\tentry\tfilename\tu32\tvalue\tkp_sysarg(regs, 1)\t0\t0x%x\t-\n" },
	{ { "n", "r:x sys_openat $arg2", NULL, NULL },
	  "probe\t0\tr\tkprobes\tx\t-\t__x64_sys_openat\t0\t0\n" RETURNS("long")
	  "save\t0\t0\n"
	  "arg\t0\treturn\targ1\tu64\tvalue\tkp_sysarg_of(kp_entry_arg(ri, 0), 1)\t0\t0x%llx\t-\n" },
	{ { "n", "p:x sys_close $arg*", NULL, NULL },
	  "probe\t0\tp\tkprobes\tx\t-\t__x64_sys_close\t0\t0\n"
	  "arg\t0\tentry\tfd\tu32\tvalue\tkp_sysarg(regs, 0)\t0\t%u\tunsigned int fd\n" },
	{ { "", "p:x __x64_sys_openat $arg1 $arg2", NULL, NULL },
	  "probe\t0\tp\tkprobes\tx\t-\t__x64_sys_openat\t0\t0\n"
	  "arg\t0\tentry\targ1\tu64\tvalue\tkp_arg(regs, 0)\t0\t0x%llx\t-\n"
	  "arg\t0\tentry\targ2\tu64\tvalue\tkp_arg(regs, 1)\t0\t0x%llx\t-\n" },
	{ { "", "p:x __x64_sys_openat $arg*", NULL, NULL },
	  "probe\t0\tp\tkprobes\tx\t-\t__x64_sys_openat\t0\t0\n"
	  "arg\t0\tentry\tregs\tu64\tvalue\tkp_arg(regs, 0)\t0\t0x%llx\tconst struct pt_regs *regs\n" },
	{ { "", "p:x t_huge after", NULL, NULL },
	  "probe\t0\tp\tkprobes\tx\t-\tt_huge\t0\t0\n"
	  "arg\t0\tentry\tafter\ts64\tvalue\tkp_arg(regs, 81)\t0\t%lld\tlong after\n" },
	{ { "", "t_all", "$arg*", NULL },
	  "probe\t0\tp\tkprobes\tt_all\t-\tt_all\t0\t0\n"
	  "arg\t0\tentry\tdfd\ts32\tvalue\tkp_arg(regs, 0)\t0\t%d\tint dfd\n"
	  "arg\t0\tentry\tsmall\tu8\tvalue\tkp_arg(regs, 1)\t0\t%u\tunsigned char small\n"
	  "arg\t0\tentry\ts\tu64\tvalue\tkp_arg(regs, 2)\t0\t0x%llx\tchar *s\n"
	  "arg\t0\tentry\to\tu64\tvalue\tkp_arg(regs, 3)\t0\t0x%llx\tstruct outer *o\n"
	  "arg\t0\tentry\tc\ts32\tvalue\tkp_arg(regs, 4)\t0\t%d\tenum color c\n"
	  "arg\t0\tentry\tb\tu8\tvalue\tkp_arg(regs, 5)\t0\t%u\tbool b\n"
	  "arg\t0\tentry\tg\tu32\tvalue\tkp_arg(regs, 6)\t0\t%u\tgfp_t g\n"
	  "arg\t0\tentry\tfn\tu64\tvalue\tkp_arg(regs, 7)\t0\t0x%llx\tvoid (*fn)(int)\n"
	  "arg\t0\tentry\tbuf\tu64\tvalue\tkp_arg(regs, 8)\t0\t0x%llx\tconst char *buf\n"
	  "arg\t0\tentry\tcount\tu64\tvalue\tkp_arg(regs, 9)\t0\t%llu\tsize_t count\n" },
	{ { "", FIELD_DEF, NULL, "n == 1" },
	  FIELDS
	  "filter\t0\tr->n == 1\n" },
	{ { "", FIELD_DEF, NULL, "n != -1 && u > 0x10" },
	  FIELDS
	  "filter\t0\tr->n != -1 && r->u > 16\n" },
	{ { "", FIELD_DEF, NULL, "n==1||u==2&&x==3" },
	  FIELDS
	  "filter\t0\tr->n == 1 || (r->u == 2 && r->x == 3)\n" },
	{ { "", FIELD_DEF, NULL, "(n==1||u==2)&&x==3" },
	  FIELDS
	  "filter\t0\t(r->n == 1 || r->u == 2) && r->x == 3\n" },
	{ { "", FIELD_DEF, NULL, "!(n == 1) || !u == 2" },
	  FIELDS
	  "filter\t0\t!(r->n == 1) || !(r->u == 2)\n" },
	{ { "", FIELD_DEF, NULL, "!!(n < 3)" },
	  FIELDS
	  "filter\t0\t!!(r->n < 3)\n" },
	{ { "", FIELD_DEF, NULL, "((n >= 3))" },
	  FIELDS
	  "filter\t0\tr->n >= 3\n" },
	{ { "", FIELD_DEF, NULL, "x & 0x40" },
	  FIELDS
	  "filter\t0\t(r->x & 64) != 0\n" },
	{ { "", FIELD_DEF, NULL, "!(x & 1)" },
	  FIELDS
	  "filter\t0\t!((r->x & 1) != 0)\n" },
	{ { "", FIELD_DEF, NULL, "x == 0xffffffffffffffff" },
	  FIELDS
	  "filter\t0\tr->x == 18446744073709551615ULL\n" },
	{ { "", FIELD_DEF, NULL, "x == 18446744073709551615 || u == 511" },
	  FIELDS
	  "filter\t0\tr->x == 18446744073709551615ULL || r->u == 255\n" },
	{ { "", FIELD_DEF, NULL, "l == -9223372036854775808" },
	  FIELDS
	  "filter\t0\tr->l == (-9223372036854775807LL - 1)\n" },
	{ { "", FIELD_DEF, NULL, "n == 4294967295" },
	  FIELDS
	  "filter\t0\tr->n == -1\n" },
	{ { "", FIELD_DEF, NULL, "n == 2147483648 || n == -2147483648" },
	  FIELDS
	  "filter\t0\tr->n == -2147483648LL || r->n == -2147483648LL\n" },
	{ { "", FIELD_DEF, NULL, "s == \"abc\"" },
	  FIELDS
	  "filter\t0\tkp_streq(r->s, \"abc\")\n" },
	{ { "", FIELD_DEF, NULL, "s != \"abc\"" },
	  FIELDS
	  "filter\t0\t!kp_streq(r->s, \"abc\")\n" },
	{ { "", FIELD_DEF, NULL, "s ~ \"*abc*\"" },
	  FIELDS
	  "filter\t0\tkp_glob(r->s, \"*abc*\")\n" },
	{ { "", FIELD_DEF, NULL, "s ~ \"!a?c[0-9]\"" },
	  FIELDS
	  "filter\t0\t!kp_glob(r->s, \"a?c\\1330-9\\135\")\n" },
	{ { "", FIELD_DEF, NULL, "s ~ \"abc\"" },
	  FIELDS
	  "filter\t0\tkp_streq(r->s, \"abc\")\n" },
	{ { "", FIELD_DEF, NULL, "s ~ \"1*\"" },
	  FIELDS
	  "filter\t0\tkp_streq(r->s, \"1*\")\n" },
	{ { "", FIELD_DEF, NULL, "s ~ 'it\"s'" },
	  FIELDS
	  "filter\t0\tkp_streq(r->s, \"it\\042s\")\n" },
	{ { "", FIELD_DEF, NULL, "comm == \"cat\" && COMM ~ \"k*\"" },
	  FIELDS
	  "filter\t0\tkp_streq(current->comm, \"cat\") && kp_glob(current->comm, \"k*\")\n" },
	{ { "", FIELD_DEF, NULL, "common_pid == 1 && common_flags & 4 && common_preempt_count < 2" },
	  FIELDS
	  "filter\t0\tkp_cur_pid() == 1 && (kp_cur_flags() & 4) != 0 && kp_cur_preempt() < 2\n" },
	{ { "", FIELD_DEF, NULL, "CPU == 0 || cpu >= 2" },
	  FIELDS
	  "filter\t0\tkp_cur_cpu() == 0 || kp_cur_cpu() >= 2\n" },
	{ { "", FIELD_DEF, NULL, "__probe_ip > 0x10" },
	  FIELDS
	  "filter\t0\tkp_probe_ip() > 16\n" },
	{ { "", FIELD_DEF, NULL, "s == \"m4_x\" || s == \"TPL_\"" },
	  FIELDS
	  "filter\t0\tkp_streq(r->s, \"m4\\137x\") || kp_streq(r->s, \"TPL\\137\")\n" },
	{ { "", FIELD_DEF, NULL, "s ~ \"/*/?\?/*\"" },
	  FIELDS
	  "filter\t0\tkp_glob(r->s, \"/\\052\\057\\077\\077\\057\\052\")\n" },
	{ { "", FIELD_DEF, NULL, "n == 1 && (u == 2 && x == 3)" },
	  FIELDS
	  "filter\t0\tr->n == 1 && (r->u == 2 && r->x == 3)\n" },
	{ { "", FIELD_DEF, NULL, "n == 1 || (u == 2 || x == 3)" },
	  FIELDS
	  "filter\t0\tr->n == 1 || (r->u == 2 || r->x == 3)\n" },
	{ { "", FIELD_DEF, NULL, " n  <=  3 " },
	  FIELDS
	  "filter\t0\tr->n <= 3\n" },
	{ { "", FIELD_DEF, NULL, "n == 010" },
	  FIELDS
	  "filter\t0\tr->n == 8\n" },
	{ { "", "r f $retval:s32", NULL, "arg1 < 0 && __probe_ret_ip != 0 && __probe_func > 0" },
	  "probe\t0\tr\tkprobes\tr_f_0\t-\tf\t0\t0\n" RETURNS("int")
	  "arg\t0\treturn\targ1\ts32\tvalue\tkp_retval(regs)\t0\t%d\t-\n"
	  "filter\t0\tr->arg1 < 0 && kp_probe_ret_ip() != 0 && kp_probe_ip() > 0\n" },
	{ { "a", "t_all", NULL, "dfd == -100 && s ~ \"*stat\" && c == 7 && b == 1 && g & 0x10" },
	  "probe\t0\tp\tkprobes\tt_all\t-\tt_all\t0\t0\n"
	  "arg\t0\tentry\tdfd\ts32\tvalue\tkp_arg(regs, 0)\t0\t%d\tint dfd\n"
	  "arg\t0\tentry\tsmall\tu8\tvalue\tkp_arg(regs, 1)\t0\t%u\tunsigned char small\n"
	  "arg\t0\tentry\ts\tstr\tautostring\tkp_arg(regs, 2)\t0\t\\\"%s\\\"\tchar *s\n"
	  "arg\t0\tentry\to\tu64\tpointer\tkp_arg(regs, 3)\t0\t0x%llx\tstruct outer *o\n"
	  "arg\t0\tentry\tc\ts32\tenum\tkp_arg(regs, 4)\t0\t%d\tenum color c\n"
	  "enum\t0\tc\t0\tRED\n"
	  "enum\t0\tc\t7\tGREEN\n"
	  "arg\t0\tentry\tb\tu8\tbool\tkp_arg(regs, 5)\t0\t%u\tbool b\n"
	  "arg\t0\tentry\tg\tu32\tgfp\tkp_arg(regs, 6)\t0\t%pGg\tgfp_t g\n"
	  "arg\t0\tentry\tfn\tu64\tsymbol\tkp_arg(regs, 7)\t0\t%pS\tvoid (*fn)(int)\n"
	  "arg\t0\tentry\tbuf\tu64\tpointer\tkp_arg(regs, 8)\t0\t0x%llx\tconst char *buf\n"
	  "arg\t0\tentry\tcount\tu64\tvalue\tkp_arg(regs, 9)\t0\t%llu\tsize_t count\n"
	  "filter\t0\tr->dfd == -100 && kp_glob(r->s, \"*stat\") && r->c == 7 && r->b == 1 && (r->g & 16) != 0\n" },
	{ { "", "p f comm=%di", NULL, "comm == 3" },
	  "probe\t0\tp\tkprobes\tp_f_0\t-\tf\t0\t0\n"
	  "arg\t0\tentry\tcomm\tu64\tvalue\tkp_reg(regs, di)\t0\t0x%llx\t-\n"
	  "filter\t0\tr->comm == 3\n" },
};
/* clang-format on */
