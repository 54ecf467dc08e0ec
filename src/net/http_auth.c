/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libcurl answers challenges, but for those whose words it spells otherwise than the server. */
#include "net/http_auth.h"

#include <string.h>

#include "net/http_shared.h"

static const unsigned long PASSWORD_SCHEMES = CURLAUTH_BASIC | CURLAUTH_DIGEST;

/* One http_auth_send(). */
typedef struct Sender {
	HttpClient *client;
	HttpExchange *exchange;
	const HttpReply *reply;
	bool (*send)(void *data, const HttpExchange *exchange, GError **error);
	void *data;
} Sender;

/* What worked last time is used at once; else the server is asked what it wants. */
static unsigned long choose_schemes(const Sender *sender)
{
	const HttpAuth *auth = sender->exchange->auth;
	unsigned long learned;

	if (auth == NULL)
		return CURLAUTH_NONE;
	if (auth->bearer != NULL)
		return CURLAUTH_BEARER;
	learned = http_shared_learned_auth(sender->client->shared, sender->exchange->account);
	return learned != CURLAUTH_NONE ? learned : PASSWORD_SCHEMES;
}

/* True for a 401 that says nothing about the password: the server has forgotten our nonce without
 * saying stale=true (it was restarted), or wants another scheme than last time. */
static bool is_challenge_outdated(const Sender *sender, bool had_nonce)
{
	const HttpExchange *exchange = sender->exchange;
	const HttpReply *reply = sender->reply;

	if (reply->status != 401 || exchange->auth_schemes == CURLAUTH_NONE ||
		exchange->auth_schemes == CURLAUTH_BEARER ||
		exchange->auth_schemes == PASSWORD_SCHEMES)
		return false;
	/* One that was only asked has told what it wants. */
	if (exchange->authorization != NULL)
		return had_nonce;
	return had_nonce || (reply->offered_auth & PASSWORD_SCHEMES & ~exchange->auth_schemes) != 0;
}

/* True for a 401 to a Digest whose challenge offers Basic, too: some servers offer a Digest that no
 * password passes (Cyrus as Debian ships it). Basic goes where a Basic alone would go. */
static bool may_be_basic(const Sender *sender)
{
	const HttpReply *reply = sender->reply;

	return reply->status == 401 && (sender->exchange->auth_schemes & CURLAUTH_DIGEST) != 0 &&
	       (reply->offered_auth & CURLAUTH_BASIC) != 0 &&
	       ((reply->offered_auth & CURLAUTH_DIGEST) != 0 ||
		       sender->exchange->authorization != NULL);
}

static bool has_digest(const Sender *sender)
{
	return sender->client->digest != NULL &&
	       g_strcmp0(sender->client->digest_account, sender->exchange->account) == 0;
}

/* Path and query, as they stand in the request. */
static char *target_of(const HttpUrl *url)
{
	const char *authority = strstr(url->text, "://") + strlen("://");
	const char *target = authority + strcspn(authority, "/?");

	return *target == '/' ? g_strdup(target) : g_strconcat("/", target, NULL);
}

/* Sends with these schemes. A name that libcurl would encode is not given to it for a Digest: the
 * server is asked without, or is answered with our own. */
static bool send_as(const Sender *sender, unsigned long schemes, GError **error)
{
	HttpExchange *exchange = sender->exchange;
	const HttpAuth *auth = exchange->auth;
	g_autofree char *target = NULL;
	g_autofree char *authorization = NULL;
	bool is_done;

	exchange->auth_schemes = schemes;
	if (schemes == CURLAUTH_DIGEST && has_digest(sender)) {
		target = target_of(exchange->url);
		authorization = http_digest_answer(sender->client->digest,
			exchange->request->method, target, auth->user, auth->password);
	} else if ((schemes & CURLAUTH_DIGEST) != 0 && auth->user != NULL &&
		   !http_digest_is_plain_text(auth->user)) {
		authorization = g_strdup("");
	}
	exchange->authorization = authorization;
	is_done = sender->send(sender->data, exchange, error);
	/* That it was ours is all that is asked from now on. */
	exchange->authorization = authorization != NULL ? "" : NULL;
	return is_done;
}

