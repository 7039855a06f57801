/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * syscalls.h - the parameters of system calls: facts of
 * include/linux/syscalls.h (6.1), with names where it has none. Sorted.
 */
/* clang-format off */
SYSCALL(accept, "int fd", "struct sockaddr __user *upeer_sockaddr",
	"int __user *upeer_addrlen")
SYSCALL(accept4, "int fd", "struct sockaddr __user *upeer_sockaddr",
	"int __user *upeer_addrlen", "int flags")
SYSCALL(access, "const char __user *filename", "int mode")
SYSCALL(acct, "const char __user *name")
SYSCALL(add_key, "const char __user *_type", "const char __user *_description",
	"const void __user *_payload", "size_t plen", "key_serial_t destringid")
SYSCALL(adjtimex, "struct __kernel_timex __user *txc_p")
SYSCALL(adjtimex_time32, "struct old_timex32 __user *txc_p")
SYSCALL(alarm, "unsigned int seconds")
SYSCALL(arch_prctl, "int option", "unsigned long arg2")
SYSCALL(bind, "int fd", "struct sockaddr __user *umyaddr", "int addrlen")
SYSCALL(bpf, "int cmd", "union bpf_attr *attr", "unsigned int size")
SYSCALL(brk, "unsigned long brk")
SYSCALL(cachestat, "unsigned int fd",
	"struct cachestat_range __user *cstat_range", "struct cachestat __user *cstat",
	"unsigned int flags")
SYSCALL(capget, "cap_user_header_t header", "cap_user_data_t dataptr")
SYSCALL(capset, "cap_user_header_t header", "const cap_user_data_t data")
SYSCALL(chdir, "const char __user *filename")
SYSCALL(chmod, "const char __user *filename", "umode_t mode")
SYSCALL(chown, "const char __user *filename", "uid_t user", "gid_t group")
SYSCALL(chown16, "const char __user *filename", "old_uid_t user",
	"old_gid_t group")
SYSCALL(chroot, "const char __user *filename")
SYSCALL(clock_adjtime, "clockid_t which_clock",
	"struct __kernel_timex __user *tx")
SYSCALL(clock_adjtime32, "clockid_t which_clock",
	"struct old_timex32 __user *tx")
SYSCALL(clock_getres, "clockid_t which_clock",
	"struct __kernel_timespec __user *tp")
SYSCALL(clock_getres_time32, "clockid_t which_clock",
	"struct old_timespec32 __user *tp")
SYSCALL(clock_gettime, "clockid_t which_clock",
	"struct __kernel_timespec __user *tp")
SYSCALL(clock_gettime32, "clockid_t which_clock",
	"struct old_timespec32 __user *tp")
SYSCALL(clock_nanosleep, "clockid_t which_clock", "int flags",
	"const struct __kernel_timespec __user *rqtp",
	"struct __kernel_timespec __user *rmtp")
SYSCALL(clock_nanosleep_time32, "clockid_t which_clock", "int flags",
	"struct old_timespec32 __user *rqtp", "struct old_timespec32 __user *rmtp")
SYSCALL(clock_settime, "clockid_t which_clock",
	"const struct __kernel_timespec __user *tp")
SYSCALL(clock_settime32, "clockid_t which_clock",
	"struct old_timespec32 __user *tp")
SYSCALL(clone, "unsigned long clone_flags", "unsigned long newsp",
	"int __user *parent_tidptr", "int __user *child_tidptr", "unsigned long tls")
SYSCALL(clone3, "struct clone_args __user *uargs", "size_t size")
SYSCALL(close, "unsigned int fd")
SYSCALL(close_range, "unsigned int fd", "unsigned int max_fd",
	"unsigned int flags")
SYSCALL(connect, "int fd", "struct sockaddr __user *uservaddr", "int addrlen")
SYSCALL(copy_file_range, "int fd_in", "loff_t __user *off_in", "int fd_out",
	"loff_t __user *off_out", "size_t len", "unsigned int flags")
SYSCALL(creat, "const char __user *pathname", "umode_t mode")
SYSCALL(delete_module, "const char __user *name_user", "unsigned int flags")
SYSCALL(dup, "unsigned int fildes")
SYSCALL(dup2, "unsigned int oldfd", "unsigned int newfd")
SYSCALL(dup3, "unsigned int oldfd", "unsigned int newfd", "int flags")
SYSCALL(epoll_create, "int size")
SYSCALL(epoll_create1, "int flags")
SYSCALL(epoll_ctl, "int epfd", "int op", "int fd",
	"struct epoll_event __user *event")
SYSCALL(epoll_pwait, "int epfd", "struct epoll_event __user *events",
	"int maxevents", "int timeout", "const sigset_t __user *sigmask",
	"size_t sigsetsize")
SYSCALL(epoll_pwait2, "int epfd", "struct epoll_event __user *events",
	"int maxevents", "const struct __kernel_timespec __user *timeout",
	"const sigset_t __user *sigmask", "size_t sigsetsize")
SYSCALL(epoll_wait, "int epfd", "struct epoll_event __user *events",
	"int maxevents", "int timeout")
SYSCALL(eventfd, "unsigned int count")
SYSCALL(eventfd2, "unsigned int count", "int flags")
SYSCALL(execve, "const char __user *filename",
	"const char __user *const __user *argv",
	"const char __user *const __user *envp")
SYSCALL(execveat, "int dfd", "const char __user *filename",
	"const char __user *const __user *argv",
	"const char __user *const __user *envp", "int flags")
SYSCALL(exit, "int error_code")
SYSCALL(exit_group, "int error_code")
SYSCALL(faccessat, "int dfd", "const char __user *filename", "int mode")
SYSCALL(faccessat2, "int dfd", "const char __user *filename", "int mode",
	"int flags")
