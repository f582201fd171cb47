#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int clinux_epoll_wait_ns(int epoll, struct epoll_event *events, int capacity, int64_t timeout_ns) {
    static int old_kernel = 0;
    if (!__atomic_load_n(&old_kernel, __ATOMIC_RELAXED)) {
        struct timespec timeout = {.tv_sec = timeout_ns / 1000000000, .tv_nsec = timeout_ns % 1000000000};
        int ready = (int)syscall(SYS_epoll_pwait2, epoll, events, capacity, timeout_ns < 0 ? NULL : &timeout, NULL, 0);
        // EPERM: sandboxes whose list of calls is older than this one.
        if (ready >= 0 || (errno != ENOSYS && errno != EPERM)) return ready;
        __atomic_store_n(&old_kernel, 1, __ATOMIC_RELAXED);
    }
    // Rounded down: the last part of a millisecond is spent asking again, so that sends are not late for want of a finer clock.
    return epoll_wait(epoll, events, capacity, timeout_ns < 0 ? -1 : (int)(timeout_ns / 1000000));
}

void clinux_keep_memory_small(void) {
    mallopt(M_ARENA_MAX, 1);
    // Given explicitly, these no longer grow with what was freed.
    mallopt(M_MMAP_THRESHOLD, 128 << 10);
    mallopt(M_TRIM_THRESHOLD, 128 << 10);
}

void clinux_return_memory(void) { malloc_trim(0); }

int clinux_set_timer_slack(unsigned long nanoseconds) { return prctl(PR_SET_TIMERSLACK, nanoseconds, 0, 0, 0); }

int clinux_set_realtime(void) {
    struct sched_param parameters = {.sched_priority = 1};
    return sched_setscheduler((pid_t)syscall(SYS_gettid), SCHED_RR, &parameters) == 0 ? 0 : errno;
}

int clinux_set_nice(int value) { return setpriority(PRIO_PROCESS, (id_t)syscall(SYS_gettid), value); }

int clinux_pin(int processor) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(processor, &set);
    return sched_setaffinity((pid_t)syscall(SYS_gettid), sizeof set, &set);
}

int clinux_may_use(int processor) {
    cpu_set_t set;
    if (sched_getaffinity((pid_t)syscall(SYS_gettid), sizeof set, &set) != 0) return 0;
    return CPU_ISSET(processor, &set) ? 1 : 0;
}

int clinux_set_thread_name(const char *name) { return prctl(PR_SET_NAME, name, 0, 0, 0); }

int clinux_thread_id(void) { return (int)syscall(SYS_gettid); }

int64_t clinux_thread_cpu_ns(void) {
    struct timespec used;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
    return (int64_t)used.tv_sec * 1000000000 + used.tv_nsec;
}

int clinux_open(const char *path, int flags, unsigned mode) { return open(path, flags, mode); }

int clinux_set_nonblocking(int descriptor) {
    int flags = fcntl(descriptor, F_GETFL);
    return flags < 0 ? -1 : fcntl(descriptor, F_SETFL, flags | O_NONBLOCK);
}
