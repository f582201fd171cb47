// What the Glibc module lacks: epoll, eventfd, signals by descriptor, scheduling, and variadic calls.
#ifndef ASSAY_CLINUX_H
#define ASSAY_CLINUX_H

#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

// epoll_pwait2 with a time-out in nanoseconds (negative: for ever); falls back to epoll_wait, rounded down to a
// millisecond, on old kernels.
int clinux_epoll_wait_ns(int epoll, struct epoll_event *events, int capacity, int64_t timeout_ns);

// Timer slack of the calling thread, in nanoseconds. 0 on success.
int clinux_set_timer_slack(unsigned long nanoseconds);

// Round-robin real-time scheduling at the lowest priority for the calling thread. 0 on success, else errno.
int clinux_set_realtime(void);

// Nice value of the calling thread. 0 on success.
int clinux_set_nice(int value);

// Processors are numbered below this.
#define CLINUX_MOST_PROCESSORS 1024

// Binds the calling thread to one processor. 0 on success.
int clinux_pin(int processor);

// Whether the calling thread may run on a processor: 1 or 0.
int clinux_may_use(int processor);

// Name of the calling thread, at most 15 bytes. 0 on success.
int clinux_set_thread_name(const char *name);

// Kernel id of the calling thread.
int clinux_thread_id(void);

// CPU time of the calling thread, nanoseconds.
int64_t clinux_thread_cpu_ns(void);

// One heap for all threads, whose large pieces go back to the kernel when they are freed: for programs that stay small and allocate
// little at the same time. Call it before there are other threads.
void clinux_keep_memory_small(void);

// Gives freed memory back to the kernel.
void clinux_return_memory(void);

// open() without variadics. -1 and errno on failure.
int clinux_open(const char *path, int flags, unsigned mode);

// O_NONBLOCK on. 0 on success.
int clinux_set_nonblocking(int descriptor);

#endif
