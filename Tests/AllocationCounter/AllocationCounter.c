// The allocator's functions, defined in the program itself, so that the dynamic linker binds everybody's calls to them. Each counts
// and hands on to glibc's own, or to the Swift runtime's.
//
// What counts is thread-local: a test that measures one thread is not disturbed by the others.

#define _GNU_SOURCE
#include "AllocationCounter.h"

#include <dlfcn.h>
#include <errno.h>
#include <stddef.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif

static __thread struct allocation_counts counts;
static __thread int counting;

#ifndef SANITIZED

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);
extern void __libc_free(void *);

#define EXPORTED __attribute__((visibility("default")))

EXPORTED void *malloc(size_t size) {
    counts.allocations += counting;
    return __libc_malloc(size);
}

EXPORTED void *calloc(size_t number, size_t size) {
    counts.allocations += counting;
    return __libc_calloc(number, size);
}

EXPORTED void *realloc(void *memory, size_t size) {
    counts.allocations += counting;
    return __libc_realloc(memory, size);
}

EXPORTED void *memalign(size_t alignment, size_t size) {
    counts.allocations += counting;
    return __libc_memalign(alignment, size);
}

EXPORTED void *aligned_alloc(size_t alignment, size_t size) {
    counts.allocations += counting;
    return __libc_memalign(alignment, size);
}

EXPORTED int posix_memalign(void **memory, size_t alignment, size_t size) {
    counts.allocations += counting;
    *memory = __libc_memalign(alignment, size);
    return *memory ? 0 : ENOMEM;
}

EXPORTED void free(void *memory) {
    counts.frees += counting && memory;
    __libc_free(memory);
}

// References: what this program calls is bound to these, and they hand on to the runtime's own. (The runtime's hooks for Instruments
// are of no use here: on Linux they take the tag off a short string before they ask whether it is an object at all.)
typedef void *(*retain_function)(void *);
typedef void (*release_function)(void *);
typedef void *(*retain_n_function)(void *, unsigned);
typedef void (*release_n_function)(void *, unsigned);

#define NEXT(type, name) \
    static type next; \
    if (!next) next = (type)dlsym(RTLD_NEXT, name)

EXPORTED void *swift_retain(void *object) {
    NEXT(retain_function, "swift_retain");
    counts.retains += counting;
    return next(object);
}

EXPORTED void swift_release(void *object) {
    NEXT(release_function, "swift_release");
    counts.releases += counting;
    next(object);
}

EXPORTED void *swift_retain_n(void *object, unsigned n) {
    NEXT(retain_n_function, "swift_retain_n");
    counts.retains += counting;
    return next(object, n);
}

EXPORTED void swift_release_n(void *object, unsigned n) {
    NEXT(release_n_function, "swift_release_n");
    counts.releases += counting;
    next(object, n);
}

EXPORTED void *swift_bridgeObjectRetain(void *object) {
    NEXT(retain_function, "swift_bridgeObjectRetain");
    counts.retains += counting;
    return next(object);
}

EXPORTED void swift_bridgeObjectRelease(void *object) {
    NEXT(release_function, "swift_bridgeObjectRelease");
    counts.releases += counting;
    next(object);
}

// Looking a function up allocates: that is done before anything is counted.
__attribute__((constructor)) static void look_up(void) {
    swift_release(swift_retain(NULL));
    swift_release_n(swift_retain_n(NULL, 1), 1);
    swift_bridgeObjectRelease(swift_bridgeObjectRetain(NULL));
}

int allocation_counter_works(void) { return 1; }

#else

int allocation_counter_works(void) { return 0; }

#endif

void allocation_counter_start(void) {
    counts = (struct allocation_counts){0};
    counting = 1;
}

struct allocation_counts allocation_counter_stop(void) {
    struct allocation_counts seen = counts;
    seen = counting ? seen : (struct allocation_counts){0};
    counting = 0;
    return seen;
}