SYSCALL(fadvise64, "int fd", "loff_t offset", "size_t len", "int advice")
SYSCALL(fadvise64_64, "int fd", "loff_t offset", "loff_t len", "int advice")
SYSCALL(fallocate, "int fd", "int mode", "loff_t offset", "loff_t len")
SYSCALL(fanotify_init, "unsigned int flags", "unsigned int event_f_flags")
SYSCALL(fanotify_mark, "int fanotify_fd", "unsigned int flags",
	"unsigned int mask_1", "unsigned int mask_2", "int dfd",
	"const char __user *pathname")
SYSCALL(fchdir, "unsigned int fd")
SYSCALL(fchmod, "unsigned int fd", "umode_t mode")
SYSCALL(fchmodat, "int dfd", "const char __user *filename", "umode_t mode")
SYSCALL(fchmodat2, "int dfd", "const char __user *filename", "umode_t mode",
	"unsigned int flags")
SYSCALL(fchown, "unsigned int fd", "uid_t user", "gid_t group")
SYSCALL(fchown16, "unsigned int fd", "old_uid_t user", "old_gid_t group")
SYSCALL(fchownat, "int dfd", "const char __user *filename", "uid_t user",
	"gid_t group", "int flag")
SYSCALL(fcntl, "unsigned int fd", "unsigned int cmd", "unsigned long arg")
SYSCALL(fcntl64, "unsigned int fd", "unsigned int cmd", "unsigned long arg")
SYSCALL(fdatasync, "unsigned int fd")
SYSCALL(fgetxattr, "int fd", "const char __user *name", "void __user *value",
	"size_t size")
SYSCALL(finit_module, "int fd", "const char __user *uargs", "int flags")
SYSCALL(flistxattr, "int fd", "char __user *list", "size_t size")
SYSCALL(flock, "unsigned int fd", "unsigned int cmd")
SYSCALL(fork, NULL)
SYSCALL(fremovexattr, "int fd", "const char __user *name")
SYSCALL(fsconfig, "int fs_fd", "unsigned int cmd", "const char __user *key",
	"const void __user *value", "int aux")
SYSCALL(fsetxattr, "int fd", "const char __user *name",
	"const void __user *value", "size_t size", "int flags")
SYSCALL(fsmount, "int fs_fd", "unsigned int flags", "unsigned int ms_flags")
SYSCALL(fsopen, "const char __user *fs_name", "unsigned int flags")
SYSCALL(fspick, "int dfd", "const char __user *path", "unsigned int flags")
SYSCALL(fstat, "unsigned int fd", "struct __old_kernel_stat __user *statbuf")
SYSCALL(fstat64, "unsigned long fd", "struct stat64 __user *statbuf")
SYSCALL(fstatat64, "int dfd", "const char __user *filename",
	"struct stat64 __user *statbuf", "int flag")
SYSCALL(fstatfs, "unsigned int fd", "struct statfs __user *buf")
SYSCALL(fstatfs64, "unsigned int fd", "size_t sz",
	"struct statfs64 __user *buf")
SYSCALL(fsync, "unsigned int fd")
SYSCALL(ftruncate, "unsigned int fd", "off_t length")
SYSCALL(ftruncate64, "unsigned int fd", "loff_t length")
SYSCALL(futex, "u32 __user *uaddr", "int op", "u32 val",
	"const struct __kernel_timespec __user *utime", "u32 __user *uaddr2",
	"u32 val3")
SYSCALL(futex_time32, "u32 __user *uaddr", "int op", "u32 val",
	"const struct old_timespec32 __user *utime", "u32 __user *uaddr2", "u32 val3")
SYSCALL(futex_waitv, "struct futex_waitv *waiters", "unsigned int nr_futexes",
	"unsigned int flags", "struct __kernel_timespec __user *timeout",
	"clockid_t clockid")
SYSCALL(futimesat, "int dfd", "const char __user *filename",
	"struct __kernel_old_timeval __user *utimes")
SYSCALL(futimesat_time32, "unsigned int dfd", "const char __user *filename",
	"struct old_timeval32 __user *t")
SYSCALL(get_mempolicy, "int __user *policy", "unsigned long __user *nmask",
	"unsigned long maxnode", "unsigned long addr", "unsigned long flags")
SYSCALL(get_robust_list, "int pid",
	"struct robust_list_head __user *__user *head_ptr", "size_t __user *len_ptr")
SYSCALL(getcpu, "unsigned __user *cpu", "unsigned __user *node",
	"struct getcpu_cache __user *cache")
SYSCALL(getcwd, "char __user *buf", "unsigned long size")
SYSCALL(getdents, "unsigned int fd", "struct linux_dirent __user *dirent",
	"unsigned int count")
SYSCALL(getdents64, "unsigned int fd", "struct linux_dirent64 __user *dirent",
	"unsigned int count")
SYSCALL(getegid, NULL)
SYSCALL(getegid16, NULL)
SYSCALL(geteuid, NULL)
SYSCALL(geteuid16, NULL)
SYSCALL(getgid, NULL)
SYSCALL(getgid16, NULL)
SYSCALL(getgroups, "int gidsetsize", "gid_t __user *grouplist")
SYSCALL(getgroups16, "int gidsetsize", "old_gid_t __user *grouplist")
SYSCALL(gethostname, "char __user *name", "int len")
SYSCALL(getitimer, "int which", "struct __kernel_old_itimerval __user *value")
SYSCALL(getpeername, "int fd", "struct sockaddr __user *usockaddr",
	"int __user *usockaddr_len")
