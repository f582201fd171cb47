// Counts what one thread asks of the allocator, and how often it counts references, between two calls. For tests alone.
#ifndef ALLOCATION_COUNTER_H
#define ALLOCATION_COUNTER_H

struct allocation_counts {
    // malloc, calloc, realloc, memalign, posix_memalign, aligned_alloc.
    long allocations;
    long frees;
    // Of Swift objects, by calls: one that raises a count by several counts once.
    long retains;
    long releases;
};

// Whether the allocator can be counted here: a sanitizer brings its own.
int allocation_counter_works(void);

// From now on the calls of this thread count. Other threads are not looked at.
void allocation_counter_start(void);

// What this thread did since `start`; all 0 where it did not start.
struct allocation_counts allocation_counter_stop(void);

#endif
