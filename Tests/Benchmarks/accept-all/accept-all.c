// accept-all: the cheapest HTTP/2 server over TLS that still answers like APNs, FCM or a browser's push service, to measure clients against.
//
//   cc -O2 -o accept-all accept-all.c -lnghttp2 -lssl -lcrypto
//   accept-all --cert CERT.pem --key KEY.pem [--latency MS] [--streams N] [--fcm | --webpush] [--port P]
//
// One thread, epoll, loopback only. Prints its port on the first line of stdout. Every request is answered: with 200, `apns-id` and no
// body, with 200 and the JSON of a sent message (--fcm), or with 201 and no body (--webpush). It keeps no log; SIGUSR1 prints one line,
// `REQUESTS FIRST LAST` (how many since the last signal, and when the first and the last arrived, in microseconds since 1970), SIGUSR2
// one with `REQUESTS` and the times of the first 4,096 of them; both begin anew.

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <netinet/tcp.h>
#include <nghttp2/nghttp2.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define NV(NAME, VALUE)                                                                                                \
    {(uint8_t *)NAME, (uint8_t *)VALUE, sizeof(NAME) - 1, sizeof(VALUE) - 1,                                           \
     NGHTTP2_NV_FLAG_NO_COPY_NAME | NGHTTP2_NV_FLAG_NO_COPY_VALUE}

struct connection {
    int fd;
    SSL *ssl;
    nghttp2_session *session;
    char *out;
    size_t head, tail, capacity;
    int wants_write, dead;
    struct connection *next_dead;
};

// Answers in the order of their due time: the latency is the same for all, so a ring is enough.
struct due {
    struct connection *connection;
    int32_t stream;
    int64_t at;
};

static struct due *ring;
static size_t ring_head, ring_count, ring_capacity;
static int epoll_fd, is_fcm, is_webpush, streams_max = 1000;
static int64_t latency_ns;
static const char fcm_body[] = "{\n  \"name\": \"projects/x/messages/1\"\n}\n";
static struct connection *dead_list;
static uint64_t requests;
enum { ARRIVALS_MAX = 4096 };
static int64_t first_us, last_us, arrivals[ARRIVALS_MAX];

static int64_t now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static int64_t wall_us(void) {
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return t.tv_sec * 1000000LL + t.tv_nsec / 1000;
}

static void report(int signals) {
    struct signalfd_siginfo taken;
    if (read(signals, &taken, sizeof taken) != sizeof taken) return;
    printf("%llu", (unsigned long long)requests);
    if (taken.ssi_signo == SIGUSR1) printf(" %lld %lld", (long long)first_us, (long long)last_us);
    else
        for (uint64_t i = 0; i < requests && i < ARRIVALS_MAX; i++) printf(" %lld", (long long)arrivals[i]);
    putchar('\n');
    fflush(stdout);
    requests = 0;
}

static void die(const char *what) {
    perror(what);
    exit(1);
}

static ssize_t read_fcm(nghttp2_session *s, int32_t id, uint8_t *buf, size_t length, uint32_t *flags,
                        nghttp2_data_source *source, void *user) {
    (void)s, (void)id, (void)length, (void)source, (void)user;
    memcpy(buf, fcm_body, sizeof fcm_body - 1);
    *flags = NGHTTP2_DATA_FLAG_EOF;
    return sizeof fcm_body - 1;
}

static void answer(struct connection *c, int32_t stream) {
    if (is_fcm) {
        nghttp2_nv nv[] = {NV(":status", "200"), NV("content-type", "application/json; charset=UTF-8"),
                           NV("server", "scaffolding on HTTPServer2")};
        nghttp2_data_provider body = {.read_callback = read_fcm};
        nghttp2_submit_response(c->session, stream, nv, 3, &body);
    } else if (is_webpush) {
        nghttp2_nv nv[] = {NV(":status", "201"), NV("location", "https://localhost/message/1")};
        nghttp2_submit_response(c->session, stream, nv, 2, NULL);
    } else {
        nghttp2_nv nv[] = {NV(":status", "200"), NV("apns-id", "eabeae54-14a8-11e5-b60b-1697f925ec7b")};
        nghttp2_submit_response(c->session, stream, nv, 2, NULL);
    }
}