SYSCALL(getpgid, "pid_t pid")
SYSCALL(getpgrp, NULL)
SYSCALL(getpid, NULL)
SYSCALL(getppid, NULL)
SYSCALL(getpriority, "int which", "int who")
SYSCALL(getrandom, "char __user *buf", "size_t count", "unsigned int flags")
SYSCALL(getresgid, "gid_t __user *rgid", "gid_t __user *egid",
	"gid_t __user *sgid")
SYSCALL(getresgid16, "old_gid_t __user *rgid", "old_gid_t __user *egid",
	"old_gid_t __user *sgid")
SYSCALL(getresuid, "uid_t __user *ruid", "uid_t __user *euid",
	"uid_t __user *suid")
SYSCALL(getresuid16, "old_uid_t __user *ruid", "old_uid_t __user *euid",
	"old_uid_t __user *suid")
SYSCALL(getrlimit, "unsigned int resource", "struct rlimit __user *rlim")
SYSCALL(getrusage, "int who", "struct rusage __user *ru")
SYSCALL(getsid, "pid_t pid")
SYSCALL(getsockname, "int fd", "struct sockaddr __user *usockaddr",
	"int __user *usockaddr_len")
SYSCALL(getsockopt, "int fd", "int level", "int optname", "char __user *optval",
	"int __user *optlen")
SYSCALL(gettid, NULL)
SYSCALL(gettimeofday, "struct __kernel_old_timeval __user *tv",
	"struct timezone __user *tz")
SYSCALL(getuid, NULL)
SYSCALL(getuid16, NULL)
SYSCALL(getxattr, "const char __user *path", "const char __user *name",
	"void __user *value", "size_t size")
SYSCALL(init_module, "void __user *umod", "unsigned long len",
	"const char __user *uargs")
SYSCALL(inotify_add_watch, "int fd", "const char __user *path", "u32 mask")
SYSCALL(inotify_init, NULL)
SYSCALL(inotify_init1, "int flags")
SYSCALL(inotify_rm_watch, "int fd", "__s32 wd")
SYSCALL(io_cancel, "aio_context_t ctx_id", "struct iocb __user *iocb",
	"struct io_event __user *result")
SYSCALL(io_destroy, "aio_context_t ctx")
SYSCALL(io_getevents, "aio_context_t ctx_id", "long min_nr", "long nr",
	"struct io_event __user *events", "struct __kernel_timespec __user *timeout")
SYSCALL(io_getevents_time32, "__u32 ctx_id", "__s32 min_nr", "__s32 nr",
	"struct io_event __user *events", "struct old_timespec32 __user *timeout")
SYSCALL(io_pgetevents, "aio_context_t ctx_id", "long min_nr", "long nr",
	"struct io_event __user *events", "struct __kernel_timespec __user *timeout",
	"const struct __aio_sigset *sig")
SYSCALL(io_pgetevents_time32, "aio_context_t ctx_id", "long min_nr", "long nr",
	"struct io_event __user *events", "struct old_timespec32 __user *timeout",
	"const struct __aio_sigset *sig")
SYSCALL(io_setup, "unsigned int nr_reqs", "aio_context_t __user *ctx")
SYSCALL(io_submit, "aio_context_t ctx_id", "long nr",
	"struct iocb __user *__user *iocbpp")
SYSCALL(io_uring_enter, "unsigned int fd", "u32 to_submit", "u32 min_complete",
	"u32 flags", "const void __user *argp", "size_t argsz")
SYSCALL(io_uring_register, "unsigned int fd", "unsigned int op",
	"void __user *arg", "unsigned int nr_args")
SYSCALL(io_uring_setup, "u32 entries", "struct io_uring_params __user *p")
SYSCALL(ioctl, "unsigned int fd", "unsigned int cmd", "unsigned long arg")
SYSCALL(ioperm, "unsigned long from", "unsigned long num", "int on")
SYSCALL(ioprio_get, "int which", "int who")
SYSCALL(ioprio_set, "int which", "int who", "int ioprio")
SYSCALL(ipc, "unsigned int call", "int first", "unsigned long second",
	"unsigned long third", "void __user *ptr", "long fifth")
SYSCALL(kcmp, "pid_t pid1", "pid_t pid2", "int type", "unsigned long idx1",
	"unsigned long idx2")
SYSCALL(kexec_file_load, "int kernel_fd", "int initrd_fd",
	"unsigned long cmdline_len", "const char __user *cmdline_ptr",
	"unsigned long flags")
SYSCALL(kexec_load, "unsigned long entry", "unsigned long nr_segments",
	"struct kexec_segment __user *segments", "unsigned long flags")
SYSCALL(keyctl, "int cmd", "unsigned long arg2", "unsigned long arg3",
	"unsigned long arg4", "unsigned long arg5")
SYSCALL(kill, "pid_t pid", "int sig")
SYSCALL(landlock_add_rule, "int ruleset_fd",
	"enum landlock_rule_type rule_type", "const void __user *rule_attr",
	"__u32 flags")
SYSCALL(landlock_create_ruleset,
	"const struct landlock_ruleset_attr __user *attr", "size_t size",
	"__u32 flags")
SYSCALL(landlock_restrict_self, "int ruleset_fd", "__u32 flags")
SYSCALL(lchown, "const char __user *filename", "uid_t user", "gid_t group")
SYSCALL(lchown16, "const char __user *filename", "old_uid_t user",
	"old_gid_t group")
SYSCALL(lgetxattr, "const char __user *path", "const char __user *name",
	"void __user *value", "size_t size")
SYSCALL(link, "const char __user *oldname", "const char __user *newname")
SYSCALL(linkat, "int olddfd", "const char __user *oldname", "int newdfd",
	"const char __user *newname", "int flags")
SYSCALL(listen, "int fd", "int backlog")
SYSCALL(listmount, "const struct mnt_id_req __user *req", "u64 __user *mnt_ids",
	"size_t nr_mnt_ids", "unsigned int flags")
