// One thread, epoll, keep-alive connections, no pipelining.

#define _GNU_SOURCE
#include "load.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

struct connection {
    int fd, is_full;
    char *out, *in;
    size_t out_length, out_sent, in_length;
    int64_t due;
    struct connection *next_free;
};

static const struct load *load;
static int epoll_fd;
static long begun, answered, granted, failed;
static int64_t begin, *times;
static struct connection *free_connections;

void load_die(const char *what) {
    perror(what);
    exit(1);
}

static int64_t now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

// Whether the socket's buffer is full and wants to be asked about.
static void watch(struct connection *c, int is_full) {
    struct epoll_event wait = {.events = is_full ? EPOLLIN | EPOLLOUT : EPOLLIN, .data = {.ptr = c}};
    if (c->is_full != is_full) epoll_ctl(epoll_fd, EPOLL_CTL_MOD, c->fd, &wait);
    c->is_full = is_full;
}

static void flush(struct connection *c) {
    while (c->out_sent < c->out_length) {
        ssize_t n = send(c->fd, c->out + c->out_sent, c->out_length - c->out_sent, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n < 0 && errno == EAGAIN) return watch(c, 1);
        if (n < 0) load_die("send");
        c->out_sent += n;
    }
    watch(c, 0);
}

static int64_t due_at(long number) { return begin + (int64_t)(number * 1e9 / load->rate); }

// Sends what is due on the connections that are free.
static void ask(void) {
    while (free_connections && begun < load->requests) {
        int64_t now = now_ns(), due = load->rate > 0 ? due_at(begun) : now;
        if (due > now) return;
        struct connection *c = free_connections;
        free_connections = c->next_free;
        c->out_length = load->write(c->out, LOAD_OUT_MAX, begun++);
        c->out_sent = c->in_length = 0;
        c->due = due;
        flush(c);
    }
}

static void receive(struct connection *c) {
    ssize_t n = recv(c->fd, c->in + c->in_length, LOAD_IN_MAX - 1 - c->in_length, MSG_DONTWAIT);
    if (n < 0 && errno == EAGAIN) return;
    if (n <= 0) {
        fprintf(stderr, "load: the gateway closed a connection\n");
        exit(1);
    }
    c->in_length += n;
    c->in[c->in_length] = 0;
    char *end = strstr(c->in, "\r\n\r\n"), *field = strcasestr(c->in, "content-length:");
    if (!end) return;
    if (!field || field > end) {
        fprintf(stderr, "load: an answer without Content-Length: %.200s\n", c->in);
        exit(1);
    }
    if (c->in + c->in_length < end + 4 + atol(field + 15)) return;
    times[answered++] = now_ns() - c->due;
    long good = load->judge(atoi(c->in + 9), end + 4);
    if (!good && failed++ == 0) fprintf(stderr, "load: %.600s\n", c->in);
    granted += good;
    c->next_free = free_connections;
    free_connections = c;
}

static int by_value(const void *a, const void *b) {
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static void connect_all(void) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(load->port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    struct connection *all = calloc(load->connections, sizeof *all);
    if (!all) load_die("calloc");
    for (struct connection *c = all; c < all + load->connections; c++) {
        c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        c->out = malloc(LOAD_OUT_MAX), c->in = malloc(LOAD_IN_MAX);
        if (!c->out || !c->in) load_die("malloc");
        if (connect(c->fd, (struct sockaddr *)&address, sizeof address)) load_die("connect");
        setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
        struct epoll_event wait = {.events = EPOLLIN, .data = {.ptr = c}};
        epoll_ctl(epoll_fd, EPOLL_CTL_ADD, c->fd, &wait);
        c->next_free = free_connections;
        free_connections = c;
    }
}

static void print(double seconds) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    double cpu = usage.ru_utime.tv_sec + usage.ru_stime.tv_sec + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
    qsort(times, answered, sizeof *times, by_value);
    printf("{\"granted\":%ld,\"failed\":%ld,\"seconds\":%.3f,\"perSecond\":%.0f,\"p50us\":%lld,\"p99us\":%lld,\"worstus\":%lld,"
           "\"clientCPUSecondsPer10k\":%.4f}\n",
           granted, failed, seconds, granted / seconds, (long long)times[answered / 2] / 1000,
           (long long)times[answered * 99 / 100] / 1000, (long long)times[answered - 1] / 1000,
           cpu * 10000 / (granted ? granted : 1));
}

int load_run(const struct load *asked) {
    load = asked;
    times = malloc(load->requests * sizeof *times);
    epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    int timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    if (!times || epoll_fd < 0 || timer < 0) load_die("start");
    struct epoll_event events[64], due = {.events = EPOLLIN, .data = {.ptr = NULL}};
    epoll_ctl(epoll_fd, EPOLL_CTL_ADD, timer, &due);
    connect_all();
    begin = now_ns();
    while (answered < load->requests) {
        ask();
        if (load->rate > 0 && begun < load->requests && free_connections) {
            int64_t at = due_at(begun);
            struct itimerspec next = {.it_value = {at / 1000000000, at % 1000000000}};
            timerfd_settime(timer, TFD_TIMER_ABSTIME, &next, NULL);
        }
        int n = epoll_wait(epoll_fd, events, 64, -1);
        for (int i = 0; i < n; i++) {
            struct connection *c = events[i].data.ptr;
            if (!c) {
                uint64_t expirations;
                if (read(timer, &expirations, sizeof expirations) < 0 && errno != EAGAIN) load_die("timerfd");
                continue;
            }
            if (events[i].events & EPOLLOUT) flush(c);
            if (events[i].events & ~EPOLLOUT) receive(c);
        }
    }
    print((now_ns() - begin) / 1e9);
    return failed ? 1 : 0;
}
