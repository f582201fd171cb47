// libcurl, loaded when it is first needed, and its variadic functions as Swift can call them.
#ifndef ASSAY_CCURL_H
#define ASSAY_CCURL_H

#include <curl/curl.h>

// Loads libcurl and readies it, once. Returns NULL where it works, else why it does not. May be called from any thread.
const char *ccurl_load(void);

// All below may be called after ccurl_load returned NULL. They are libcurl's functions of the same names.
CURL *ccurl_easy_init(void);
void ccurl_easy_cleanup(CURL *easy);
void ccurl_easy_reset(CURL *easy);
CURLcode ccurl_easy_set_long(CURL *easy, CURLoption option, long value);
CURLcode ccurl_easy_set_size(CURL *easy, CURLoption option, curl_off_t value);
CURLcode ccurl_easy_set_pointer(CURL *easy, CURLoption option, const void *value);
CURLcode ccurl_easy_set_write(CURL *easy, CURLoption option, curl_write_callback function);
CURLcode ccurl_easy_set_prereq(CURL *easy, curl_prereq_callback function);
CURLcode ccurl_easy_get_long(CURL *easy, CURLINFO info, long *value);
CURLcode ccurl_easy_get_size(CURL *easy, CURLINFO info, curl_off_t *value);
CURLcode ccurl_easy_get_pointer(CURL *easy, CURLINFO info, char **value);
const char *ccurl_easy_strerror(CURLcode code);
struct curl_slist *ccurl_slist_append(struct curl_slist *list, const char *text);
void ccurl_slist_free_all(struct curl_slist *list);
CURLM *ccurl_multi_init(void);
void ccurl_multi_cleanup(CURLM *multi);
CURLMcode ccurl_multi_add_handle(CURLM *multi, CURL *easy);
CURLMcode ccurl_multi_remove_handle(CURLM *multi, CURL *easy);
CURLMcode ccurl_multi_socket_action(CURLM *multi, curl_socket_t socket, int events, int *running);
CURLMsg *ccurl_multi_info_read(CURLM *multi, int *left);
CURLMcode ccurl_multi_set_long(CURLM *multi, CURLMoption option, long value);
CURLMcode ccurl_multi_set_pointer(CURLM *multi, CURLMoption option, void *value);
CURLMcode ccurl_multi_set_socket(CURLM *multi, curl_socket_callback function);
CURLMcode ccurl_multi_set_timer(CURLM *multi, curl_multi_timer_callback function);
const char *ccurl_version(void);

// What a message that says "done" ended with: a member of a union, which Swift reads by name only where it is imported.
static inline CURLcode ccurl_message_result(const CURLMsg *message) { return message->data.result; }

#endif
