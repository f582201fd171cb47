// The floor: as little client as can send CQL's EXECUTE frames and time their answers. Assay's worker is held against what this costs.
//
//   floor HOST:PORT --statement CQL [--statement CQL ...] --keys FILE (--rate R [--poisson] | --in-flight N)
//         [--connections C] [--seconds S] [--warm-up S] [--seed N]
//
// One thread, one epoll set, native protocol v4 (native_protocol_v4.spec). Every statement binds one 16-byte key, drawn uniformly from
// FILE, which holds keys and nothing else. Open loop: all sends of a connection that are due go out in one write, then one sleep until
// the next is due; response time counts from the intended start. Closed loop: each answer makes room for the next request.
// Prints one line of JSON for the seconds after the warm-up. Ends with 1 if it could not connect, prepare or finish, 64 for wrong usage.

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sched.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { STREAMS = 32768, CONNECTIONS = 64, STATEMENTS = 16, INPUT = 1 << 18, OUTPUT = 1 << 20 };
enum { ERROR = 0, STARTUP = 1, READY = 2, RESULT = 8, PREPARE = 9, EXECUTE = 10 };

struct connection {
    int descriptor, waits_to_write;
    uint8_t *in, *out;
    size_t in_length, out_length;
    uint16_t *free_streams;
    int free_count;
    int64_t *intended; // by stream
};

struct statement {
    uint8_t head[256]; // from the id to the number of values: the same in each frame
    size_t length;
};

static struct connection connections[CONNECTIONS];
static struct statement statements[STATEMENTS];
static int connection_count = 1, statement_count, poller;
static uint8_t *keys;
static size_t key_count;
static uint64_t random_state = 42;

// Times in bins of 1/128 of a power of two, in nanoseconds; well under 1 %.
struct histogram {
    uint64_t bins[64 * 128], recorded;
    int64_t most;
};

static struct histogram responses, lateness; // lateness: from the intended start to the moment at which the request is made
static int64_t answered, failed, sent;

static void stop(int code, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fputs("floor: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    exit(code);
}

static int64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static uint64_t draw(void) { // xorshift64*
    random_state ^= random_state >> 12;
    random_state ^= random_state << 25;
    random_state ^= random_state >> 27;
    return random_state * 0x2545F4914F6CDD1DULL;
}

static void record(struct histogram *h, int64_t ns) {
    uint64_t value = ns < 1 ? 1 : (uint64_t)ns;
    int power = 63 - __builtin_clzll(value);
    uint64_t part = power >= 7 ? (value >> (power - 7)) & 127 : (value << (7 - power)) & 127;
    h->bins[power * 128 + (int)part]++;
    h->recorded++;
    if (ns > h->most) h->most = ns;
}

static double quantile_ms(const struct histogram *h, double p) {
    uint64_t wanted = (uint64_t)ceil(p * (double)h->recorded), seen = 0;
    for (int i = 0; i < 64 * 128; i++) {
        seen += h->bins[i];
        if (h->bins[i] && seen >= wanted) return ldexp(1 + (i % 128 + 0.5) / 128, i / 128) / 1e6;
    }
    return 0;
}

static uint8_t *put16(uint8_t *at, unsigned value) {
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
    return at + 2;
}

static uint8_t *put32(uint8_t *at, uint32_t value) { return put16(put16(at, value >> 16), value & 0xFFFF); }

static uint32_t get32(const uint8_t *at) { return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3]; }

static uint8_t *put_header(uint8_t *at, unsigned stream, unsigned opcode, size_t length) {
    at[0] = 4;
    at[1] = 0;
    put16(at + 2, stream);
    at[4] = (uint8_t)opcode;
    return put32(at + 5, (uint32_t)length);
}