SYSCALL(listxattr, "const char __user *path", "char __user *list",
	"size_t size")
SYSCALL(llistxattr, "const char __user *path", "char __user *list",
	"size_t size")
SYSCALL(llseek, "unsigned int fd", "unsigned long offset_high",
	"unsigned long offset_low", "loff_t __user *result", "unsigned int whence")
SYSCALL(lookup_dcookie, "u64 cookie64", "char __user *buf", "size_t len")
SYSCALL(lremovexattr, "const char __user *path", "const char __user *name")
SYSCALL(lseek, "unsigned int fd", "off_t offset", "unsigned int whence")
SYSCALL(lsetxattr, "const char __user *path", "const char __user *name",
	"const void __user *value", "size_t size", "int flags")
SYSCALL(lstat, "const char __user *filename",
	"struct __old_kernel_stat __user *statbuf")
SYSCALL(lstat64, "const char __user *filename", "struct stat64 __user *statbuf")
SYSCALL(madvise, "unsigned long start", "size_t len", "int behavior")
SYSCALL(mbind, "unsigned long start", "unsigned long len", "unsigned long mode",
	"const unsigned long __user *nmask", "unsigned long maxnode",
	"unsigned int flags")
SYSCALL(membarrier, "int cmd", "unsigned int flags", "int cpu_id")
SYSCALL(memfd_create, "const char __user *uname_ptr", "unsigned int flags")
SYSCALL(memfd_secret, "unsigned int flags")
SYSCALL(migrate_pages, "pid_t pid", "unsigned long maxnode",
	"const unsigned long __user *from", "const unsigned long __user *to")
SYSCALL(mincore, "unsigned long start", "size_t len",
	"unsigned char __user *vec")
SYSCALL(mkdir, "const char __user *pathname", "umode_t mode")
SYSCALL(mkdirat, "int dfd", "const char __user *pathname", "umode_t mode")
SYSCALL(mknod, "const char __user *filename", "umode_t mode",
	"unsigned int dev")
SYSCALL(mknodat, "int dfd", "const char __user *filename", "umode_t mode",
	"unsigned int dev")
SYSCALL(mlock, "unsigned long start", "size_t len")
SYSCALL(mlock2, "unsigned long start", "size_t len", "int flags")
SYSCALL(mlockall, "int flags")
SYSCALL(mmap, "unsigned long addr", "unsigned long len", "unsigned long prot",
	"unsigned long flags", "unsigned long fd", "unsigned long off")
SYSCALL(mmap_pgoff, "unsigned long addr", "unsigned long len",
	"unsigned long prot", "unsigned long flags", "unsigned long fd",
	"unsigned long pgoff")
SYSCALL(mount, "char __user *dev_name", "char __user *dir_name",
	"char __user *type", "unsigned long flags", "void __user *data")
SYSCALL(mount_setattr, "int dfd", "const char __user *path",
	"unsigned int flags", "struct mount_attr __user *uattr", "size_t usize")
SYSCALL(move_mount, "int from_dfd", "const char __user *from_path",
	"int to_dfd", "const char __user *to_path", "unsigned int ms_flags")
SYSCALL(move_pages, "pid_t pid", "unsigned long nr_pages",
	"const void __user *__user *pages", "const int __user *nodes",
	"int __user *status", "int flags")
SYSCALL(mprotect, "unsigned long start", "size_t len", "unsigned long prot")
SYSCALL(mq_getsetattr, "mqd_t mqdes", "const struct mq_attr __user *mqstat",
	"struct mq_attr __user *omqstat")
SYSCALL(mq_notify, "mqd_t mqdes", "const struct sigevent __user *notification")
SYSCALL(mq_open, "const char __user *name", "int oflag", "umode_t mode",
	"struct mq_attr __user *attr")
SYSCALL(mq_timedreceive, "mqd_t mqdes", "char __user *msg_ptr",
	"size_t msg_len", "unsigned int __user *msg_prio",
	"const struct __kernel_timespec __user *abs_timeout")
SYSCALL(mq_timedreceive_time32, "mqd_t mqdes", "char __user *u_msg_ptr",
	"unsigned int msg_len", "unsigned int __user *u_msg_prio",
	"const struct old_timespec32 __user *u_abs_timeout")
SYSCALL(mq_timedsend, "mqd_t mqdes", "const char __user *msg_ptr",
	"size_t msg_len", "unsigned int msg_prio",
	"const struct __kernel_timespec __user *abs_timeout")
SYSCALL(mq_timedsend_time32, "mqd_t mqdes", "const char __user *u_msg_ptr",
	"unsigned int msg_len", "unsigned int msg_prio",
	"const struct old_timespec32 __user *u_abs_timeout")
SYSCALL(mq_unlink, "const char __user *name")
SYSCALL(mremap, "unsigned long addr", "unsigned long old_len",
	"unsigned long new_len", "unsigned long flags", "unsigned long new_addr")
SYSCALL(mseal, "unsigned long start", "size_t len", "unsigned long flags")
SYSCALL(msgctl, "int msqid", "int cmd", "struct msqid_ds __user *buf")
SYSCALL(msgget, "key_t key", "int msgflg")
SYSCALL(msgrcv, "int msqid", "struct msgbuf __user *msgp", "size_t msgsz",
	"long msgtyp", "int msgflg")
SYSCALL(msgsnd, "int msqid", "struct msgbuf __user *msgp", "size_t msgsz",
	"int msgflg")
SYSCALL(msync, "unsigned long start", "size_t len", "int flags")
SYSCALL(munlock, "unsigned long start", "size_t len")
SYSCALL(munlockall, NULL)
SYSCALL(munmap, "unsigned long addr", "size_t len")
SYSCALL(name_to_handle_at, "int dfd", "const char __user *name",
	"struct file_handle __user *handle", "int __user *mnt_id", "int flag")
