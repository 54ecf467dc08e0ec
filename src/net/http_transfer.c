/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One exchange over a libcurl easy handle. */
#include "net/http_transfer.h"

#include <string.h>
#include <sys/socket.h>

#include "net/address_policy.h"
#include "net/http_shared.h"

enum {
	MAX_HEADER_BYTES = 256 * 1024, /* of an exchange, interim answers and trailers included */
	STALL_SECS = 60,
};

typedef struct curl_slist CurlList;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CurlList, curl_slist_free_all)

/* What the callbacks of libcurl need and find out. */
typedef struct Transfer {
	const HttpExchange *exchange;
	const AddressPolicy *policy;
	bool is_proxied;
	size_t max_body_bytes;
	unsigned stall_secs;
	size_t header_bytes;
	bool is_head_complete; /* the empty line after the last answer's headers came */
	GString *body;
	bool is_too_large;
	bool is_stalled;
	curl_off_t got;      /* of the answer's body */
	int64_t moved_usecs; /* monotonic: when something of the answer came last; 0: nothing yet */
	const char *objection; /* the address policy's, to an address that was tried */
	char reason[CURL_ERROR_SIZE];
} Transfer;

void http_reply_clear(HttpReply *reply)
{
	g_free(reply->challenges);
	g_free(reply->location);
	g_free(reply->retry_after);
	g_free(reply->content_type);
	g_free(reply->etag);
	g_free(reply->last_modified);
	if (reply->body != NULL)
		g_string_free(reply->body, TRUE);
	memset(reply, 0, sizeof(*reply));
}

static size_t on_body(char *data, size_t size, size_t count, void *user_data)
{
	Transfer *transfer = user_data;
	size_t bytes = size * count;

	if (bytes > transfer->max_body_bytes - transfer->body->len) {
		transfer->is_too_large = true;
		return CURL_WRITEFUNC_ERROR;
	}
	g_string_append_len(transfer->body, data, (gssize)bytes);
	return bytes;
}

static size_t on_header(char *data, size_t size, size_t count, void *user_data)
{
	Transfer *transfer = user_data;
	size_t bytes = size * count;

	transfer->moved_usecs = g_get_monotonic_time();
	if (bytes > 0 && (data[0] == '\r' || data[0] == '\n'))
		transfer->is_head_complete = true;
	else if (bytes > 5 && memcmp(data, "HTTP/", 5) == 0)
		transfer->is_head_complete = false;
	transfer->header_bytes += bytes;
	if (transfer->header_bytes > MAX_HEADER_BYTES) {
		transfer->is_too_large = true;
		return CURL_WRITEFUNC_ERROR;
	}
	return bytes;
}

/* How long a server thinks before it answers is for the request's own time limit to say. */
static bool has_stalled(Transfer *transfer, curl_off_t got)
{
	int64_t now_usecs = g_get_monotonic_time();

	if (got != transfer->got)
		transfer->moved_usecs = now_usecs;
	transfer->got = got;
	return transfer->moved_usecs != 0 &&
	       now_usecs - transfer->moved_usecs > (int64_t)transfer->stall_secs * G_USEC_PER_SEC;
}

static int on_progress(
	void *user_data, curl_off_t to_get, curl_off_t got, curl_off_t to_send, curl_off_t sent)
{
	Transfer *transfer = user_data;

	(void)to_get;
	(void)to_send;
	(void)sent;
	/* The body of a 401 that libcurl answers by itself reaches no other callback. */
	if (got > 0 && (uint64_t)got > transfer->max_body_bytes)
		transfer->is_too_large = true;
	transfer->is_stalled = has_stalled(transfer, got);
	return transfer->is_too_large || transfer->is_stalled ||
	       g_cancellable_is_cancelled(transfer->exchange->request->cancellable);
}

