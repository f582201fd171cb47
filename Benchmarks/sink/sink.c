// The sink: as little server as can take CQL's EXECUTE frames and answer them. What a worker reaches against it is the worker's own
// peak, since nothing behind the socket has to be waited for.
//
//   sink HOST:PORT
//
// One thread, one epoll set, native protocol v4 (native_protocol_v4.spec). Every statement binds one uuid, and every EXECUTE is
// answered with the same row of 96 bytes, in one write for all that came in one read. Prints one line when it listens; runs until it
// is killed.

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { INPUT = 1 << 18, OUTPUT = 1 << 20, HEADER = 9 };
enum { ERROR = 0, STARTUP = 1, READY = 2, OPTIONS = 5, SUPPORTED = 6, QUERY = 7, RESULT = 8, PREPARE = 9, EXECUTE = 10, REGISTER = 11 };

struct connection {
    int descriptor;
    uint8_t *in, *out;
    size_t in_length, out_start, out_length;
};

static int poller;
static uint8_t row_answer[256], void_answer[HEADER + 4], prepared_answer[256];
static size_t row_length, prepared_length;

static void stop(const char *what) {
    perror(what);
    exit(1);
}

static uint8_t *put16(uint8_t *at, unsigned value) {
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
    return at + 2;
}

static uint8_t *put32(uint8_t *at, uint32_t value) { return put16(put16(at, value >> 16), value & 0xFFFF); }

static uint8_t *put_text(uint8_t *at, const char *text) {
    size_t length = strlen(text);
    at = put16(at, (unsigned)length);
    memcpy(at, text, length);
    return at + length;
}

static uint32_t get32(const uint8_t *at) { return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3]; }

static void put_header(uint8_t *frame, unsigned opcode, const uint8_t *end) {
    frame[0] = 0x84;
    frame[1] = 0;
    put16(frame + 2, 0);
    frame[4] = (uint8_t)opcode;
    put32(frame + 5, (uint32_t)(end - frame - HEADER));
}

// The answers, made once; the stream is written into each copy.
static void make_answers(void) {
    // Rows: kind, flags "no metadata", one column, one row, one cell.
    uint8_t *at = put32(row_answer + HEADER, 2);
    at = put32(at, 4);
    at = put32(at, 1);
    at = put32(at, 1);
    at = put32(at, 96);
    memset(at, 'x', 96);
    at += 96;
    put_header(row_answer, RESULT, at);
    row_length = (size_t)(at - row_answer);

    put_header(void_answer, RESULT, put32(void_answer + HEADER, 1));

    // Prepared: kind, id, then the binds (flags "global table", one column, one key at 0), then a result without metadata.
    at = put32(prepared_answer + HEADER, 4);
    at = put_text(at, "sink-sink-sink-s");
    at = put32(at, 1);
    at = put32(at, 1);
    at = put32(at, 1);
    at = put16(at, 0);
    at = put_text(at, "sink");
    at = put_text(at, "sink");
    at = put_text(at, "key");
    at = put16(at, 0x0C); // uuid
    at = put32(at, 4);
    at = put32(at, 1);
    put_header(prepared_answer, RESULT, at);
    prepared_length = (size_t)(at - prepared_answer);
}

static void answer(struct connection *c, const uint8_t *frame, const uint8_t *bytes, size_t length) {
    uint8_t *at = c->out + c->out_length;
    memcpy(at, bytes, length);
    at[2] = frame[2];
    at[3] = frame[3];
    c->out_length += length;
}

// An answer of the handshake.
static void answer_short(struct connection *c, const uint8_t *frame, unsigned opcode, const uint8_t *body, size_t length) {
    uint8_t bytes[HEADER + 64];
    memcpy(bytes + HEADER, body, length);
    put_header(bytes, opcode, bytes + HEADER + length);
    answer(c, frame, bytes, HEADER + length);
}