SYSCALL(nanosleep, "struct __kernel_timespec __user *rqtp",
	"struct __kernel_timespec __user *rmtp")
SYSCALL(nanosleep_time32, "struct old_timespec32 __user *rqtp",
	"struct old_timespec32 __user *rmtp")
SYSCALL(newfstat, "unsigned int fd", "struct stat __user *statbuf")
SYSCALL(newfstatat, "int dfd", "const char __user *filename",
	"struct stat __user *statbuf", "int flag")
SYSCALL(newlstat, "const char __user *filename", "struct stat __user *statbuf")
SYSCALL(newstat, "const char __user *filename", "struct stat __user *statbuf")
SYSCALL(newuname, "struct new_utsname __user *name")
SYSCALL(ni_syscall, NULL)
SYSCALL(nice, "int increment")
SYSCALL(old_getrlimit, "unsigned int resource", "struct rlimit __user *rlim")
SYSCALL(old_mmap, "struct mmap_arg_struct __user *arg")
SYSCALL(old_msgctl, "int msqid", "int cmd", "struct msqid_ds __user *buf")
SYSCALL(old_select, "struct sel_arg_struct __user *arg")
SYSCALL(old_semctl, "int semid", "int semnum", "int cmd", "unsigned long arg")
SYSCALL(old_shmctl, "int shmid", "int cmd", "struct shmid_ds __user *buf")
SYSCALL(oldumount, "char __user *name")
SYSCALL(open, "const char __user *filename", "int flags", "umode_t mode")
SYSCALL(open_by_handle_at, "int mountdirfd",
	"struct file_handle __user *handle", "int flags")
SYSCALL(open_tree, "int dfd", "const char __user *path", "unsigned int flags")
SYSCALL(openat, "int dfd", "const char __user *filename", "int flags",
	"umode_t mode")
SYSCALL(openat2, "int dfd", "const char __user *filename",
	"struct open_how *how", "size_t size")
SYSCALL(pause, NULL)
SYSCALL(pciconfig_iobase, "long which", "unsigned long bus",
	"unsigned long devfn")
SYSCALL(pciconfig_read, "unsigned long bus", "unsigned long dfn",
	"unsigned long off", "unsigned long len", "void __user *buf")
SYSCALL(pciconfig_write, "unsigned long bus", "unsigned long dfn",
	"unsigned long off", "unsigned long len", "void __user *buf")
SYSCALL(perf_event_open, "struct perf_event_attr __user *attr_uptr",
	"pid_t pid", "int cpu", "int group_fd", "unsigned long flags")
SYSCALL(personality, "unsigned int personality")
SYSCALL(pidfd_getfd, "int pidfd", "int fd", "unsigned int flags")
SYSCALL(pidfd_open, "pid_t pid", "unsigned int flags")
SYSCALL(pidfd_send_signal, "int pidfd", "int sig", "siginfo_t __user *info",
	"unsigned int flags")
SYSCALL(pipe, "int __user *fildes")
SYSCALL(pipe2, "int __user *fildes", "int flags")
SYSCALL(pivot_root, "const char __user *new_root", "const char __user *put_old")
SYSCALL(pkey_alloc, "unsigned long flags", "unsigned long init_val")
SYSCALL(pkey_free, "int pkey")
SYSCALL(pkey_mprotect, "unsigned long start", "size_t len",
	"unsigned long prot", "int pkey")
SYSCALL(poll, "struct pollfd __user *ufds", "unsigned int nfds", "int timeout")
SYSCALL(ppoll, "struct pollfd __user *ufds", "unsigned int nfds",
	"struct __kernel_timespec __user *tsp", "const sigset_t __user *sigmask",
	"size_t sigsetsize")
SYSCALL(prctl, "int option", "unsigned long arg2", "unsigned long arg3",
	"unsigned long arg4", "unsigned long arg5")
SYSCALL(pread64, "unsigned int fd", "char __user *buf", "size_t count",
	"loff_t pos")
SYSCALL(preadv, "unsigned long fd", "const struct iovec __user *vec",
	"unsigned long vlen", "unsigned long pos_l", "unsigned long pos_h")
SYSCALL(preadv2, "unsigned long fd", "const struct iovec __user *vec",
	"unsigned long vlen", "unsigned long pos_l", "unsigned long pos_h",
	"rwf_t flags")
SYSCALL(prlimit64, "pid_t pid", "unsigned int resource",
	"const struct rlimit64 __user *new_rlim", "struct rlimit64 __user *old_rlim")
SYSCALL(process_madvise, "int pidfd", "const struct iovec __user *vec",
	"size_t vlen", "int behavior", "unsigned int flags")
SYSCALL(process_mrelease, "int pidfd", "unsigned int flags")
SYSCALL(process_vm_readv, "pid_t pid", "const struct iovec __user *lvec",
	"unsigned long liovcnt", "const struct iovec __user *rvec",
	"unsigned long riovcnt", "unsigned long flags")
SYSCALL(process_vm_writev, "pid_t pid", "const struct iovec __user *lvec",
	"unsigned long liovcnt", "const struct iovec __user *rvec",
	"unsigned long riovcnt", "unsigned long flags")
SYSCALL(pselect6, "int n", "fd_set __user *inp", "fd_set __user *outp",
	"fd_set __user *exp", "struct __kernel_timespec __user *tsp",
	"void __user *sig")
SYSCALL(ptrace, "long request", "long pid", "unsigned long addr",
	"unsigned long data")
SYSCALL(pwrite64, "unsigned int fd", "const char __user *buf", "size_t count",
	"loff_t pos")