static int on_frame(nghttp2_session *session, const nghttp2_frame *frame, void *user) {
    struct connection *c = user;
    (void)session;
    if ((frame->hd.type != NGHTTP2_HEADERS && frame->hd.type != NGHTTP2_DATA) ||
        !(frame->hd.flags & NGHTTP2_FLAG_END_STREAM))
        return 0;
    // The clock of a few thousand is nothing beside the TLS of a hundred thousand.
    if (requests < ARRIVALS_MAX) arrivals[requests] = wall_us();
    requests++;
    if (latency_ns == 0) {
        answer(c, frame->hd.stream_id);
        return 0;
    }
    if (ring_count == ring_capacity) {
        size_t wider = ring_capacity ? ring_capacity * 2 : 4096;
        struct due *moved = malloc(wider * sizeof *moved);
        if (!moved) die("malloc");
        for (size_t i = 0; i < ring_count; i++) moved[i] = ring[(ring_head + i) % ring_capacity];
        free(ring);
        ring = moved, ring_head = 0, ring_capacity = wider;
    }
    ring[(ring_head + ring_count++) % ring_capacity] = (struct due){c, frame->hd.stream_id, now_ns() + latency_ns};
    return 0;
}

static void watch(struct connection *c, int operation, uint32_t events) {
    struct epoll_event event = {.events = events, .data = {.ptr = c}};
    epoll_ctl(epoll_fd, operation, c->fd, &event);
}

static void end(struct connection *c) {
    if (c->dead) return;
    c->dead = 1;
    epoll_ctl(epoll_fd, EPOLL_CTL_DEL, c->fd, NULL);
    close(c->fd);
    for (size_t i = 0; i < ring_count; i++) {
        struct due *d = &ring[(ring_head + i) % ring_capacity];
        if (d->connection == c) d->connection = NULL;
    }
    c->next_dead = dead_list;
    dead_list = c;
}

static void pump(struct connection *c) {
    if (c->dead || !c->session) return;
    for (;;) {
        while (c->tail - c->head < 65536) {
            const uint8_t *data;
            ssize_t n = nghttp2_session_mem_send(c->session, &data);
            if (n <= 0) break;
            if (c->tail + n > c->capacity) {
                memmove(c->out, c->out + c->head, c->tail - c->head);
                c->tail -= c->head, c->head = 0;
            }
            memcpy(c->out + c->tail, data, n);
            c->tail += n;
        }
        if (c->tail == c->head) break;
        ERR_clear_error();
        size_t amount = c->tail - c->head;
        int n = SSL_write(c->ssl, c->out + c->head, amount > 16384 ? 16384 : (int)amount);
        if (n <= 0) {
            int error = SSL_get_error(c->ssl, n);
            if (error != SSL_ERROR_WANT_WRITE && error != SSL_ERROR_WANT_READ) return end(c);
            if (!c->wants_write) watch(c, EPOLL_CTL_MOD, EPOLLIN | EPOLLOUT), c->wants_write = 1;
            return;
        }
        c->head += n;
        if (c->head == c->tail) c->head = c->tail = 0;
    }
    if (c->wants_write) watch(c, EPOLL_CTL_MOD, EPOLLIN), c->wants_write = 0;
    if (!nghttp2_session_want_read(c->session) && !nghttp2_session_want_write(c->session)) end(c);
}

static void begin(struct connection *c) {
    nghttp2_session_callbacks *callbacks;
    nghttp2_option *option;
    nghttp2_session_callbacks_new(&callbacks);
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, on_frame);
    nghttp2_option_new(&option);
    nghttp2_option_set_no_closed_streams(option, 1);
    nghttp2_session_server_new2(&c->session, callbacks, c, option);
    nghttp2_session_callbacks_del(callbacks);
    nghttp2_option_del(option);
    nghttp2_settings_entry settings[] = {{NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, (uint32_t)streams_max}};
    nghttp2_submit_settings(c->session, NGHTTP2_FLAG_NONE, settings, 1);
}

static void receive(struct connection *c) {
    static uint8_t buffer[32768];
    if (!c->session) {
        ERR_clear_error();
        int n = SSL_do_handshake(c->ssl);
        if (n != 1) {
            int error = SSL_get_error(c->ssl, n);
            if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE) end(c);
            return;
        }
        begin(c);
    }
    do {
        ERR_clear_error();
        int n = SSL_read(c->ssl, buffer, sizeof buffer);
        if (n <= 0) {
            int error = SSL_get_error(c->ssl, n);
            if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE) return end(c);
            break;
        }
        uint64_t before = requests;
        if (nghttp2_session_mem_recv(c->session, buffer, n) < 0) return end(c);
        if (requests != before) {
            last_us = wall_us();
            if (before == 0) first_us = arrivals[0];
        }
    } while (SSL_has_pending(c->ssl));
    pump(c);
}

