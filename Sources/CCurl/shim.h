#pragma once
#include <curl/curl.h>
#include <string.h>
#include <sys/socket.h>

// Variadic functions cannot be used from Swift: one inline function per argument type, one per callback signature. The
// names in parentheses keep curl's type-checking macros out, which want a constant option.
typedef size_t (*carillon_curl_receive)(char *bytes, size_t size, size_t count, void *context);

static inline CURLcode carillon_curl_set_long(CURL *easy, CURLoption option, long value) {
    return (curl_easy_setopt)(easy, option, value);
}
static inline CURLcode carillon_curl_set_offset(CURL *easy, CURLoption option, curl_off_t value) {
    return (curl_easy_setopt)(easy, option, value);
}
static inline CURLcode carillon_curl_set_string(CURL *easy, CURLoption option, const char *value) {
    return (curl_easy_setopt)(easy, option, value);
}
static inline CURLcode carillon_curl_set_pointer(CURL *easy, CURLoption option, void *value) {
    return (curl_easy_setopt)(easy, option, value);
}
static inline CURLcode carillon_curl_set_list(CURL *easy, CURLoption option, struct curl_slist *value) {
    return (curl_easy_setopt)(easy, option, value);
}
static inline CURLcode carillon_curl_set_callback(CURL *easy, CURLoption option, carillon_curl_receive value) {
    return (curl_easy_setopt)(easy, option, value);
}
typedef int (*carillon_curl_allow)(void *context, const struct sockaddr *address);

// Asks before a socket is made for an address; CURLE_COULDNT_CONNECT follows a refusal.
struct carillon_curl_address_filter {
    carillon_curl_allow allow;
    void *context;
};
static inline curl_socket_t carillon_curl_open_socket(void *context, curlsocktype purpose, struct curl_sockaddr *address) {
    struct carillon_curl_address_filter *filter = context;
    (void)purpose;
    if (!filter->allow(filter->context, &address->addr)) return CURL_SOCKET_BAD;
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}
static inline CURLcode carillon_curl_set_address_filter(CURL *easy, struct carillon_curl_address_filter *filter) {
    CURLcode code = (curl_easy_setopt)(easy, CURLOPT_OPENSOCKETFUNCTION, carillon_curl_open_socket);
    if (code == CURLE_OK) code = (curl_easy_setopt)(easy, CURLOPT_OPENSOCKETDATA, filter);
    // An address once connected to is kept for requests of the same rule only.
    if (code == CURLE_OK) code = (curl_easy_setopt)(easy, CURLOPT_FRESH_CONNECT, 1L);
    return code;
}
static inline CURLcode carillon_curl_get_long(CURL *easy, CURLINFO info, long *value) {
    return (curl_easy_getinfo)(easy, info, value);
}
// The end of the server's own certificate as OpenSSL writes it, "Mar  4 12:00:00 2027 GMT"; valid as long as the handle. NULL without TLS.
static inline const char *carillon_curl_certificate_end(CURL *easy) {
    static const char name[] = "Expire date:";
    struct curl_certinfo *chain = NULL;
    if ((curl_easy_getinfo)(easy, CURLINFO_CERTINFO, &chain) != CURLE_OK || chain == NULL || chain->num_of_certs < 1) return NULL;
    for (struct curl_slist *line = chain->certinfo[0]; line != NULL; line = line->next) {
        if (strncmp(line->data, name, sizeof name - 1) == 0) return line->data + sizeof name - 1;
    }
    return NULL;
}
static inline CURLMcode carillon_curl_multi_set_long(CURLM *multi, CURLMoption option, long value) {
    return (curl_multi_setopt)(multi, option, value);
}
