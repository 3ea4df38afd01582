#pragma once
#include <curl/curl.h>

// curl_easy_setopt and curl_easy_getinfo are variadic, which Swift does not import.
typedef size_t (*nightjar_curl_write)(char *bytes, size_t size, size_t count, void *context);
static inline CURLcode nightjar_curl_set_long(CURL *h, CURLoption o, long v) { return curl_easy_setopt(h, o, v); }
static inline CURLcode nightjar_curl_set_text(CURL *h, CURLoption o, const char *v) { return curl_easy_setopt(h, o, v); }
static inline CURLcode nightjar_curl_set_pointer(CURL *h, CURLoption o, void *v) { return curl_easy_setopt(h, o, v); }
static inline CURLcode nightjar_curl_set_write(CURL *h, nightjar_curl_write f) { return curl_easy_setopt(h, CURLOPT_WRITEFUNCTION, f); }
static inline CURLcode nightjar_curl_get_long(CURL *h, CURLINFO i, long *v) { return curl_easy_getinfo(h, i, v); }
static inline CURLcode nightjar_curl_set_header_function(CURL *h, nightjar_curl_write f) { return curl_easy_setopt(h, CURLOPT_HEADERFUNCTION, f); }