SYSCALL(pwritev, "unsigned long fd", "const struct iovec __user *vec",
	"unsigned long vlen", "unsigned long pos_l", "unsigned long pos_h")
SYSCALL(pwritev2, "unsigned long fd", "const struct iovec __user *vec",
	"unsigned long vlen", "unsigned long pos_l", "unsigned long pos_h",
	"rwf_t flags")
SYSCALL(quotactl, "unsigned int cmd", "const char __user *special", "qid_t id",
	"void __user *addr")
SYSCALL(quotactl_fd, "unsigned int fd", "unsigned int cmd", "qid_t id",
	"void __user *addr")
SYSCALL(read, "unsigned int fd", "char __user *buf", "size_t count")
SYSCALL(readahead, "int fd", "loff_t offset", "size_t count")
SYSCALL(readlink, "const char __user *path", "char __user *buf", "int bufsiz")
SYSCALL(readlinkat, "int dfd", "const char __user *path", "char __user *buf",
	"int bufsiz")
SYSCALL(readv, "unsigned long fd", "const struct iovec __user *vec",
	"unsigned long vlen")
SYSCALL(reboot, "int magic1", "int magic2", "unsigned int cmd",
	"void __user *arg")
SYSCALL(recv, "int fd", "void __user *ubuf", "size_t size",
	"unsigned int flags")
SYSCALL(recvfrom, "int fd", "void __user *ubuf", "size_t size",
	"unsigned int flags", "struct sockaddr __user *addr", "int __user *addr_len")
SYSCALL(recvmmsg, "int fd", "struct mmsghdr __user *msg", "unsigned int vlen",
	"unsigned int flags", "struct __kernel_timespec __user *timeout")
SYSCALL(recvmmsg_time32, "int fd", "struct mmsghdr __user *msg",
	"unsigned int vlen", "unsigned int flags",
	"struct old_timespec32 __user *timeout")
SYSCALL(recvmsg, "int fd", "struct user_msghdr __user *msg",
	"unsigned int flags")
SYSCALL(remap_file_pages, "unsigned long start", "unsigned long size",
	"unsigned long prot", "unsigned long pgoff", "unsigned long flags")
SYSCALL(removexattr, "const char __user *path", "const char __user *name")
SYSCALL(rename, "const char __user *oldname", "const char __user *newname")
SYSCALL(renameat, "int olddfd", "const char __user *oldname", "int newdfd",
	"const char __user *newname")
SYSCALL(renameat2, "int olddfd", "const char __user *oldname", "int newdfd",
	"const char __user *newname", "unsigned int flags")
SYSCALL(request_key, "const char __user *_type",
	"const char __user *_description", "const char __user *_callout_info",
	"key_serial_t destringid")
SYSCALL(restart_syscall, NULL)
SYSCALL(rmdir, "const char __user *pathname")
SYSCALL(rseq, "struct rseq __user *rseq", "uint32_t rseq_len", "int flags",
	"uint32_t sig")
SYSCALL(rt_sigaction, "int sig", "const struct sigaction __user *act",
	"struct sigaction __user *oact", "size_t sigsetsize")
SYSCALL(rt_sigpending, "sigset_t __user *set", "size_t sigsetsize")
SYSCALL(rt_sigprocmask, "int how", "sigset_t __user *set",
	"sigset_t __user *oset", "size_t sigsetsize")
SYSCALL(rt_sigqueueinfo, "pid_t pid", "int sig", "siginfo_t __user *uinfo")
SYSCALL(rt_sigreturn, NULL)
SYSCALL(rt_sigsuspend, "sigset_t __user *unewset", "size_t sigsetsize")
SYSCALL(rt_sigtimedwait, "const sigset_t __user *uthese",
	"siginfo_t __user *uinfo", "const struct __kernel_timespec __user *uts",
	"size_t sigsetsize")
SYSCALL(rt_sigtimedwait_time32, "const sigset_t __user *uthese",
	"siginfo_t __user *uinfo", "const struct old_timespec32 __user *uts",
	"size_t sigsetsize")
SYSCALL(rt_tgsigqueueinfo, "pid_t tgid", "pid_t pid", "int sig",
	"siginfo_t __user *uinfo")
SYSCALL(sched_get_priority_max, "int policy")
SYSCALL(sched_get_priority_min, "int policy")
SYSCALL(sched_getaffinity, "pid_t pid", "unsigned int len",
	"unsigned long __user *user_mask_ptr")
SYSCALL(sched_getattr, "pid_t pid", "struct sched_attr __user *attr",
	"unsigned int size", "unsigned int flags")
SYSCALL(sched_getparam, "pid_t pid", "struct sched_param __user *param")
SYSCALL(sched_getscheduler, "pid_t pid")
SYSCALL(sched_rr_get_interval, "pid_t pid",
	"struct __kernel_timespec __user *interval")
SYSCALL(sched_rr_get_interval_time32, "pid_t pid",
	"struct old_timespec32 __user *interval")
SYSCALL(sched_setaffinity, "pid_t pid", "unsigned int len",
	"unsigned long __user *user_mask_ptr")
SYSCALL(sched_setattr, "pid_t pid", "struct sched_attr __user *attr",
	"unsigned int flags")
SYSCALL(sched_setparam, "pid_t pid", "struct sched_param __user *param")
SYSCALL(sched_setscheduler, "pid_t pid", "int policy",
	"struct sched_param __user *param")
SYSCALL(sched_yield, NULL)
SYSCALL(seccomp, "unsigned int op", "unsigned int flags", "void __user *uargs")
SYSCALL(select, "int n", "fd_set __user *inp", "fd_set __user *outp",
	"fd_set __user *exp", "struct __kernel_old_timeval __user *tvp")
