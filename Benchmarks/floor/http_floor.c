/* The floor for requests over HTTP: what libcurl's multi_socket interface costs with an epoll set around it and nothing else.

   http_floor URL SECONDS IN_FLIGHT         closed loop
   http_floor URL SECONDS IN_FLIGHT RATE    requests a second at even distances; those that find no free handle are counted as missed

   Requests are GET URL/N with N from a small generator; the answers are read and dropped. Prints one line of JSON. */
#define _GNU_SOURCE
#include <curl/curl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <time.h>

static CURLM *multi;
static int epoll;
static long due_ms = -1;
static uint64_t due_at, chance = 42;
static long done, failed, missed;
static CURL **idle;
static int idle_count;
static const char *base;

static uint64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static size_t drop(char *bytes, size_t size, size_t count, void *user)
{
    (void)bytes, (void)user;
    return size * count;
}

static int on_socket(CURL *easy, curl_socket_t socket, int what, void *user, void *known)
{
    (void)easy, (void)user;
    struct epoll_event event = {.data.fd = socket};
    if (what == CURL_POLL_REMOVE) {
        epoll_ctl(epoll, EPOLL_CTL_DEL, socket, &event);
        return 0;
    }
    event.events = (what & CURL_POLL_IN ? EPOLLIN : 0) | (what & CURL_POLL_OUT ? EPOLLOUT : 0);
    epoll_ctl(epoll, known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, socket, &event);
    if (!known) curl_multi_assign(multi, socket, multi);
    return 0;
}

static int on_timer(CURLM *m, long ms, void *user)
{
    (void)m, (void)user;
    due_ms = ms;
    due_at = now_ns() + (uint64_t)(ms > 0 ? ms : 0) * 1000000u;
    return 0;
}

static void send_one(CURL *easy)
{
    char url[512];
    chance = chance * 6364136223846793005u + 1442695040888963407u;
    snprintf(url, sizeof url, "%s/%u", base, (unsigned)(chance >> 40) % 100000);
    curl_easy_setopt(easy, CURLOPT_URL, url);
    curl_multi_add_handle(multi, easy);
}

static void collect(void)
{
    CURLMsg *message;
    int left;
    while ((message = curl_multi_info_read(multi, &left))) {
        CURL *easy = message->easy_handle;
        long status = 0;
        curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
        if (message->data.result == CURLE_OK && status == 200) done++; else failed++;
        curl_multi_remove_handle(multi, easy);
        idle[idle_count++] = easy;
    }
}

int main(int count, char **words)
{
    if (count < 4) return 64;
    base = words[1];
    double seconds = atof(words[2]);
    int in_flight = atoi(words[3]);
    double rate = count > 4 ? atof(words[4]) : 0;
    curl_global_init(CURL_GLOBAL_ALL);
    multi = curl_multi_init();
    epoll = epoll_create1(0);
    curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, on_socket);
    curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, on_timer);
    curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, (long)in_flight);
    idle = calloc((size_t)in_flight, sizeof *idle);
    for (int i = 0; i < in_flight; i++) {
        CURL *easy = curl_easy_init();
        curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, drop);
        curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
        idle[idle_count++] = easy;
    }
    uint64_t start = now_ns(), end = start + (uint64_t)(seconds * 1e9), next = start;
    int running = 0;
    while (1) {
        uint64_t now = now_ns();
        if (now >= end) break;
        if (rate > 0) {
            for (; next <= now; next += (uint64_t)(1e9 / rate)) {
                if (idle_count) send_one(idle[--idle_count]); else missed++;
            }
        } else {
            while (idle_count) send_one(idle[--idle_count]);
        }
        if (due_ms >= 0 && due_at <= now_ns()) {
            due_ms = -1;
            curl_multi_socket_action(multi, CURL_SOCKET_TIMEOUT, 0, &running);
            collect();
            if (idle_count && rate == 0) continue;
        }
        uint64_t wake = end;
        if (due_ms >= 0 && due_at < wake) wake = due_at;
        if (rate > 0 && next < wake) wake = next;
        now = now_ns();
        int64_t left = wake > now ? (int64_t)(wake - now) : 0;
        struct timespec nap = {left / 1000000000, left % 1000000000};
        struct epoll_event events[64];
        int ready = epoll_pwait2(epoll, events, 64, &nap, NULL);
        for (int i = 0; i < ready; i++) {
            int bits = (events[i].events & EPOLLIN ? CURL_CSELECT_IN : 0) | (events[i].events & EPOLLOUT ? CURL_CSELECT_OUT : 0)
                | (events[i].events & (EPOLLERR | EPOLLHUP) ? CURL_CSELECT_ERR : 0);
            curl_multi_socket_action(multi, events[i].data.fd, bits, &running);
        }
        collect();
    }
    double elapsed = (double)(now_ns() - start) / 1e9;
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    double cpu = (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1e6 + (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec);
    printf("{\"operations\": %ld, \"failed\": %ld, \"missed\": %ld, \"achieved_per_s\": %.1f, \"cpu_us_per_operation\": %.3f}\n",
        done, failed, missed, (double)done / elapsed, cpu / (double)(done > 0 ? done : 1));
    return 0;
}
