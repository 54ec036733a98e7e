// load-events: posts CloudEvents to a gateway, each with an id of its own.
//
//   cc -O2 -o load-events events.c load.c
//   load-events --port P --key CPK --events N [--batch N] [--connections N] [--rate PER_SECOND] [--school UAI] [--user PREFIX] [--users N]
//               [--later RFC3339]
//
// `--batch 0` posts single events, else batches of that many. The n-th event is for one person: --user followed by n modulo --users.

#define _GNU_SOURCE
#include "load.h"
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const char *key, *school = "0420001A", *user = "user-a-", *later;
static long batch, total, users = 1;
static unsigned run;

static size_t event(char *at, size_t room, long number) {
    return snprintf(at, room,
                    "{\"specversion\":\"1.0\",\"id\":\"bench-%08x-%ld\",\"source\":\"https://ent.example.org/one\","
                    "\"type\":\"fr.ent.publication\",\"datacontenttype\":\"application/json\",\"data\":{\"app\":\"NEWS\","
                    "\"action\":\"NEWS-PUBLISHED\",\"school\":\"%s\",\"audience\":[{\"user\":\"%s%ld\"}],"
                    "\"author\":{\"id\":\"teacher\",\"name\":\"M. Durand\"},\"title\":\"Nouvelle actualit\xc3\xa9\","
                    "\"body\":\"M. Durand : F\xc3\xaate de l'\xc3\xa9" "cole, appel aux b\xc3\xa9n\xc3\xa9voles pour samedi.\","
                    "\"resource\":{\"id\":\"187f1b91\",\"uri\":\"/actualites#/view/187f1b91\"},"
                    "\"params\":{\"resourceUri\":\"/actualites#/view/187f1b91\"},\"urgency\":\"normal\"%s%s%s}}",
                    run, number, school, user, number % users, later ? ",\"notBefore\":\"" : "", later ? later : "",
                    later ? "\"" : "");
}

static size_t write_request(char *at, size_t room, long number) {
    static char body[LOAD_OUT_MAX - 1024];
    size_t length = 0;
    long first = number * (batch ? batch : 1), count = batch ? batch : 1;
    if (batch) body[length++] = '[';
    for (long i = 0; i < count && first + i < total; i++) {
        if (i) body[length++] = ',';
        length += event(body + length, sizeof body - length - 1, first + i);
    }
    if (batch) body[length++] = ']';
    size_t head = snprintf(at, room,
                           "POST /v1/events HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer %s\r\n"
                           "Content-Type: application/cloudevents%s+json\r\nContent-Length: %zu\r\n\r\n",
                           key, batch ? "-batch" : "", length);
    memcpy(at + head, body, length);
    return head + length;
}

static long judge(int status, const char *body) {
    if (!batch) return status == 202;
    long found = 0;
    for (const char *at = body; (at = strstr(at, "\"status\":202")); at++) found++;
    return found;
}

int main(int argc, char **argv) {
    struct load load = {.connections = 64, .write = write_request, .judge = judge};
    int option;
    static const struct option options[] = {{"port", 1, 0, 'p'},   {"key", 1, 0, 'k'},         {"events", 1, 0, 'n'}, {"batch", 1, 0, 'b'},
                                            {"rate", 1, 0, 'r'},   {"connections", 1, 0, 'c'}, {"school", 1, 0, 's'}, {"user", 1, 0, 'u'},
                                            {"users", 1, 0, 'm'},  {"later", 1, 0, 'l'},       {0, 0, 0, 0}};
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) switch (option) {
        case 'p': load.port = atoi(optarg); break;
        case 'k': key = optarg; break;
        case 'n': total = atol(optarg); break;
        case 'b': batch = atol(optarg); break;
        case 'r': load.rate = atof(optarg); break;
        case 'c': load.connections = atoi(optarg); break;
        case 's': school = optarg; break;
        case 'u': user = optarg; break;
        case 'm': users = atol(optarg); break;
        case 'l': later = optarg; break;
        default: return 2;
        }
    if (!load.port || !key || total < 1 || batch < 0 || batch > 500 || users < 1 || load.connections < 1) {
        fprintf(stderr, "load-events: --port, --key and --events are required; a batch has at most 500 events\n");
        return 2;
    }
    run = (unsigned)time(NULL) ^ (unsigned)getpid() << 16;
    load.requests = batch ? (total + batch - 1) / batch : total;
    return load_run(&load);
}