// Before the run: one request, one answer, on a socket that still blocks. Returns the body of the answer.
static uint8_t *ask(int descriptor, unsigned opcode, const uint8_t *body, size_t length, unsigned expected, size_t *answer_length) {
    static uint8_t frame[INPUT];
    put_header(frame, 0, opcode, length);
    memcpy(frame + 9, body, length);
    if (write(descriptor, frame, length + 9) != (ssize_t)(length + 9)) stop(1, "cannot write: %s", strerror(errno));
    size_t have = 0, want = 9;
    while (have < want) {
        ssize_t n = read(descriptor, frame + have, want - have);
        if (n <= 0) stop(1, "the server closed the connection; does it speak CQL v4?");
        have += (size_t)n;
        if (have == 9) want = 9 + get32(frame + 5);
        if (want > sizeof frame) stop(1, "an answer of %zu bytes is none that belongs here", want);
    }
    if (frame[4] == ERROR && want >= 15) stop(1, "the server refused: %.*s", (int)(want - 15), frame + 15);
    if (frame[4] != expected) stop(1, "opcode %d came where %u was due", frame[4], expected);
    if (answer_length) *answer_length = want - 9;
    return frame + 9;
}

static void prepare(int descriptor, const char *cql, struct statement *into) {
    uint8_t body[8192];
    size_t length = strlen(cql), answered_length;
    if (length > sizeof body - 4) stop(64, "the statement is too long");
    memcpy(put32(body, (uint32_t)length), cql, length);
    uint8_t *answer = ask(descriptor, PREPARE, body, length + 4, RESULT, &answered_length);
    size_t id = (size_t)answer[4] << 8 | answer[5];
    if (get32(answer) != 4 || id + 6 > answered_length || id > 128) stop(1, "PREPARE was answered with something else");
    uint8_t *at = put16(into->head, (unsigned)id);
    memcpy(at, answer + 6, id);
    at = put16(at + id, 10); // LOCAL_ONE
    *at++ = 0x01 | 0x02;     // values, and no metadata in the answer
    at = put16(at, 1);
    at = put32(at, 16);
    into->length = (size_t)(at - into->head);
}

static void open_connection(struct connection *c, struct sockaddr_in *address, char **cql) {
    c->descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connect(c->descriptor, (struct sockaddr *)address, sizeof *address)) stop(1, "cannot connect: %s", strerror(errno));
    int one = 1;
    setsockopt(c->descriptor, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    static const uint8_t options[] = "\0\1\0\013CQL_VERSION\0\0053.0.0";
    ask(c->descriptor, STARTUP, options, sizeof options - 1, READY, NULL);
    if (c == connections)
        for (int i = 0; i < statement_count; i++) prepare(c->descriptor, cql[i], &statements[i]);
    fcntl(c->descriptor, F_SETFL, O_NONBLOCK);
    c->in = malloc(INPUT);
    c->out = malloc(OUTPUT);
    c->free_streams = malloc(STREAMS * sizeof *c->free_streams);
    c->intended = calloc(STREAMS, sizeof *c->intended); // 0: not in flight
    if (!c->in || !c->out || !c->free_streams || !c->intended) stop(1, "out of memory");
    // Taken from the end: few in flight use few streams, and few lines of cache.
    for (int i = 0; i < STREAMS; i++) c->free_streams[i] = (uint16_t)(STREAMS - 1 - i);
    c->free_count = STREAMS;
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
    if (epoll_ctl(poller, EPOLL_CTL_ADD, c->descriptor, &event)) stop(1, "epoll_ctl: %s", strerror(errno));
}

static void enqueue(struct connection *c, int64_t intended) {
    const struct statement *s = &statements[statement_count == 1 ? 0 : draw() % (unsigned)statement_count];
    sent++;
    if (c->free_count == 0 || c->out_length + s->length + 25 > OUTPUT) { // nothing is dropped: what cannot be sent has failed
        failed++;
        return;
    }
    unsigned stream = c->free_streams[--c->free_count];
    c->intended[stream] = intended;
    uint8_t *at = put_header(c->out + c->out_length, stream, EXECUTE, s->length + 16);
    memcpy(at, s->head, s->length);
    memcpy(at + s->length, keys + 16 * (draw() % key_count), 16);
    c->out_length += 9 + s->length + 16;
}

static void flush(struct connection *c) {
    if (c->out_length == 0) return;
    ssize_t n = write(c->descriptor, c->out, c->out_length);
    if (n < 0 && errno != EAGAIN) stop(1, "cannot write: %s", strerror(errno));
    if (n > 0) {
        c->out_length -= (size_t)n;
        if (c->out_length) memmove(c->out, c->out + n, c->out_length);
    }
    if ((c->out_length > 0) != c->waits_to_write) {
        c->waits_to_write = !c->waits_to_write;
        struct epoll_event event = {.events = EPOLLIN | (c->waits_to_write ? EPOLLOUT : 0), .data.ptr = c};
        epoll_ctl(poller, EPOLL_CTL_MOD, c->descriptor, &event);
    }
}

