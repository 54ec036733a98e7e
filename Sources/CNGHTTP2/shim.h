#pragma once
#include <nghttp2/nghttp2.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

// What the event loop beside libnghttp2 needs and Swift's Glibc module does not carry: epoll, eventfd, and constants
// that are C macros or enums. One inline each, so that no number of the system is written down in Swift.

static inline int fanout_epoll_create(void) { return epoll_create1(EPOLL_CLOEXEC); }

static inline int fanout_epoll_set(int epoll, int fd, int operation, uint32_t events, uint64_t key) {
    struct epoll_event event = {.events = events, .data = {.u64 = key}};
    return epoll_ctl(epoll, operation, fd, &event);
}

static inline int fanout_epoll_add(int epoll, int fd, uint32_t events, uint64_t key) {
    return fanout_epoll_set(epoll, fd, EPOLL_CTL_ADD, events, key);
}

static inline int fanout_epoll_change(int epoll, int fd, uint32_t events, uint64_t key) {
    return fanout_epoll_set(epoll, fd, EPOLL_CTL_MOD, events, key);
}

static inline uint32_t fanout_epoll_in(void) { return EPOLLIN; }
static inline uint32_t fanout_epoll_out(void) { return EPOLLOUT; }
static inline uint64_t fanout_event_key(const struct epoll_event *event) { return event->data.u64; }

static inline int fanout_eventfd(void) { return eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC); }

/// A non-blocking TCP socket; unanswered data kills it after `user_timeout_ms` whatever the kernel's retransmission says.
static inline int fanout_tcp_socket(int family, unsigned int user_timeout_ms) {
    int fd = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
    if (fd < 0) return -1;
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
    setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &user_timeout_ms, sizeof user_timeout_ms);
    return fd;
}

static inline int fanout_socket_error(int fd) {
    int error = 0;
    socklen_t length = sizeof error;
    return getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length) == 0 ? error : -1;
}

/// OpenSSL writes with write(2), which raises SIGPIPE in the writing thread when the peer has gone. The loop's own thread
/// blocks it, so that the process's choice about the signal is left alone.
static inline void fanout_block_sigpipe(void) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &set, 0);
}
