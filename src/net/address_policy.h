/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which addresses a URL typed by a site user may make us connect to. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <sys/socket.h>

typedef struct AddressPolicy AddressPolicy;

/* `allow_private`: NULL-terminated exemptions, or NULL for none. "10.0.0.0/8", "127.0.0.1" and
 * "[::1]" exempt addresses whatever the name; "host.example" exempts that name whatever its
 * address. Copied. An entry of another form exempts nothing. */
AddressPolicy *address_policy_new(const char *const *allow_private);
void address_policy_free(AddressPolicy *policy);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(AddressPolicy, address_policy_free)

/* NULL where connecting to `address` for `host` (as in HttpUrl) is fine, else what the address is,
 * for people: "a loopback address". Only global unicast addresses are fine (IANA's special-purpose
 * registries, RFC 6890); one that embeds an IPv4 address (mapped, 6to4, NAT64) is what it embeds.
 */
const char *address_policy_objection(
	const AddressPolicy *policy, const char *host, const struct sockaddr *address);

/* The same for a name before it is resolved: literal addresses and localhost (RFC 6761). For a
 * proxy, which resolves names itself. */
const char *address_policy_host_objection(const AddressPolicy *policy, const char *host);
