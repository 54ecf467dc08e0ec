/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The address policy: IANA's special-purpose registries as two tables, and the exemptions. */
#include "net/address_policy.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <string.h>

/* An IPv4 or IPv6 network; bits count from the most significant one. */
typedef struct Network {
	uint8_t bytes[16];
	unsigned bits;
	bool is_v6;
} Network;

struct AddressPolicy {
	GArray *networks;  /* of Network */
	GHashTable *hosts; /* a set of lower-case names */
};

typedef struct Special {
	const char *cidr;
	const char *what;
} Special;

static const char PRIVATE[] = "a private address";
static const char LOOPBACK[] = "a loopback address";
static const char LINK_LOCAL[] = "a link-local address";
static const char RESERVED[] = "a reserved address";
static const char MULTICAST[] = "a multicast address";
static const char UNSPECIFIED[] = "an unspecified address";

static const Special SPECIAL_V4[] = {
	{"0.0.0.0/8", UNSPECIFIED},
	{"10.0.0.0/8", PRIVATE},
	{"100.64.0.0/10", "a carrier's shared address"},
	{"127.0.0.0/8", LOOPBACK},
	{"169.254.0.0/16", LINK_LOCAL},
	{"172.16.0.0/12", PRIVATE},
	{"192.0.0.0/24", RESERVED},
	{"192.0.2.0/24", RESERVED},
	{"192.88.99.0/24", RESERVED},
	{"192.168.0.0/16", PRIVATE},
	{"198.18.0.0/15", RESERVED},
	{"198.51.100.0/24", RESERVED},
	{"203.0.113.0/24", RESERVED},
	{"224.0.0.0/4", MULTICAST},
	{"240.0.0.0/4", RESERVED},
};

/* First match counts. What 2000::/3 leaves out is no global unicast. */
static const Special SPECIAL_V6[] = {
	{"::/128", UNSPECIFIED},
	{"::1/128", LOOPBACK},
	{"fe80::/10", LINK_LOCAL},
	{"fec0::/10", PRIVATE},
	{"fc00::/7", PRIVATE},
	{"ff00::/8", MULTICAST},
	{"64:ff9b:1::/48", PRIVATE},
	{"2001::/23", RESERVED},
	{"2001:db8::/32", RESERVED},
	{"3fff::/20", RESERVED},
	{"2000::/3", NULL},
	{"::/0", RESERVED},
};

/* Where an IPv4 address lies inside an IPv6 one. */
static const struct {
	const char *cidr;
	unsigned offset_bytes;
} EMBEDDING[] = {
	{"::ffff:0:0/96", 12}, {"64:ff9b::/96", 12}, /* NAT64, RFC 6052 */
	{"2002::/16", 2},                            /* 6to4, RFC 3056 */
};

static bool network_parse(const char *text, Network *ret_network)
{
	g_autofree char *address = NULL;
	const char *slash = strchr(text, '/');
	Network network = {0};
	guint64 bits;

	address = slash == NULL ? g_strdup(text) : g_strndup(text, (size_t)(slash - text));
	if (inet_pton(AF_INET, address, network.bytes) == 1)
		network.is_v6 = false;
	else if (inet_pton(AF_INET6, address, network.bytes) == 1)
		network.is_v6 = true;
	else
		return false;
	bits = network.is_v6 ? 128 : 32;
	if (slash != NULL && !g_ascii_string_to_unsigned(slash + 1, 10, 0, bits, &bits, NULL))
		return false;
	network.bits = (unsigned)bits;
	*ret_network = network;
	return true;
}

static bool network_holds(const Network *network, const Network *address)
{
	unsigned whole = network->bits / 8;
	unsigned rest = network->bits % 8;

	if (network->is_v6 != address->is_v6 || memcmp(network->bytes, address->bytes, whole) != 0)
		return false;
	return rest == 0 || (network->bytes[whole] ^ address->bytes[whole]) >> (8 - rest) == 0;
}

static bool cidr_holds(const char *cidr, const Network *address)
{
	Network network;

	return network_parse(cidr, &network) && network_holds(&network, address);
}

static const char *find_special(const Network *address)
{
	const Special *table = address->is_v6 ? SPECIAL_V6 : SPECIAL_V4;
	size_t count = address->is_v6 ? G_N_ELEMENTS(SPECIAL_V6) : G_N_ELEMENTS(SPECIAL_V4);

	for (size_t i = 0; i < count; i++)
		if (cidr_holds(table[i].cidr, address))
			return table[i].what;
	return NULL;
}

static bool is_exempt(const AddressPolicy *policy, const Network *address)
{
	for (guint i = 0; i < policy->networks->len; i++)
		if (network_holds(&g_array_index(policy->networks, Network, i), address))
			return true;
	return false;
}

static const char *check(const AddressPolicy *policy, const Network *address)
{
	if (is_exempt(policy, address))
		return NULL;
	for (size_t i = 0; address->is_v6 && i < G_N_ELEMENTS(EMBEDDING); i++)
		if (cidr_holds(EMBEDDING[i].cidr, address)) {
			Network inner = {.bits = 32};

			memcpy(inner.bytes, address->bytes + EMBEDDING[i].offset_bytes, 4);
			return is_exempt(policy, &inner) ? NULL : find_special(&inner);
		}
	return find_special(address);
}

AddressPolicy *address_policy_new(const char *const *allow_private)
{
	AddressPolicy *policy = g_new0(AddressPolicy, 1);

	policy->networks = g_array_new(FALSE, TRUE, sizeof(Network));
	policy->hosts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	for (size_t i = 0; allow_private != NULL && allow_private[i] != NULL; i++) {
		g_autofree char *entry = g_strstrip(g_ascii_strdown(allow_private[i], -1));
		size_t bytes = strlen(entry);
		Network network;

		if (bytes >= 2 && entry[0] == '[' && entry[bytes - 1] == ']') {
			memmove(entry, entry + 1, bytes - 2);
			entry[bytes - 2] = '\0';
		} else if (bytes >= 2 && entry[bytes - 1] == '.') {
			entry[bytes - 1] = '\0';
		}
		if (network_parse(entry, &network))
			g_array_append_val(policy->networks, network);
		else if (*entry != '\0')
			g_hash_table_add(policy->hosts, g_steal_pointer(&entry));
	}
	return policy;
}

void address_policy_free(AddressPolicy *policy)
{
	if (policy == NULL)
		return;
	g_array_unref(policy->networks);
	g_hash_table_unref(policy->hosts);
	g_free(policy);
}

const char *address_policy_objection(
	const AddressPolicy *policy, const char *host, const struct sockaddr *address)
{
	Network network = {0};

	if (g_hash_table_contains(policy->hosts, host))
		return NULL;
	if (address->sa_family == AF_INET) {
		memcpy(network.bytes,
			&((const struct sockaddr_in *)(const void *)address)->sin_addr, 4);
		network.bits = 32;
	} else if (address->sa_family == AF_INET6) {
		memcpy(network.bytes,
			&((const struct sockaddr_in6 *)(const void *)address)->sin6_addr, 16);
		network.bits = 128;
		network.is_v6 = true;
	} else {
		return "no internet address";
	}
	return check(policy, &network);
}

const char *address_policy_host_objection(const AddressPolicy *policy, const char *host)
{
	Network network;

	if (g_hash_table_contains(policy->hosts, host))
		return NULL;
	if (strchr(host, '/') == NULL && network_parse(host, &network))
		return check(policy, &network);
	if (strcmp(host, "localhost") == 0 || g_str_has_suffix(host, ".localhost"))
		return LOOPBACK;
	return NULL;
}
