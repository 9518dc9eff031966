#ifndef CCURL_H
#define CCURL_H

#include <curl/curl.h>

// `curl_easy_setopt` and `curl_easy_getinfo` are variadic, which Swift cannot call: one function a
// type of value.

CURLcode ccurl_set_long(CURL *handle, CURLoption option, long value);
CURLcode ccurl_set_string(CURL *handle, CURLoption option, const char *value);
CURLcode ccurl_set_pointer(CURL *handle, CURLoption option, void *value);
CURLcode ccurl_set_list(CURL *handle, CURLoption option, struct curl_slist *value);
CURLcode ccurl_set_writer(CURL *handle, curl_write_callback value);
CURLcode ccurl_get_long(CURL *handle, CURLINFO info, long *value);

/// The result in a message of `curl_multi_info_read`, a union that Swift sees as bytes.
CURLcode ccurl_result(const CURLMsg *message);

#endif