SYSCALL(semctl, "int semid", "int semnum", "int cmd", "unsigned long arg")
SYSCALL(semget, "key_t key", "int nsems", "int semflg")
SYSCALL(semop, "int semid", "struct sembuf __user *sops", "unsigned int nsops")
SYSCALL(semtimedop, "int semid", "struct sembuf __user *sops",
	"unsigned int nsops", "const struct __kernel_timespec __user *timeout")
SYSCALL(semtimedop_time32, "int semid", "struct sembuf __user *sops",
	"unsigned int nsops", "const struct old_timespec32 __user *timeout")
SYSCALL(send, "int fd", "void __user *buff", "size_t len", "unsigned int flags")
SYSCALL(sendfile, "int out_fd", "int in_fd", "off_t __user *offset",
	"size_t count")
SYSCALL(sendfile64, "int out_fd", "int in_fd", "loff_t __user *offset",
	"size_t count")
SYSCALL(sendmmsg, "int fd", "struct mmsghdr __user *msg", "unsigned int vlen",
	"unsigned int flags")
SYSCALL(sendmsg, "int fd", "struct user_msghdr __user *msg",
	"unsigned int flags")
SYSCALL(sendto, "int fd", "void __user *buff", "size_t len",
	"unsigned int flags", "struct sockaddr __user *addr", "int addr_len")
SYSCALL(set_mempolicy, "int mode", "const unsigned long __user *nmask",
	"unsigned long maxnode")
SYSCALL(set_mempolicy_home_node, "unsigned long start", "unsigned long len",
	"unsigned long home_node", "unsigned long flags")
SYSCALL(set_robust_list, "struct robust_list_head __user *head", "size_t len")
SYSCALL(set_tid_address, "int __user *tidptr")
SYSCALL(setdomainname, "char __user *name", "int len")
SYSCALL(setfsgid, "gid_t gid")
SYSCALL(setfsgid16, "old_gid_t gid")
SYSCALL(setfsuid, "uid_t uid")
SYSCALL(setfsuid16, "old_uid_t uid")
SYSCALL(setgid, "gid_t gid")
SYSCALL(setgid16, "old_gid_t gid")
SYSCALL(setgroups, "int gidsetsize", "gid_t __user *grouplist")
SYSCALL(setgroups16, "int gidsetsize", "old_gid_t __user *grouplist")
SYSCALL(sethostname, "char __user *name", "int len")
SYSCALL(setitimer, "int which", "struct __kernel_old_itimerval __user *value",
	"struct __kernel_old_itimerval __user *ovalue")
SYSCALL(setns, "int fd", "int nstype")
SYSCALL(setpgid, "pid_t pid", "pid_t pgid")
SYSCALL(setpriority, "int which", "int who", "int niceval")
SYSCALL(setregid, "gid_t rgid", "gid_t egid")
SYSCALL(setregid16, "old_gid_t rgid", "old_gid_t egid")
SYSCALL(setresgid, "gid_t rgid", "gid_t egid", "gid_t sgid")
SYSCALL(setresgid16, "old_gid_t rgid", "old_gid_t egid", "old_gid_t sgid")
SYSCALL(setresuid, "uid_t ruid", "uid_t euid", "uid_t suid")
SYSCALL(setresuid16, "old_uid_t ruid", "old_uid_t euid", "old_uid_t suid")
SYSCALL(setreuid, "uid_t ruid", "uid_t euid")
SYSCALL(setreuid16, "old_uid_t ruid", "old_uid_t euid")
SYSCALL(setrlimit, "unsigned int resource", "struct rlimit __user *rlim")
SYSCALL(setsid, NULL)
SYSCALL(setsockopt, "int fd", "int level", "int optname", "char __user *optval",
	"int optlen")
SYSCALL(settimeofday, "struct __kernel_old_timeval __user *tv",
	"struct timezone __user *tz")
SYSCALL(setuid, "uid_t uid")
SYSCALL(setuid16, "old_uid_t uid")
SYSCALL(setxattr, "const char __user *path", "const char __user *name",
	"const void __user *value", "size_t size", "int flags")
SYSCALL(sgetmask, NULL)
SYSCALL(shmat, "int shmid", "char __user *shmaddr", "int shmflg")
SYSCALL(shmctl, "int shmid", "int cmd", "struct shmid_ds __user *buf")
SYSCALL(shmdt, "char __user *shmaddr")
SYSCALL(shmget, "key_t key", "size_t size", "int flag")
SYSCALL(shutdown, "int fd", "int how")
SYSCALL(sigaltstack, "const struct sigaltstack __user *uss",
	"struct sigaltstack __user *uoss")
SYSCALL(signal, "int sig", "__sighandler_t handler")
SYSCALL(signalfd, "int ufd", "sigset_t __user *user_mask", "size_t sizemask")
SYSCALL(signalfd4, "int ufd", "sigset_t __user *user_mask", "size_t sizemask",
	"int flags")
SYSCALL(sigpending, "old_sigset_t __user *uset")
SYSCALL(sigprocmask, "int how", "old_sigset_t __user *set",
	"old_sigset_t __user *oset")
SYSCALL(sigsuspend, "old_sigset_t mask")
SYSCALL(socket, "int family", "int type", "int protocol")
SYSCALL(socketcall, "int call", "unsigned long __user *args")
SYSCALL(socketpair, "int family", "int type", "int protocol",
	"int __user *usockvec")
SYSCALL(splice, "int fd_in", "loff_t __user *off_in", "int fd_out",
	"loff_t __user *off_out", "size_t len", "unsigned int flags")
SYSCALL(spu_create, "const char __user *name", "unsigned int flags",
	"umode_t mode", "int fd")