static void serve(struct connection *c, const uint8_t *frame) {
    static const uint8_t no_options[2] = {0, 0};
    static const uint8_t refusal[] = "\0\0\0\x0A\0\x1EInvalid or unsupported version";
    if (frame[0] != 4) return answer_short(c, frame, ERROR, refusal, sizeof refusal - 1);
    switch (frame[4]) {
    case EXECUTE: return answer(c, frame, row_answer, row_length);
    case OPTIONS: return answer_short(c, frame, SUPPORTED, no_options, 2);
    case STARTUP:
    case REGISTER: return answer_short(c, frame, READY, no_options, 0);
    case PREPARE: return answer(c, frame, prepared_answer, prepared_length);
    default: return answer(c, frame, void_answer, sizeof void_answer);
    }
}

static void close_connection(struct connection *c) {
    close(c->descriptor);
    free(c->in);
    free(c->out);
    free(c);
}

// What is to be sent goes out; 0 if the connection is gone.
static int flush(struct connection *c) {
    while (c->out_start < c->out_length) {
        ssize_t n = send(c->descriptor, c->out + c->out_start, c->out_length - c->out_start, MSG_NOSIGNAL);
        if (n < 0 && errno == EAGAIN) break;
        if (n <= 0) return 0;
        c->out_start += (size_t)n;
    }
    if (c->out_start == c->out_length) c->out_start = c->out_length = 0;
    struct epoll_event event = {.events = c->out_length ? EPOLLOUT : EPOLLIN, .data.ptr = c};
    static __thread struct connection *waiting; // most flushes change nothing
    if (c->out_length || waiting == c) {
        waiting = c->out_length ? c : NULL;
        epoll_ctl(poller, EPOLL_CTL_MOD, c->descriptor, &event);
    }
    return 1;
}

// One read, and an answer to each whole frame in it; 0 if the connection is gone.
static int receive(struct connection *c) {
    ssize_t n = recv(c->descriptor, c->in + c->in_length, INPUT - c->in_length, 0);
    if (n < 0 && errno == EAGAIN) return 1;
    if (n <= 0) return 0;
    c->in_length += (size_t)n;
    size_t done = 0;
    while (c->in_length - done >= HEADER && OUTPUT - c->out_length > sizeof row_answer) {
        size_t length = HEADER + get32(c->in + done + 5);
        if (length > INPUT) return 0;
        if (c->in_length - done < length) break;
        serve(c, c->in + done);
        done += length;
    }
    c->in_length -= done;
    if (done && c->in_length) memmove(c->in, c->in + done, c->in_length);
    return flush(c);
}

static void accept_one(int listener) {
    int descriptor = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (descriptor < 0) return;
    int on = 1;
    setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    struct connection *c = calloc(1, sizeof *c);
    c->descriptor = descriptor;
    c->in = malloc(INPUT);
    c->out = malloc(OUTPUT);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
    epoll_ctl(poller, EPOLL_CTL_ADD, descriptor, &event);
}

int main(int count, char **arguments) {
    char host[64];
    unsigned port;
    if (count != 2 || sscanf(arguments[1], "%63[^:]:%u", host, &port) != 2) {
        fputs("sink: give HOST:PORT\n", stderr);
        return 64;
    }
    make_answers();
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    inet_pton(AF_INET, host, &address.sin_addr);
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), on = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 128)) stop("sink");
    poller = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL}, ready[64];
    epoll_ctl(poller, EPOLL_CTL_ADD, listener, &event);
    printf("sink: listens on %s\n", arguments[1]);
    fflush(stdout);
    for (;;) {
        int n = epoll_wait(poller, ready, 64, -1);
        for (int i = 0; i < n; i++) {
            struct connection *c = ready[i].data.ptr;
            if (!c) {
                accept_one(listener);
            } else if (!(ready[i].events & EPOLLOUT ? flush(c) && (c->out_length || receive(c)) : receive(c))) {
                close_connection(c);
            }
        }
    }
}
