// load-events: posts CloudEvents to a gateway over HTTP/1.1 keep-alive connections, each event with an id of its own.
//
//   cc -O2 -o load-events load-events.c
//   load-events --port P --key CPK --events N [--batch N] [--connections N] [--school UAI] [--user ID] [--later RFC3339]
//
// One thread, epoll, no pipelining. `--batch 0` posts single events, else batches of that many. Prints one line of JSON: events accepted
// (202, or `"status":202` items of a batch), others, seconds, events per second, p50 and p99 of a request in microseconds, and what the
// client itself cost.

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

struct connection {
    int fd, busy;
    char *out, *in;
    size_t out_length, out_sent, in_length;
    int64_t sent_at;
};

enum { OUT_MAX = 1 << 20, IN_MAX = 1 << 20 };
static const char *key, *school = "0420001A", *user = "user-a-0", *later;
static int batch, epoll_fd;
static long total, posted, accepted, others;
static int64_t *latencies;
static long latency_count;
static unsigned run;

static int64_t now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void die(const char *what) {
    perror(what);
    exit(1);
}

static int event(char *at, size_t room) {
    long number = posted++;
    return snprintf(at, room,
                    "{\"specversion\":\"1.0\",\"id\":\"bench-%08x-%ld\",\"source\":\"https://ent.example.org/one\","
                    "\"type\":\"fr.ent.publication\",\"datacontenttype\":\"application/json\",\"data\":{\"app\":\"NEWS\","
                    "\"action\":\"NEWS-PUBLISHED\",\"school\":\"%s\",\"audience\":[{\"user\":\"%s\"}],"
                    "\"author\":{\"id\":\"teacher\",\"name\":\"M. Durand\"},\"title\":\"Nouvelle actualit\xc3\xa9\","
                    "\"body\":\"M. Durand : F\xc3\xaate de l'\xc3\xa9" "cole, appel aux b\xc3\xa9n\xc3\xa9voles pour samedi.\","
                    "\"resource\":{\"id\":\"187f1b91\",\"uri\":\"/actualites#/view/187f1b91\"},"
                    "\"params\":{\"resourceUri\":\"/actualites#/view/187f1b91\"},\"urgency\":\"normal\"%s%s%s}}",
                    run, number, school, user, later ? ",\"notBefore\":\"" : "", later ? later : "", later ? "\"" : "");
}

static void flush(struct connection *c) {
    while (c->out_sent < c->out_length) {
        ssize_t n = send(c->fd, c->out + c->out_sent, c->out_length - c->out_sent, MSG_NOSIGNAL);
        if (n < 0 && errno == EAGAIN) {
            struct epoll_event wait = {.events = EPOLLIN | EPOLLOUT, .data = {.ptr = c}};
            epoll_ctl(epoll_fd, EPOLL_CTL_MOD, c->fd, &wait);
            return;
        }
        if (n < 0) die("send");
        c->out_sent += n;
    }
    struct epoll_event wait = {.events = EPOLLIN, .data = {.ptr = c}};
    epoll_ctl(epoll_fd, EPOLL_CTL_MOD, c->fd, &wait);
}

static void post(struct connection *c) {
    static char body[OUT_MAX - 1024];
    size_t length = 0;
    if (batch) body[length++] = '[';
    for (int i = 0; i < (batch ? batch : 1) && posted < total; i++) {
        if (i) body[length++] = ',';
        length += event(body + length, sizeof body - length - 1);
        if (length > sizeof body - 2048) break;
    }
    if (batch) body[length++] = ']';
    c->out_length = snprintf(c->out, 1024,
                             "POST /v1/events HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer %s\r\n"
                             "Content-Type: application/cloudevents%s+json\r\nContent-Length: %zu\r\n\r\n",
                             key, batch ? "-batch" : "", length);
    memcpy(c->out + c->out_length, body, length);
    c->out_length += length;
    c->out_sent = c->in_length = 0;
    c->busy = 1;
    c->sent_at = now_ns();
    flush(c);
}

static long count(const char *text, const char *what) {
    long found = 0;
    for (size_t length = strlen(what); (text = strstr(text, what)); text += length) found++;
    return found;
}