SYSCALL(spu_run, "int fd", "__u32 __user *unpc", "__u32 __user *ustatus")
SYSCALL(ssetmask, "int newmask")
SYSCALL(stat, "const char __user *filename",
	"struct __old_kernel_stat __user *statbuf")
SYSCALL(stat64, "const char __user *filename", "struct stat64 __user *statbuf")
SYSCALL(statfs, "const char __user *path", "struct statfs __user *buf")
SYSCALL(statfs64, "const char __user *path", "size_t sz",
	"struct statfs64 __user *buf")
SYSCALL(statmount, "const struct mnt_id_req __user *req",
	"struct statmount __user *buf", "size_t bufsize", "unsigned int flags")
SYSCALL(statx, "int dfd", "const char __user *path", "unsigned int flags",
	"unsigned int mask", "struct statx __user *buffer")
SYSCALL(stime, "__kernel_old_time_t __user *tptr")
SYSCALL(stime32, "old_time32_t __user *tptr")
SYSCALL(swapoff, "const char __user *specialfile")
SYSCALL(swapon, "const char __user *specialfile", "int swap_flags")
SYSCALL(symlink, "const char __user *old", "const char __user *new")
SYSCALL(symlinkat, "const char __user *oldname", "int newdfd",
	"const char __user *newname")
SYSCALL(sync, NULL)
SYSCALL(sync_file_range, "int fd", "loff_t offset", "loff_t nbytes",
	"unsigned int flags")
SYSCALL(sync_file_range2, "int fd", "unsigned int flags", "loff_t offset",
	"loff_t nbytes")
SYSCALL(syncfs, "int fd")
SYSCALL(sysfs, "int option", "unsigned long arg1", "unsigned long arg2")
SYSCALL(sysinfo, "struct sysinfo __user *info")
SYSCALL(syslog, "int type", "char __user *buf", "int len")
SYSCALL(tee, "int fdin", "int fdout", "size_t len", "unsigned int flags")
SYSCALL(tgkill, "pid_t tgid", "pid_t pid", "int sig")
SYSCALL(time, "__kernel_old_time_t __user *tloc")
SYSCALL(time32, "old_time32_t __user *tloc")
SYSCALL(timer_create, "clockid_t which_clock",
	"struct sigevent __user *timer_event_spec", "timer_t __user *created_timer_id")
SYSCALL(timer_delete, "timer_t timer_id")
SYSCALL(timer_getoverrun, "timer_t timer_id")
SYSCALL(timer_gettime, "timer_t timer_id",
	"struct __kernel_itimerspec __user *setting")
SYSCALL(timer_gettime32, "timer_t timer_id",
	"struct old_itimerspec32 __user *setting")
SYSCALL(timer_settime, "timer_t timer_id", "int flags",
	"const struct __kernel_itimerspec __user *new_setting",
	"struct __kernel_itimerspec __user *old_setting")
SYSCALL(timer_settime32, "timer_t timer_id", "int flags",
	"struct old_itimerspec32 __user *new", "struct old_itimerspec32 __user *old")
SYSCALL(timerfd_create, "int clockid", "int flags")
SYSCALL(timerfd_gettime, "int ufd", "struct __kernel_itimerspec __user *otmr")
SYSCALL(timerfd_gettime32, "int ufd", "struct old_itimerspec32 __user *otmr")
SYSCALL(timerfd_settime, "int ufd", "int flags",
	"const struct __kernel_itimerspec __user *utmr",
	"struct __kernel_itimerspec __user *otmr")
SYSCALL(timerfd_settime32, "int ufd", "int flags",
	"const struct old_itimerspec32 __user *utmr",
	"struct old_itimerspec32 __user *otmr")
SYSCALL(times, "struct tms __user *tbuf")
SYSCALL(tkill, "pid_t pid", "int sig")
SYSCALL(truncate, "const char __user *path", "long length")
SYSCALL(truncate64, "const char __user *path", "loff_t length")
SYSCALL(umask, "int mask")
SYSCALL(umount, "char __user *name", "int flags")
SYSCALL(unlink, "const char __user *pathname")
SYSCALL(unlinkat, "int dfd", "const char __user *pathname", "int flag")
SYSCALL(unshare, "unsigned long unshare_flags")
SYSCALL(uselib, "const char __user *library")
SYSCALL(userfaultfd, "int flags")
SYSCALL(ustat, "unsigned int dev", "struct ustat __user *ubuf")
SYSCALL(utime, "char __user *filename", "struct utimbuf __user *times")
SYSCALL(utime32, "const char __user *filename",
	"struct old_utimbuf32 __user *t")
SYSCALL(utimensat, "int dfd", "const char __user *filename",
	"struct __kernel_timespec __user *utimes", "int flags")
SYSCALL(utimensat_time32, "unsigned int dfd", "const char __user *filename",
	"struct old_timespec32 __user *t", "int flags")
SYSCALL(utimes, "char __user *filename",
	"struct __kernel_old_timeval __user *utimes")
SYSCALL(utimes_time32, "const char __user *filename",
	"struct old_timeval32 __user *t")
SYSCALL(vfork, NULL)
SYSCALL(vhangup, NULL)
SYSCALL(vmsplice, "int fd", "const struct iovec __user *iov",
	"unsigned long nr_segs", "unsigned int flags")
SYSCALL(wait4, "pid_t pid", "int __user *stat_addr", "int options",
	"struct rusage __user *ru")
SYSCALL(waitid, "int which", "pid_t pid", "struct siginfo __user *infop",
	"int options", "struct rusage __user *ru")
SYSCALL(waitpid, "pid_t pid", "int __user *stat_addr", "int options")
SYSCALL(write, "unsigned int fd", "const char __user *buf", "size_t count")
SYSCALL(writev, "unsigned long fd", "const struct iovec __user *vec",
	"unsigned long vlen")
/* clang-format on */
