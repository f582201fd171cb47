// Calls libcurl through pointers that are looked up in the library when it is first needed: whoever only speaks CQL or judges pays
// neither the memory nor the time of it and of the thirty libraries behind it, and may do without (docs/decisions/0014-libcurl.md).
#define CURL_DISABLE_TYPECHECK
#include "include/CCurl.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stddef.h>

#undef curl_easy_setopt
#undef curl_easy_getinfo
#undef curl_multi_setopt

#define FUNCTIONS(each) \
    each(easy_init) each(easy_cleanup) each(easy_reset) each(easy_setopt) each(easy_getinfo) each(easy_strerror) \
    each(slist_append) each(slist_free_all) each(multi_init) each(multi_cleanup) each(multi_add_handle) \
    each(multi_remove_handle) each(multi_socket_action) each(multi_info_read) each(multi_setopt) each(version)

static struct {
#define DECLARE(name) __typeof__(&curl_##name) name;
    FUNCTIONS(DECLARE)
} curl;

static const char *problem;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void load(void)
{
    void *library = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        problem = dlerror();
        if (!problem) problem = "libcurl.so.4 cannot be loaded";
        return;
    }
#define FIND(name) \
    curl.name = (__typeof__(curl.name))dlsym(library, "curl_" #name); \
    if (!curl.name) problem = "this libcurl has no curl_" #name;
    FUNCTIONS(FIND)
    __typeof__(&curl_global_init) ready = (__typeof__(ready))dlsym(library, "curl_global_init");
    if (!problem && (!ready || ready(CURL_GLOBAL_ALL) != CURLE_OK)) problem = "libcurl cannot be readied";
}

const char *ccurl_load(void)
{
    pthread_once(&once, load);
    return problem;
}

CURL *ccurl_easy_init(void) { return curl.easy_init(); }
void ccurl_easy_cleanup(CURL *easy) { curl.easy_cleanup(easy); }
void ccurl_easy_reset(CURL *easy) { curl.easy_reset(easy); }
CURLcode ccurl_easy_set_long(CURL *easy, CURLoption option, long value) { return curl.easy_setopt(easy, option, value); }
CURLcode ccurl_easy_set_size(CURL *easy, CURLoption option, curl_off_t value)
{
    return curl.easy_setopt(easy, option, value);
}
CURLcode ccurl_easy_set_pointer(CURL *easy, CURLoption option, const void *value)
{
    return curl.easy_setopt(easy, option, value);
}
CURLcode ccurl_easy_set_write(CURL *easy, CURLoption option, curl_write_callback function)
{
    return curl.easy_setopt(easy, option, function);
}
CURLcode ccurl_easy_set_prereq(CURL *easy, curl_prereq_callback function)
{
    return curl.easy_setopt(easy, CURLOPT_PREREQFUNCTION, function);
}
CURLcode ccurl_easy_get_long(CURL *easy, CURLINFO info, long *value) { return curl.easy_getinfo(easy, info, value); }
CURLcode ccurl_easy_get_size(CURL *easy, CURLINFO info, curl_off_t *value) { return curl.easy_getinfo(easy, info, value); }
CURLcode ccurl_easy_get_pointer(CURL *easy, CURLINFO info, char **value) { return curl.easy_getinfo(easy, info, value); }
const char *ccurl_easy_strerror(CURLcode code) { return curl.easy_strerror(code); }
struct curl_slist *ccurl_slist_append(struct curl_slist *list, const char *text) { return curl.slist_append(list, text); }
void ccurl_slist_free_all(struct curl_slist *list) { curl.slist_free_all(list); }
CURLM *ccurl_multi_init(void) { return curl.multi_init(); }
void ccurl_multi_cleanup(CURLM *multi) { curl.multi_cleanup(multi); }
CURLMcode ccurl_multi_add_handle(CURLM *multi, CURL *easy) { return curl.multi_add_handle(multi, easy); }
CURLMcode ccurl_multi_remove_handle(CURLM *multi, CURL *easy) { return curl.multi_remove_handle(multi, easy); }
CURLMcode ccurl_multi_socket_action(CURLM *multi, curl_socket_t socket, int events, int *running)
{
    return curl.multi_socket_action(multi, socket, events, running);
}
CURLMsg *ccurl_multi_info_read(CURLM *multi, int *left) { return curl.multi_info_read(multi, left); }
CURLMcode ccurl_multi_set_long(CURLM *multi, CURLMoption option, long value)
{
    return curl.multi_setopt(multi, option, value);
}
CURLMcode ccurl_multi_set_pointer(CURLM *multi, CURLMoption option, void *value)
{
    return curl.multi_setopt(multi, option, value);
}
CURLMcode ccurl_multi_set_socket(CURLM *multi, curl_socket_callback function)
{
    return curl.multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, function);
}
CURLMcode ccurl_multi_set_timer(CURLM *multi, curl_multi_timer_callback function)
{
    return curl.multi_setopt(multi, CURLMOPT_TIMERFUNCTION, function);
}
const char *ccurl_version(void) { return curl.version(); }