// One read, all whole frames in it. Returns how many were answers.
static int receive(struct connection *c) {
    ssize_t n = read(c->descriptor, c->in + c->in_length, INPUT - c->in_length);
    if (n < 0 && errno == EAGAIN) return 0;
    if (n <= 0) stop(1, "the server closed a connection");
    int64_t at = now();
    c->in_length += (size_t)n;
    size_t done = 0;
    int count = 0;
    while (c->in_length - done >= 9) {
        const uint8_t *frame = c->in + done;
        size_t length = 9 + get32(frame + 5);
        if (length > INPUT) stop(1, "an answer of %zu bytes is more than this reads", length);
        if (c->in_length - done < length) break;
        unsigned stream = (unsigned)frame[2] << 8 | frame[3];
        if (stream >= STREAMS || c->intended[stream] == 0) stop(1, "an answer to nothing, stream %u", stream);
        if (frame[4] == RESULT) {
            record(&responses, at - c->intended[stream]);
            answered++;
        } else {
            failed++;
        }
        c->intended[stream] = 0;
        c->free_streams[c->free_count++] = (uint16_t)stream;
        done += length;
        count++;
    }
    c->in_length -= done;
    if (done && c->in_length) memmove(c->in, c->in + done, c->in_length);
    return count;
}

static int in_flight(void) {
    int sum = 0;
    for (int i = 0; i < connection_count; i++) sum += STREAMS - connections[i].free_count;
    return sum;
}

// Sends for `seconds`, then waits for what is in flight, at most 2 s. `rate` 0: closed loop with `window` in flight.
static void run(double seconds, double rate, int poisson, int window) {
    int64_t start = now(), end = start + (int64_t)(seconds * 1e9), deadline = end + 2000000000, at = start;
    double due = (double)start;
    int turn = 0;
    struct epoll_event ready[CONNECTIONS];
    if (rate == 0)
        for (int i = 0; i < window; i++) enqueue(&connections[i % connection_count], start);
    for (;;) {
        while (rate > 0 && due <= (double)at && due < (double)end) {
            record(&lateness, at - (int64_t)due);
            enqueue(&connections[turn], (int64_t)due);
            if (++turn == connection_count) turn = 0;
            due += (poisson ? -log(1 - (double)(draw() >> 11) * 0x1p-53) : 1) * 1e9 / rate;
        }
        for (int i = 0; i < connection_count; i++)
            if (!connections[i].waits_to_write) flush(&connections[i]);
        int sending = rate > 0 ? due < (double)end : at < end;
        if (!sending && (at >= deadline || in_flight() == 0)) break;
        int64_t until = !sending ? deadline : rate > 0 ? (int64_t)due : end, left = until - at;
        if (left < 0) left = 0;
        struct timespec timeout = {.tv_sec = left / 1000000000, .tv_nsec = left % 1000000000};
        int count = epoll_pwait2(poller, ready, CONNECTIONS, &timeout, NULL);
        if (count < 0 && errno != EINTR) stop(1, "epoll_pwait2: %s", strerror(errno));
        for (int i = 0; i < count; i++) {
            struct connection *c = ready[i].data.ptr;
            if (ready[i].events & EPOLLOUT) flush(c);
            if (!(ready[i].events & ~(uint32_t)EPOLLOUT)) continue;
            int answers = receive(c);
            if (rate == 0 && at < end) {
                int64_t again = now();
                for (int k = 0; k < answers; k++) enqueue(c, again);
            }
        }
        at = now();
    }
    failed += in_flight(); // no answer in time
}