static int choose_h2(SSL *ssl, const unsigned char **out, unsigned char *outlen, const unsigned char *in, unsigned int inlen,
                     void *arg) {
    (void)ssl, (void)arg;
    return nghttp2_select_next_protocol((unsigned char **)out, outlen, in, inlen) == 1 ? SSL_TLSEXT_ERR_OK
                                                                                       : SSL_TLSEXT_ERR_ALERT_FATAL;
}

int main(int argc, char **argv) {
    const char *cert = NULL, *key = NULL;
    int port = 0, option;
    static const struct option options[] = {{"cert", 1, 0, 'c'},    {"key", 1, 0, 'k'}, {"latency", 1, 0, 'l'},
                                            {"streams", 1, 0, 's'}, {"fcm", 0, 0, 'f'}, {"port", 1, 0, 'p'},
                                            {"webpush", 0, 0, 'w'}, {0, 0, 0, 0}};
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) switch (option) {
        case 'c': cert = optarg; break;
        case 'k': key = optarg; break;
        case 'l': latency_ns = (int64_t)(atof(optarg) * 1e6); break;
        case 's': streams_max = atoi(optarg); break;
        case 'f': is_fcm = 1; break;
        case 'w': is_webpush = 1; break;
        case 'p': port = atoi(optarg); break;
        default: return 2;
        }
    if (!cert || !key) {
        fprintf(stderr, "accept-all: --cert and --key are required\n");
        return 2;
    }
    signal(SIGPIPE, SIG_IGN);
    sigset_t asked;
    sigemptyset(&asked);
    sigaddset(&asked, SIGUSR1);
    sigaddset(&asked, SIGUSR2);
    sigprocmask(SIG_BLOCK, &asked, NULL);
    int signals = signalfd(-1, &asked, SFD_NONBLOCK | SFD_CLOEXEC);
    if (signals < 0) die("signalfd");
    SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
    if (SSL_CTX_use_certificate_chain_file(ctx, cert) != 1 || SSL_CTX_use_PrivateKey_file(ctx, key, SSL_FILETYPE_PEM) != 1) {
        ERR_print_errors_fp(stderr);
        return 1;
    }
    SSL_CTX_set_mode(ctx, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_read_ahead(ctx, 1);
    SSL_CTX_set_default_read_buffer_len(ctx, 65536);
    SSL_CTX_set_alpn_select_cb(ctx, choose_h2, NULL);

    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), on = 1;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 128)) die("listen");
    socklen_t length = sizeof address;
    getsockname(listener, (struct sockaddr *)&address, &length);
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);

    epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event listen_event = {.events = EPOLLIN, .data = {.ptr = NULL}}, events[64];
    epoll_ctl(epoll_fd, EPOLL_CTL_ADD, listener, &listen_event);
    struct epoll_event signal_event = {.events = EPOLLIN, .data = {.ptr = &signals}};
    epoll_ctl(epoll_fd, EPOLL_CTL_ADD, signals, &signal_event);
    for (;;) {
        int timeout = -1;
        if (ring_count) {
            int64_t left = ring[ring_head].at - now_ns();
            timeout = left <= 0 ? 0 : (int)((left + 999999) / 1000000);
        }
        int n = epoll_wait(epoll_fd, events, 64, timeout);
        for (int i = 0; i < n; i++) {
            if (events[i].data.ptr == &signals) {
                report(signals);
                continue;
            }
            struct connection *c = events[i].data.ptr;
            if (c && !c->dead) {
                if (events[i].events & ~EPOLLOUT) receive(c);
                if (events[i].events & EPOLLOUT) pump(c);
                continue;
            }
            if (c) continue;
            int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
            if (fd < 0) continue;
            setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
            c = calloc(1, sizeof *c);
            if (!c) die("calloc");
            c->fd = fd, c->capacity = 262144, c->out = malloc(c->capacity), c->ssl = SSL_new(ctx);
            if (!c->out || !c->ssl) die("malloc");
            SSL_set_fd(c->ssl, fd);
            SSL_set_accept_state(c->ssl);
            watch(c, EPOLL_CTL_ADD, EPOLLIN);
        }
        int64_t now = ring_count ? now_ns() : 0;
        while (ring_count && ring[ring_head].at <= now) {
            struct connection *c = ring[ring_head].connection;
            if (c) answer(c, ring[ring_head].stream);
            ring_head = (ring_head + 1) % ring_capacity, ring_count--;
            // Write when the next answer is another connection's, or not yet due.
            if (c && (!ring_count || ring[ring_head].at > now || ring[ring_head].connection != c)) pump(c);
        }
        while (dead_list) {
            struct connection *c = dead_list;
            dead_list = c->next_dead;
            nghttp2_session_del(c->session);
            SSL_free(c->ssl);
            free(c->out);
            free(c);
        }
    }
}