// Returns 1 when the answer is whole.
static int receive(struct connection *c) {
    ssize_t n = recv(c->fd, c->in + c->in_length, IN_MAX - 1 - c->in_length, 0);
    if (n < 0 && errno == EAGAIN) return 0;
    if (n <= 0) {
        fprintf(stderr, "load-events: the gateway closed a connection\n");
        exit(1);
    }
    c->in_length += n;
    c->in[c->in_length] = 0;
    char *end = strstr(c->in, "\r\n\r\n"), *field = strcasestr(c->in, "content-length:");
    if (!end) return 0;
    if (!field || field > end) {
        fprintf(stderr, "load-events: an answer without Content-Length: %.200s\n", c->in);
        exit(1);
    }
    if (c->in + c->in_length < end + 4 + atol(field + 15)) return 0;
    latencies[latency_count++] = now_ns() - c->sent_at;
    int status = atoi(c->in + 9);
    long good = batch ? count(end, "\"status\":202") : status == 202;
    if (status >= 400 && others == 0) fprintf(stderr, "load-events: %.600s\n", c->in);
    accepted += good;
    if (!good) others++;
    return 1;
}

static int by_value(const void *a, const void *b) {
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

int main(int argc, char **argv) {
    int port = 0, connections = 64, option;
    static const struct option options[] = {{"port", 1, 0, 'p'},   {"key", 1, 0, 'k'},         {"events", 1, 0, 'n'},
                                            {"batch", 1, 0, 'b'},  {"connections", 1, 0, 'c'}, {"school", 1, 0, 's'},
                                            {"user", 1, 0, 'u'},   {"later", 1, 0, 'l'},       {0, 0, 0, 0}};
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) switch (option) {
        case 'p': port = atoi(optarg); break;
        case 'k': key = optarg; break;
        case 'n': total = atol(optarg); break;
        case 'b': batch = atoi(optarg); break;
        case 'c': connections = atoi(optarg); break;
        case 's': school = optarg; break;
        case 'u': user = optarg; break;
        case 'l': later = optarg; break;
        default: return 2;
        }
    if (!port || !key || total < 1 || batch > 500) {
        fprintf(stderr, "load-events: --port, --key and --events are required; a batch has at most 500 events\n");
        return 2;
    }
    run = (unsigned)time(NULL) ^ (unsigned)getpid() << 16;
    latencies = malloc(total * sizeof *latencies);
    epoll_fd = epoll_create1(0);
    struct connection *all = calloc(connections, sizeof *all);
    if (!latencies || !all) die("malloc");
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int on = 1;
    for (int i = 0; i < connections; i++) {
        struct connection *c = &all[i];
        c->fd = socket(AF_INET, SOCK_STREAM, 0);
        c->out = malloc(OUT_MAX), c->in = malloc(IN_MAX);
        if (!c->out || !c->in) die("malloc");
        if (connect(c->fd, (struct sockaddr *)&address, sizeof address)) die("connect");
        setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        struct epoll_event wait = {.events = EPOLLIN, .data = {.ptr = c}};
        epoll_ctl(epoll_fd, EPOLL_CTL_ADD, c->fd, &wait);
    }
    int64_t begin = now_ns();
    int busy = 0;
    for (int i = 0; i < connections && posted < total; i++) post(&all[i]), busy++;
    struct epoll_event events[64];
    while (busy) {
        int n = epoll_wait(epoll_fd, events, 64, -1);
        for (int i = 0; i < n; i++) {
            struct connection *c = events[i].data.ptr;
            if (events[i].events & EPOLLOUT) flush(c);
            if (!(events[i].events & ~EPOLLOUT) || !c->busy || !receive(c)) continue;
            c->busy = 0;
            if (posted < total) post(c);
            else busy--;
        }
    }
    double seconds = (now_ns() - begin) / 1e9;
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    double cpu = usage.ru_utime.tv_sec + usage.ru_stime.tv_sec + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
    qsort(latencies, latency_count, sizeof *latencies, by_value);
    printf("{\"accepted\":%ld,\"others\":%ld,\"seconds\":%.3f,\"perSecond\":%.0f,\"p50us\":%lld,\"p99us\":%lld,"
           "\"clientCPUSecondsPer10k\":%.4f}\n",
           accepted, others, seconds, accepted / seconds, (long long)latencies[latency_count / 2] / 1000,
           (long long)latencies[latency_count * 99 / 100] / 1000, cpu * 10000 / (accepted ? accepted : 1));
    return others ? 1 : 0;
}
