/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fuzz target: wp-config.php; a value is either there or there is a reason why not. */
#include <stdint.h>

#include "site/wp_config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[] = {"DB_NAME", "DB_HOST", "AUTH_KEY", "$table_prefix"};
	g_autoptr(WpConfig) config = wp_config_new(NULL);
	g_autofree char *text = g_strndup((const char *)data, size);
	g_autofree char *host = NULL;
	g_autofree char *socket = NULL;
	unsigned port;

	if (wp_config_add(config, "wp-config.php", (const char *)data, size, false, NULL)) {
		for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
			const WpConfigValue *value = wp_config_find(config, names[i]);

			g_assert_true(
				value == NULL || (value->text == NULL) != (value->why == NULL));
		}
	}
	if (wp_config_parse_host(text, &host, &port, &socket, NULL))
		g_assert_cmpstr(host, !=, "");
	return 0;
}