static curl_socket_t on_socket(void *user_data, curlsocktype purpose, struct curl_sockaddr *address)
{
	Transfer *transfer = user_data;
	const char *objection = NULL;

	(void)purpose;
	if (!transfer->is_proxied)
		objection = address_policy_objection(
			transfer->policy, transfer->exchange->url->host, &address->addr);
	if (objection != NULL) {
		transfer->objection = objection;
		return CURL_SOCKET_BAD;
	}
	return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

static bool set_error(GError **error, HttpError code, const char *host, const char *why)
{
	g_set_error(error, HTTP_ERROR, code, "cannot reach %s: %s", host, why);
	return false;
}

static bool set_blocked(GError **error, const char *host, const char *objection)
{
	g_set_error(error, HTTP_ERROR, HTTP_ERROR_BLOCKED,
		"cannot reach %s: it is %s, and those are refused; where it is meant, name it in "
		"allow_private, section [network]",
		host, objection);
	return false;
}

static char *describe_connect_failure(CURL *curl)
{
	long number = 0;
	char *text;

	if (curl_easy_getinfo(curl, CURLINFO_OS_ERRNO, &number) != CURLE_OK || number == 0)
		return g_strdup("no connection can be made");
	text = g_strdup(g_strerror((int)number));
	*text = g_ascii_tolower(*text);
	return text;
}

static const char *describe_tls_failure(const Transfer *transfer)
{
	static const char prefix[] = "SSL certificate problem: ";

	if (g_str_has_prefix(transfer->reason, prefix))
		return transfer->reason + strlen(prefix);
	return transfer->reason[0] != '\0' ? transfer->reason : "the secure connection failed";
}

/* OpenSSL's numbers (x509_vfy.h) of what says nothing against the server but what this host knows,
 * or what its clock shows. */
enum {
	VERIFY_NO_ISSUER = 2,
	VERIFY_NOT_YET_VALID = 9,
	VERIFY_SELF_SIGNED = 18,
	VERIFY_SELF_SIGNED_ROOT = 19,
	VERIFY_NO_LOCAL_ISSUER = 20,
	VERIFY_LEAF = 21,
};

static bool set_untrusted(const Transfer *transfer, CURL *curl, GError **error)
{
	const char *host = transfer->exchange->url->host;
	const char *failure = describe_tls_failure(transfer);
	long reason = 0;

	(void)curl_easy_getinfo(curl, CURLINFO_SSL_VERIFYRESULT, &reason);
	switch (reason) {
	case VERIFY_NO_ISSUER:
	case VERIFY_SELF_SIGNED:
	case VERIFY_SELF_SIGNED_ROOT:
	case VERIFY_NO_LOCAL_ISSUER:
	case VERIFY_LEAF:
		g_set_error(error, HTTP_ERROR, HTTP_ERROR_SETTINGS,
			"cannot trust %s: %s (a certificate authority of one's own goes into "
			"ca_file, section [network]; those that everybody trusts are in the "
			"package ca-certificates)",
			host, failure);
		return false;
	case VERIFY_NOT_YET_VALID:
		g_set_error(error, HTTP_ERROR, HTTP_ERROR_SETTINGS,
			"cannot trust %s: %s; the clock of this host seems to be behind", host,
			failure);
		return false;
	default:
		g_set_error(
			error, HTTP_ERROR, HTTP_ERROR_TLS, "cannot trust %s: %s", host, failure);
		return false;
	}
}

/* The host that could not be reached is then the proxy. */
static bool set_unreachable(const Transfer *transfer, CURL *curl, GError **error)
{
	const char *host = transfer->exchange->url->host;
	g_autofree char *failure = describe_connect_failure(curl);

	if (transfer->objection != NULL)
		return set_blocked(error, host, transfer->objection);
	if (!transfer->is_proxied)
		return set_error(error, HTTP_ERROR_NETWORK, host, failure);
	g_set_error(error, HTTP_ERROR, HTTP_ERROR_SETTINGS,
		"cannot reach %s: the proxy of section [network] does not answer: %s", host,
		failure);
	return false;
}

static bool set_transfer_error(
	const Transfer *transfer, CURL *curl, CURLcode code, bool *ret_is_broken, GError **error)
{
	const char *host = transfer->exchange->url->host;

	*ret_is_broken = false;
	if (g_cancellable_is_cancelled(transfer->exchange->request->cancellable)) {
		g_set_error(error, HTTP_ERROR, HTTP_ERROR_CANCELLED,
			"the request to %s was cancelled", host);
		return false;
	}
	if (transfer->is_too_large) {
		g_set_error(error, HTTP_ERROR, HTTP_ERROR_TOO_LARGE,
			"the answer of %s is larger than allowed (max_response_mb in [network])",
			host);
		return false;
	}
	if (transfer->is_stalled)
		return set_error(error, HTTP_ERROR_TIMEOUT, host, "its answer stopped half-way");
	switch (code) {
	case CURLE_COULDNT_RESOLVE_HOST:
		return set_error(error, HTTP_ERROR_NETWORK, host, "its name cannot be resolved");
	case CURLE_COULDNT_RESOLVE_PROXY:
		return set_error(error, HTTP_ERROR_SETTINGS, host,
			"the name of the proxy of section [network] cannot be resolved");
	case CURLE_COULDNT_CONNECT:
		return set_unreachable(transfer, curl, error);
	case CURLE_OPERATION_TIMEDOUT:
		return set_error(error, HTTP_ERROR_TIMEOUT, host, "it did not answer in time");
	case CURLE_SSL_CONNECT_ERROR:
		g_set_error(error, HTTP_ERROR, HTTP_ERROR_HANDSHAKE,
			"cannot speak https with %s: %s", host, describe_tls_failure(transfer));
		return false;
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_ISSUER_ERROR:
	case CURLE_SSL_CERTPROBLEM:
	case CURLE_SSL_INVALIDCERTSTATUS:
		return set_untrusted(transfer, curl, error);
	case CURLE_SSL_CACERT_BADFILE:
		g_set_error(error, HTTP_ERROR, HTTP_ERROR_SETTINGS,
			"cannot reach %s: the file named by ca_file, section [network], cannot be "
			"read",
			host);
		return false;
	case CURLE_BAD_CONTENT_ENCODING:
		return set_error(
			error, HTTP_ERROR_NETWORK, host, "its answer cannot be decompressed");
	case CURLE_UNSUPPORTED_PROTOCOL:
	case CURLE_WEIRD_SERVER_REPLY:
		return set_error(error, HTTP_ERROR_NETWORK, host, "its answer is not HTTP");
	case CURLE_PARTIAL_FILE:
	case CURLE_RECV_ERROR:
	case CURLE_SEND_ERROR:
	case CURLE_GOT_NOTHING:
		*ret_is_broken = true;
		return set_error(error, HTTP_ERROR_NETWORK, host,
			"the connection broke before the answer's end");
	default:
		return set_error(error, HTTP_ERROR_NETWORK, host, curl_easy_strerror(code));
	}
}

#define IS_SET(curl, option, value) (curl_easy_setopt(curl, option, value) == CURLE_OK)

static bool set_callbacks(CURL *curl, Transfer *transfer)
{
	return IS_SET(curl, CURLOPT_WRITEFUNCTION, on_body) &&
	       IS_SET(curl, CURLOPT_WRITEDATA, transfer) &&
	       IS_SET(curl, CURLOPT_HEADERFUNCTION, on_header) &&
	       IS_SET(curl, CURLOPT_HEADERDATA, transfer) &&
	       IS_SET(curl, CURLOPT_XFERINFOFUNCTION, on_progress) &&
	       IS_SET(curl, CURLOPT_XFERINFODATA, transfer) &&
	       IS_SET(curl, CURLOPT_NOPROGRESS, 0L) &&
	       IS_SET(curl, CURLOPT_OPENSOCKETFUNCTION, on_socket) &&
	       IS_SET(curl, CURLOPT_OPENSOCKETDATA, transfer) &&
	       IS_SET(curl, CURLOPT_ERRORBUFFER, transfer->reason);
}

/* Whatever the environment or a server says, these hold. */
static bool set_rules(CURL *curl, const HttpOptions *options)
{
	const char *proxy = options->proxy != NULL ? options->proxy : "";

	return IS_SET(curl, CURLOPT_PROTOCOLS_STR, "http,https") &&
	       IS_SET(curl, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1) &&
	       IS_SET(curl, CURLOPT_USERAGENT, "prm-calendar/" PRM_CALENDAR_VERSION) &&
	       IS_SET(curl, CURLOPT_ACCEPT_ENCODING, "gzip, deflate") &&
	       IS_SET(curl, CURLOPT_FOLLOWLOCATION, 0L) &&
	       IS_SET(curl, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED) &&
	       IS_SET(curl, CURLOPT_PROXY, proxy) && IS_SET(curl, CURLOPT_NOPROXY, "") &&
	       IS_SET(curl, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L) &&
	       IS_SET(curl, CURLOPT_NOSIGNAL, 1L) && IS_SET(curl, CURLOPT_SSL_VERIFYPEER, 1L) &&
	       IS_SET(curl, CURLOPT_SSL_VERIFYHOST, 2L) &&
	       IS_SET(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) &&
	       (options->ca_file == NULL || IS_SET(curl, CURLOPT_CAINFO, options->ca_file));
}

static bool set_time_limits(CURL *curl, const HttpOptions *options, unsigned timeout_msecs)
{
	return IS_SET(curl, CURLOPT_CONNECTTIMEOUT, (long)options->connect_timeout_secs) &&
	       IS_SET(curl, CURLOPT_TIMEOUT_MS, (long)timeout_msecs);
}

static bool set_request(CURL *curl, const HttpExchange *exchange, const CurlList *headers)
{
	const HttpRequest *request = exchange->request;
	bool is_head = strcmp(request->method, "HEAD") == 0;

	if (request->body != NULL &&
		!(IS_SET(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body_bytes) &&
			IS_SET(curl, CURLOPT_POSTFIELDS, request->body)))
		return false;
	if (request->body == NULL &&
		!(IS_SET(curl, CURLOPT_POSTFIELDS, NULL) && IS_SET(curl, CURLOPT_HTTPGET, 1L)))
		return false;
	return (!is_head || IS_SET(curl, CURLOPT_NOBODY, 1L)) &&
	       IS_SET(curl, CURLOPT_CUSTOMREQUEST, request->method) &&
	       IS_SET(curl, CURLOPT_URL, exchange->url->text) &&
	       IS_SET(curl, CURLOPT_HTTPHEADER, headers);
}

static bool set_credentials(CURL *curl, const HttpExchange *exchange)
{
	const HttpAuth none = {0};
	bool is_libcurls = exchange->auth != NULL && exchange->authorization == NULL;
	const HttpAuth *auth = is_libcurls ? exchange->auth : &none;
	bool is_bearer = auth->bearer != NULL;
	unsigned long schemes = is_libcurls ? exchange->auth_schemes : CURLAUTH_NONE;

	return IS_SET(curl, CURLOPT_HTTPAUTH, schemes) &&
	       IS_SET(curl, CURLOPT_USERNAME, is_bearer ? NULL : auth->user) &&
	       IS_SET(curl, CURLOPT_PASSWORD, is_bearer ? NULL : auth->password) &&
	       IS_SET(curl, CURLOPT_XOAUTH2_BEARER, auth->bearer);
}

static bool append_header(CurlList **headers, const char *line)
{
	CurlList *longer = curl_slist_append(*headers, line);

	if (longer == NULL)
		return false;
	*headers = longer;
	return true;
}

/* "Name:" alone stops libcurl from sending its own. */
static bool build_headers(const HttpExchange *exchange, CurlList **headers)
{
	const HttpRequest *request = exchange->request;
	g_autofree char *content_type = g_strdup_printf(
		"Content-Type: %s", request->content_type != NULL ? request->content_type : "");

	if (request->content_type == NULL)
		g_strchomp(content_type);
	if (strpbrk(content_type, "\r\n") != NULL || !append_header(headers, content_type) ||
		!append_header(headers, "Expect:"))
		return false;
	if (exchange->authorization != NULL && exchange->authorization[0] != '\0') {
		g_autofree char *line =
			g_strconcat("Authorization: ", exchange->authorization, NULL);

		if (strpbrk(line, "\r\n") != NULL || !append_header(headers, line))
			return false;
	}
	for (size_t i = 0; request->headers != NULL && request->headers[i] != NULL; i++)
		if (strpbrk(request->headers[i], "\r\n") != NULL ||
			!append_header(headers, request->headers[i]))
			return false;
	return true;
}

/* The Digest state of one account must not answer for another. */
static void prepare_auth_state(HttpClient *client, const HttpExchange *exchange)
{
	if (g_strcmp0(client->account, exchange->account) == 0 &&
		client->auth_scheme == exchange->auth_schemes)
		return;
	http_transfer_forget_auth(client);
	client->account = g_strdup(exchange->account);
	client->auth_scheme = exchange->auth_schemes;
}

void http_transfer_forget_auth(HttpClient *client)
{
	if (client->curl != NULL)
		curl_easy_reset(client->curl);
	g_clear_pointer(&client->account, g_free);
	client->auth_scheme = CURLAUTH_NONE;
}

/* Of the last answer, where a challenge was answered on the way. */
static char *last_header(CURL *curl, const char *name)
{
	struct curl_header *header = NULL;

	if (curl_easy_header(curl, name, 0, CURLH_HEADER, -1, &header) != CURLHE_OK)
		return NULL;
	return g_strdup(header->value);
}

/* All values of a header that may come several times, joined with commas. */
static char *last_headers(CURL *curl, const char *name)
{
	struct curl_header *header = NULL;
	GString *all = NULL;

	for (size_t i = 0; curl_easy_header(curl, name, i, CURLH_HEADER, -1, &header) == CURLHE_OK;
		i++) {
		if (all == NULL)
			all = g_string_new(header->value);
		else
			g_string_append_printf(all, ", %s", header->value);
	}
	return all != NULL ? g_string_free(all, FALSE) : NULL;
}

static void read_reply(HttpClient *client, Transfer *transfer, HttpReply *reply)
{
	CURL *curl = client->curl;
	long status = 0;
	long offered = 0;

	(void)curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
	(void)curl_easy_getinfo(curl, CURLINFO_HTTPAUTH_AVAIL, &offered);
	reply->status = (int)status;
	reply->offered_auth = (unsigned long)offered;
	reply->challenges = status == 401 ? last_headers(curl, "WWW-Authenticate") : NULL;
	reply->location = last_header(curl, "Location");
	reply->retry_after = last_header(curl, "Retry-After");
	reply->content_type = last_header(curl, "Content-Type");
	reply->etag = last_header(curl, "ETag");
	reply->last_modified = last_header(curl, "Last-Modified");
	reply->body = g_steal_pointer(&transfer->body);
}

static bool run(HttpClient *client, Transfer *transfer, HttpReply *ret_reply, bool *ret_is_broken,
	GError **error)
{
	const HttpExchange *exchange = transfer->exchange;
	const HttpOptions *options = http_shared_options(client->shared);
	g_autoptr(CurlList) headers = NULL;
	CURLcode code;

	if (client->curl == NULL || http_shared_curl(client->shared) == NULL ||
		!build_headers(exchange, &headers) || !set_rules(client->curl, options) ||
		!set_callbacks(client->curl, transfer) ||
		!set_time_limits(client->curl, options, exchange->timeout_msecs) ||
		!set_request(client->curl, exchange, headers) ||
		!set_credentials(client->curl, exchange) ||
		!IS_SET(client->curl, CURLOPT_SHARE, http_shared_curl(client->shared))) {
		*ret_is_broken = false;
		return set_error(error, HTTP_ERROR_URL, exchange->url->host,
			"the request cannot be built (a setting or header that libcurl refuses)");
	}
	code = curl_easy_perform(client->curl);
	/* The handle outlives this buffer, and may still say something when it is closed. */
	(void)curl_easy_setopt(client->curl, CURLOPT_ERRORBUFFER, NULL);
	/* libcurl takes a connection closed within the headers for an empty answer. */
	if (code == CURLE_OK && !transfer->is_head_complete)
		code = CURLE_RECV_ERROR;
	if (code != CURLE_OK)
		return set_transfer_error(transfer, client->curl, code, ret_is_broken, error);
	read_reply(client, transfer, ret_reply);
	return true;
}

bool http_transfer(HttpClient *client, const HttpExchange *exchange, HttpReply *ret_reply,
	bool *ret_is_broken, GError **error)
{
	const HttpOptions *options = http_shared_options(client->shared);
	Transfer transfer = {
		.exchange = exchange,
		.policy = http_shared_policy(client->shared),
		.is_proxied = options->proxy != NULL && *options->proxy != '\0',
		.max_body_bytes = options->max_response_bytes,
		.stall_secs = options->stall_secs != 0 ? options->stall_secs : STALL_SECS,
	};
	const char *objection = NULL;
	bool is_done;

	*ret_is_broken = false;
	if (transfer.is_proxied)
		objection = address_policy_host_objection(transfer.policy, exchange->url->host);
	if (objection != NULL)
		return set_blocked(error, exchange->url->host, objection);
	prepare_auth_state(client, exchange);
	transfer.body = g_string_new(NULL);
	is_done = run(client, &transfer, ret_reply, ret_is_broken, error);
	if (transfer.body != NULL)
		g_string_free(transfer.body, TRUE);
	return is_done;
}