static void forget_nonces(HttpClient *client)
{
	http_transfer_forget_auth(client);
	g_clear_pointer(&client->digest, http_digest_free);
	g_clear_pointer(&client->digest_account, g_free);
}

/* Takes up a Digest challenge that libcurl has not answered, or not to the letter. */
static bool take_digest(const Sender *sender)
{
	HttpClient *client = sender->client;
	const HttpExchange *exchange = sender->exchange;
	g_autoptr(HttpDigest) digest = NULL;

	if (sender->reply->status != 401 || (exchange->auth_schemes & CURLAUTH_DIGEST) == 0 ||
		has_digest(sender) || exchange->auth->user == NULL ||
		sender->reply->challenges == NULL)
		return false;
	digest = http_digest_new(sender->reply->challenges);
	if (digest == NULL || http_digest_is_plain(digest, exchange->auth->user))
		return false;
	forget_nonces(client);
	client->digest = g_steal_pointer(&digest);
	client->digest_account = g_strdup(exchange->account);
	return true;
}

static void learn_scheme(const Sender *sender)
{
	HttpClient *client = sender->client;
	const HttpExchange *exchange = sender->exchange;
	const HttpReply *reply = sender->reply;
	unsigned long scheme;

	if (exchange->auth == NULL || exchange->auth_schemes == CURLAUTH_BEARER)
		return;
	if (reply->status == 401) {
		http_shared_learn_auth(client->shared, exchange->account, CURLAUTH_NONE);
		forget_nonces(client);
		return;
	}
	if (exchange->auth_schemes == CURLAUTH_BASIC ||
		(exchange->auth_schemes == CURLAUTH_DIGEST && has_digest(sender)))
		http_shared_learn_auth(client->shared, exchange->account, exchange->auth_schemes);
	if (exchange->auth_schemes != PASSWORD_SCHEMES || reply->offered_auth == CURLAUTH_NONE)
		return;
	/* libcurl answers the strongest of those offered, and its handle stays with that. */
	scheme = (reply->offered_auth & CURLAUTH_DIGEST) != 0 ? CURLAUTH_DIGEST : CURLAUTH_BASIC;
	client->auth_scheme = scheme;
	http_shared_learn_auth(client->shared, exchange->account, scheme);
}

/* Whether it carries a nonce that the server may have forgotten. */
static bool has_nonce(const Sender *sender, unsigned long schemes)
{
	const HttpClient *client = sender->client;

	return schemes == CURLAUTH_DIGEST &&
	       (has_digest(sender) ||
		       (client->auth_scheme == CURLAUTH_DIGEST &&
			       g_strcmp0(client->account, sender->exchange->account) == 0));
}

bool http_auth_send(HttpClient *client, HttpExchange *exchange, HttpReply *reply,
	bool (*send)(void *data, const HttpExchange *exchange, GError **error), void *data,
	GError **error)
{
	const Sender sender = {client, exchange, reply, send, data};
	unsigned long schemes = choose_schemes(&sender);
	bool had_nonce = has_nonce(&sender, schemes);
	bool was_basic = schemes == CURLAUTH_BASIC;

	if (!send_as(&sender, schemes, error))
		return false;
	if (is_challenge_outdated(&sender, had_nonce)) {
		forget_nonces(client);
		if (!send_as(&sender, PASSWORD_SCHEMES, error))
			return false;
	}
	if (take_digest(&sender) && !send_as(&sender, CURLAUTH_DIGEST, error))
		return false;
	if (!was_basic && may_be_basic(&sender)) {
		forget_nonces(client);
		if (!send_as(&sender, CURLAUTH_BASIC, error))
			return false;
	}
	learn_scheme(&sender);
	return true;
}
