/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <arpa/inet.h>
#include <glib.h>
#include <string.h>

#include "net/address_policy.h"

typedef struct Case {
	const char *address;
	const char *objection; /* NULL: fine */
} Case;

static const Case CASES[] = {
	{"8.8.8.8", NULL},
	{"1.1.1.1", NULL},
	{"9.255.255.255", NULL},
	{"11.0.0.0", NULL},
	{"100.63.255.255", NULL},
	{"100.128.0.0", NULL},
	{"172.15.255.255", NULL},
	{"172.32.0.0", NULL},
	{"223.255.255.255", NULL},
	{"0.0.0.0", "an unspecified address"},
	{"0.1.2.3", "an unspecified address"},
	{"10.1.2.3", "a private address"},
	{"100.64.0.1", "a carrier's shared address"},
	{"100.127.255.255", "a carrier's shared address"},
	{"127.0.0.1", "a loopback address"},
	{"127.255.255.255", "a loopback address"},
	{"169.254.169.254", "a link-local address"},
	{"172.16.0.1", "a private address"},
	{"172.31.255.255", "a private address"},
	{"192.0.0.1", "a reserved address"},
	{"192.168.1.1", "a private address"},
	{"198.19.0.1", "a reserved address"},
	{"224.0.0.1", "a multicast address"},
	{"239.255.255.250", "a multicast address"},
	{"240.0.0.1", "a reserved address"},
	{"255.255.255.255", "a reserved address"},
	{"2606:4700:4700::1111", NULL},
	{"2a00:1450:4001:80b::200e", NULL},
	{"::", "an unspecified address"},
	{"::1", "a loopback address"},
	{"::2", "a reserved address"},
	{"::127.0.0.1", "a reserved address"},
	{"fe80::1", "a link-local address"},
	{"fec0::1", "a private address"},
	{"fc00::1", "a private address"},
	{"fd12:3456::1", "a private address"},
	{"ff02::1", "a multicast address"},
	{"2001:db8::1", "a reserved address"},
	{"2001::1", "a reserved address"},
	{"3fff::1", "a reserved address"},
	{"4000::1", "a reserved address"},
	{"::ffff:8.8.8.8", NULL},
	{"::ffff:127.0.0.1", "a loopback address"},
	{"::ffff:10.0.0.1", "a private address"},
	{"::ffff:169.254.169.254", "a link-local address"},
	{"64:ff9b::8.8.8.8", NULL},
	{"64:ff9b::192.168.0.1", "a private address"},
	{"64:ff9b:1::8.8.8.8", "a private address"},
	{"2002:808:808::1", NULL},
	{"2002:7f00:1::", "a loopback address"},
	{"2002:a01:203::1", "a private address"},
};

static struct sockaddr_storage parse(const char *text)
{
	struct sockaddr_storage storage = {0};
	struct sockaddr_in *v4 = (struct sockaddr_in *)(void *)&storage;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)(void *)&storage;

	if (inet_pton(AF_INET, text, &v4->sin_addr) == 1) {
		storage.ss_family = AF_INET;
	} else {
		g_assert_cmpint(inet_pton(AF_INET6, text, &v6->sin6_addr), ==, 1);
		storage.ss_family = AF_INET6;
	}
	return storage;
}

static const char *objection(const AddressPolicy *policy, const char *host, const char *address)
{
	struct sockaddr_storage storage = parse(address);

	return address_policy_objection(policy, host, (const struct sockaddr *)&storage);
}

static void test_only_global_addresses_are_fine(void)
{
	g_autoptr(AddressPolicy) policy = address_policy_new(NULL);

	for (size_t i = 0; i < G_N_ELEMENTS(CASES); i++) {
		g_test_message("%s", CASES[i].address);
		g_assert_cmpstr(
			objection(policy, "cal.example", CASES[i].address), ==, CASES[i].objection);
		g_assert_cmpstr(address_policy_host_objection(policy, CASES[i].address), ==,
			CASES[i].objection);
	}
}

static void test_other_families_are_refused(void)
{
	g_autoptr(AddressPolicy) policy = address_policy_new(NULL);
	struct sockaddr address = {.sa_family = AF_UNIX};

	g_assert_nonnull(address_policy_objection(policy, "cal.example", &address));
}

static void test_addresses_and_networks_can_be_exempt(void)
{
	const char *allow[] = {"10.0.0.0/9", "127.0.0.1", "[::1]", "fd00::/8", NULL};
	g_autoptr(AddressPolicy) policy = address_policy_new(allow);

	g_assert_null(objection(policy, "any.example", "10.127.255.255"));
	g_assert_nonnull(objection(policy, "any.example", "10.128.0.0"));
	g_assert_null(objection(policy, "any.example", "127.0.0.1"));
	g_assert_nonnull(objection(policy, "any.example", "127.0.0.2"));
	g_assert_null(objection(policy, "any.example", "::1"));
	g_assert_null(objection(policy, "any.example", "fd12::1"));
	g_assert_nonnull(objection(policy, "any.example", "fc12::1"));
	g_assert_null(objection(policy, "any.example", "::ffff:10.1.2.3"));
	g_assert_null(objection(policy, "any.example", "64:ff9b::10.1.2.3"));
	g_assert_nonnull(objection(policy, "any.example", "::ffff:192.168.0.1"));
}

static void test_a_host_is_exempt_by_its_name_only(void)
{
	const char *allow[] = {"Cal.Example.", "localhost", NULL};
	g_autoptr(AddressPolicy) policy = address_policy_new(allow);

	g_assert_null(objection(policy, "cal.example", "192.168.0.1"));
	g_assert_null(objection(policy, "localhost", "127.0.0.1"));
	g_assert_nonnull(objection(policy, "127.0.0.1", "127.0.0.1"));
	g_assert_nonnull(objection(policy, "x.cal.example", "192.168.0.1"));
	g_assert_nonnull(objection(policy, "other.example", "192.168.0.1"));
}

static void test_broken_exemptions_exempt_nothing(void)
{
	const char *allow[] = {"10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "10.0.0/8", "", "[", "/0",
		"::/129", "127.0.0.1/x", NULL};
	g_autoptr(AddressPolicy) policy = address_policy_new(allow);

	g_assert_nonnull(objection(policy, "cal.example", "10.0.0.1"));
	g_assert_nonnull(objection(policy, "cal.example", "127.0.0.1"));
	g_assert_nonnull(objection(policy, "cal.example", "::1"));
}

static void test_names_of_this_machine_need_no_resolving(void)
{
	g_autoptr(AddressPolicy) policy = address_policy_new(NULL);

	g_assert_nonnull(address_policy_host_objection(policy, "localhost"));
	g_assert_nonnull(address_policy_host_objection(policy, "x.localhost"));
	g_assert_null(address_policy_host_objection(policy, "localhost.example"));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/net/address-policy/only-global-addresses-are-fine",
		test_only_global_addresses_are_fine);
	g_test_add_func(
		"/net/address-policy/other-families-are-refused", test_other_families_are_refused);
	g_test_add_func("/net/address-policy/addresses-and-networks-can-be-exempt",
		test_addresses_and_networks_can_be_exempt);
	g_test_add_func("/net/address-policy/a-host-is-exempt-by-its-name-only",
		test_a_host_is_exempt_by_its_name_only);
	g_test_add_func("/net/address-policy/broken-exemptions-exempt-nothing",
		test_broken_exemptions_exempt_nothing);
	g_test_add_func("/net/address-policy/names-of-this-machine-need-no-resolving",
		test_names_of_this_machine_need_no_resolving);
	return g_test_run();
}