static double cpu_seconds(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) + (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

// The high-water mark of this program alone: what getrusage tells holds the memory of whoever started it, too.
static double resident_mib(void) {
    char line[256];
    long kib = 0;
    FILE *file = fopen("/proc/self/status", "r");
    while (file && fgets(line, sizeof line, file))
        if (sscanf(line, "VmHWM: %ld", &kib) == 1) break;
    if (file) fclose(file);
    return (double)kib / 1024;
}

static void read_keys(const char *path) {
    FILE *file = fopen(path, "rb");
    if (!file) stop(64, "%s: %s", path, strerror(errno));
    fseek(file, 0, SEEK_END);
    long size = ftell(file);
    rewind(file);
    key_count = (size_t)size / 16;
    keys = malloc(key_count * 16 + 1);
    if (size < 16 || size % 16 || !keys || fread(keys, 16, key_count, file) != key_count) stop(64, "%s holds no 16-byte keys", path);
    fclose(file);
}

int main(int count, char **arguments) {
    double rate = 0, seconds = 10, warm_up = 2;
    int window = 0, poisson = 0;
    char *cql[STATEMENTS], *key_file = NULL, host[64] = "";
    unsigned port = 0;
    if (count < 2 || sscanf(arguments[1], "%63[^:]:%u", host, &port) != 2) stop(64, "the first argument is HOST:PORT");
    for (int i = 2; i < count; i++) {
        const char *flag = arguments[i];
        if (!strcmp(flag, "--poisson")) {
            poisson = 1;
            continue;
        }
        char *value = ++i < count ? arguments[i] : NULL;
        if (!value) stop(64, "%s needs a value", flag);
        if (!strcmp(flag, "--statement") && statement_count < STATEMENTS) cql[statement_count++] = value;
        else if (!strcmp(flag, "--keys")) key_file = value;
        else if (!strcmp(flag, "--rate")) rate = atof(value);
        else if (!strcmp(flag, "--in-flight")) window = atoi(value);
        else if (!strcmp(flag, "--connections")) connection_count = atoi(value);
        else if (!strcmp(flag, "--seconds")) seconds = atof(value);
        else if (!strcmp(flag, "--warm-up")) warm_up = atof(value);
        else if (!strcmp(flag, "--seed")) random_state = strtoull(value, NULL, 10) * 2 + 1;
        else stop(64, "unknown or repeated too often: %s", flag);
    }
    if ((rate > 0) == (window > 0) || !statement_count || !key_file || seconds <= 0) stop(64, "give --statement, --keys and either --rate or --in-flight");
    if (connection_count < 1 || connection_count > CONNECTIONS) stop(64, "between 1 and %d connections", CONNECTIONS);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    if (inet_pton(AF_INET, host, &address.sin_addr) != 1) stop(64, "%s is not an IPv4 address", host);
    read_keys(key_file);
    // The scheduling that Assay's worker asks for: a client that has to wait for a CPU reads more answers at once, and looks cheaper.
    prctl(PR_SET_TIMERSLACK, 1, 0, 0, 0);
    struct sched_param priority = {.sched_priority = 1};
    if (sched_setscheduler(0, SCHED_RR, &priority) && setpriority(PRIO_PROCESS, 0, -15)) fputs("floor: at normal priority\n", stderr);
    poller = epoll_create1(EPOLL_CLOEXEC);
    for (int i = 0; i < connection_count; i++) open_connection(&connections[i], &address, cql);

    if (warm_up > 0) run(warm_up, rate, poisson, window);
    if (in_flight()) stop(1, "%d requests of the warm-up had no answer after 2 s", in_flight());
    memset(&responses, 0, sizeof responses);
    memset(&lateness, 0, sizeof lateness);
    answered = failed = sent = 0;
    double cpu = cpu_seconds();
    run(seconds, rate, poisson, window);
    cpu = cpu_seconds() - cpu;
    printf("{\"achieved_per_s\": %.1f, \"cpu_us_per_operation\": %.4f, \"failed\": %lld, \"lateness_max_ms\": %.4f, "
           "\"lateness_p50_ms\": %.4f, \"lateness_p99_ms\": %.4f, \"operations\": %lld, \"p50_ms\": %.4f, \"p99_ms\": %.4f, "
           "\"resident_mib\": %.2f, \"sent\": %lld}\n",
           (double)answered / seconds, cpu * 1e6 / (double)(answered ? answered : 1), (long long)failed, (double)lateness.most / 1e6,
           quantile_ms(&lateness, 0.5), quantile_ms(&lateness, 0.99), (long long)answered, quantile_ms(&responses, 0.5),
           quantile_ms(&responses, 0.99), resident_mib(), (long long)sent);
    return answered > 0 ? 0 : 1;
}
