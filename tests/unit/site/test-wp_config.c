/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <glib.h>
#include <string.h>

#include "site/wp_config.h"

#define SET_BEFORE "may be set before by a file that is included"
#define UNKNOWN_X "comes from the environment variable X, which is not known here"

/* What a source says of one name: `text`, or `why` it is not known, or neither: not set. */
static const struct {
	const char *name;
	const char *source; /* behind "<?php " */
	const char *constant;
	const char *text;
	const char *why;
} cases[] = {
	{"single-quotes", "define('X', 'a\"b');", "X", "a\"b", NULL},
	{"single-escapes", "define('X', 'a\\'b\\\\c\\nd\\\"');", "X", "a'b\\c\\nd\\\"", NULL},
	{"double-quotes", "define(\"X\", \"a'b\");", "X", "a'b", NULL},
	{"double-escapes", "define('X', \"\\n\\t\\r\\v\\e\\f\\\\\\$\\\"\\q\\'\");", "X",
		"\n\t\r\v\x1b\f\\$\"\\q\\'", NULL},
	{"octal-hex-unicode", "define('X', \"\\101\\x42\\u{43}\\u{e9}\\8\\xg\\u{}\");", "X",
		"ABC\xc3\xa9\\8\\xg\\u{}", NULL},
	{"lone-dollar", "define('X', \"a$ b$1 {x} $\");", "X", "a$ b$1 {x} $", NULL},
	{"binary-prefix", "define('X', b'bytes');", "X", "bytes", NULL},
	{"spaces-and-lines", "define\n(\t'X' ,\r\n 'v' ) ;", "X", "v", NULL},
	{"case-of-define", "DEFINE('X', 'v');", "X", "v", NULL},
	{"case-of-name", "define('x', 'v');", "X", NULL, NULL},
	{"root-namespace", "\\define('X', 'v');", "X", "v", NULL},
	{"silenced", "@define('X', 'v');", "X", "v", NULL},
	{"third-argument", "define('X', 'v', true);", "X", "v", NULL},
	{"const", "const X = 'v';", "X", "v", NULL},
	{"const-list", "const W = 1, X = 'v', Y = 2;", "X", "v", NULL},
	{"const-after-computed", "const W = 'a' . 'b', X = 'v';", "X", "v", NULL},
	{"const-of-a-class", "class C { const X = 'v'; }", "X", NULL, NULL},
	{"int", "define('X', 3306);", "X", "3306", NULL},
	{"negative", "define('X', -5);", "X", "-5", NULL},
	{"true", "define('X', TRUE);", "X", "1", NULL},
	{"false", "define('X', false);", "X", "", NULL},
	{"null", "define('X', null);", "X", "", NULL},
	{"octal-int", "define('X', 0755);", "X", NULL, "is computed"},
	{"float", "define('X', 1.5);", "X", NULL, "is computed"},
	{"line-comments", "// define('X', 'a');\n# define('X', 'b');\ndefine('X', 'c');", "X", "c",
		NULL},
	{"block-comment", "/* define('X', 'a'); // */ define('X', /* the */ 'c' /* ! */);", "X",
		"c", NULL},
	{"comment-in-string", "define('X', 'a // b # c /* d');", "X", "a // b # c /* d", NULL},
	{"attribute", "#[A] function f() {} define('X', 'v');", "X", "v", NULL},
	{"code-ends-comment", "// ?> define('X', 'html'); <?php define('X', 'v');", "X", "v", NULL},
	{"html", "?> <?xml define('X', 'a'); ?> <?php define('X', 'v') ?>", "X", "v", NULL},
	{"define-in-a-string", "$a = \"define('X', 'a');\"; define('X', 'v');", "X", "v", NULL},
	{"define-in-a-heredoc", "$a = <<<E\ndefine('X', 'a');\n E;\ndefine('X', 'v');", "X", "v",
		NULL},
	{"define-in-a-nowdoc", "$a = <<<'E'\nE1\ndefine('X', 'a');\nE;\ndefine('X', 'v');", "X",
		"v", NULL},
	{"first-wins", "define('X', 'a'); define('X', 'b');", "X", "a", NULL},
	{"first-wins-computed", "define('X', f()); define('X', 'b');", "X", NULL, "is computed"},
	{"after-return", "define('W', 1); return; define('X', 'v');", "X", NULL, NULL},
	{"abspath-or-die", "defined('ABSPATH') || exit; define('X', 'v');", "X", "v", NULL},

	{"concatenation", "define('X', 'a' . 'b' . 1);", "X", "ab1", NULL},
	{"environment", "define('X', getenv('X'));", "X", NULL, UNKNOWN_X},
	{"environment-default", "define('X', getenv('X') ?: 'v');", "X", NULL, UNKNOWN_X},
	{"superglobal", "define('X', $_ENV['X']);", "X", NULL, UNKNOWN_X},
	{"request", "define('X', $_SERVER['HTTP_HOST']);", "X", NULL, "is computed"},
	{"variable", "$v = 'v'; define('X', $v);", "X", "v", NULL},
	{"variable-unknown", "define('X', $v);", "X", NULL, "is computed"},
	{"variable-by-reference", "$v = 'v'; f($v); define('X', $v);", "X", NULL, "is computed"},
	{"variable-of-a-loop", "$v = 'v'; foreach (f() as $v) {} define('X', $v);", "X", NULL,
		"is computed"},
	{"variable-of-a-list", "$v = 'v'; [$v, $w] = f(); define('X', $v);", "X", NULL,
		"is computed"},
	{"variable-referenced", "$v = 'v'; $w = &$v; $w = 'w'; define('X', $v);", "X", NULL,
		"is computed"},
	{"variable-extracted", "$v = 'v'; extract(f()); define('X', $v);", "X", NULL,
		"is computed"},
	{"variable-counted", "$v = 'v'; $v++; define('X', $v);", "X", NULL, "is computed"},
	{"variable-under-a-condition", "$v = 'v'; if (f()) $v = 'w'; define('X', $v);", "X", NULL,
		"is computed"},
	{"interpolated", "define('X', \"a$b\");", "X", NULL, "is computed"},
	{"interpolated-braces", "define('X', \"a{$b}\");", "X", NULL, "is computed"},
	{"interpolated-old", "define('X', \"a${b}\");", "X", NULL, "is computed"},
	{"heredoc", "define('X', <<<E\nv\nE\n);", "X", NULL, "is computed"},
	{"backticks", "define('X', `cat key`);", "X", NULL, "is computed"},
	{"cast", "define('X', (string) 'v');", "X", "v", NULL},
	{"other-constant", "define('W', 'v'); define('X', W);", "X", "v", NULL},
	{"ternary", "define('X', '' ? 'a' : 'b');", "X", "b", NULL},
	{"ternary-unknown", "define('X', f() ? 'a' : 'b');", "X", NULL, "is computed"},
	{"nested-dirname", "define('X', dirname('/a/b/c/', 2));", "X", "/a", NULL},
	{"compared", "define('W', 'v'); if (W === 'v') define('X', 'a'); else define('X', 'b');",
		"X", "a", NULL},
	{"compared-by-number", "if ('1e1' == '10') define('X', 'a');", "X", NULL,
		"is set under a condition"},
	{"arithmetic", "define('X', 1 + 2);", "X", NULL, "is computed"},
	{"index", "define('X', 'abc'[0]);", "X", NULL, "is computed"},
	{"nul-byte", "define('X', \"a\\0b\");", "X", NULL, "is computed"},

	{"guarded", "if (!defined('X')) define('X', 'v');", "X", "v", NULL},
	{"guarded-block", "if ( ! defined( 'X' ) ) { define( 'X', 'v' ); }", "X", "v", NULL},
	{"guarded-second", "define('X','a'); if (!defined('X')) define('X', 'b');", "X", "a", NULL},
	{"guarded-other", "if (!defined('W')) define('X', 'v');", "X", NULL,
		"is set under a condition"},
	{"guarded-and-sign", "!defined('X') && define('X', 'v');", "X", "v", NULL},
	{"branch-that-is-known",
		"if (false) define('X', 'a'); elseif (true) define('X', 'b'); "
		"else define('X', 'c');",
		"X", "b", NULL},
	{"branch-behind-an-unknown", "if (f()) {} elseif (true) define('X', 'b');", "X", NULL,
		"is set under a condition"},
	{"dead-include", "if (false) require 'a.php'; define('X', 'v');", "X", "v", NULL},
	{"guarded-else", "if (!defined('X')) {} else { define('X', 'v'); }", "X", NULL,
		"is set under a condition"},
	{"guarded-or", "defined('X') || define('X', 'v');", "X", "v", NULL},
	{"guarded-or-word", "defined('X') or define('X', 'v');", "X", "v", NULL},
	{"guarded-and", "defined('W') && define('X', 'v');", "X", NULL, "is set under a condition"},
	{"condition", "if ($_SERVER['HTTP_HOST'] == 'a') { define('X', 'a'); }", "X", NULL,
		"is set under a condition"},
	{"condition-after", "define('X', 'v'); if (f()) define('X', 'a');", "X", "v", NULL},
	{"behind-a-condition", "if (f()) { g(); } define('X', 'v');", "X", "v", NULL},
	{"nested-condition", "if (f()) if (!defined('X')) define('X', 'v');", "X", NULL,
		"is set under a condition"},
	{"colon-condition", "if (f()): define('X', 'a'); else: define('X', 'b'); endif;", "X", NULL,
		"is set under a condition"},
	{"behind-colons", "if (f()): g(); elseif (h()): i(); endif; define('X', 'v');", "X", "v",
		NULL},
	{"switch", "switch ($a) { case 'a': define('X', 'a'); break; }", "X", NULL,
		"is set under a condition"},
	{"in-a-function", "function f() { define('X', 'a'); } f();", "X", NULL,
		"is set under a condition"},
	{"behind-a-function", "function f() { return 1; } define('X', 'v');", "X", "v", NULL},
	{"behind-a-closure", "$f = function () { return [1]; }; define('X', 'v');", "X", "v", NULL},
	{"in-a-closure", "$f = function () { define('X', 'v'); };", "X", NULL,
		"is set under a condition"},
	{"bare-block", "{ define('X', 'v'); }", "X", "v", NULL},
	{"behind-an-include", "require 'local.php'; define('X', 'v');", "X", NULL, SET_BEFORE},
	{"before-an-include", "define('X', 'v'); require 'local.php';", "X", "v", NULL},
	{"include-in-a-function", "function f() { require 'a.php'; } f(); define('X', 'v');", "X",
		NULL, SET_BEFORE},
	{"behind-eval", "eval(f()); define('X', 'v');", "X", NULL, SET_BEFORE},
	{"eval-of-a-text", "eval(\"define('X', 'v');\");", "X", "v", NULL},
	{"computed-name", "foreach (f() as $k => $v) define($k, $v); define('X', 'v');", "X", NULL,
		SET_BEFORE},
	{"define-by-name", "call_user_func('define', 'X', 'a'); define('X', 'v');", "X", NULL,
		SET_BEFORE},
	{"may-return", "if (f()) return; define('X', 'v');", "X", NULL, "is set under a condition"},
	{"may-exit", "if (f()) exit; define('X', 'v');", "X", "v", NULL},
	{"behind-composer", "require_once __DIR__ . '/vendor/autoload.php'; define('X', 'v');", "X",
		"v", NULL},
	{"const-of-a-namespace", "namespace A; const X = 'v';", "X", NULL, NULL},
	{"define-in-a-namespace", "namespace A; define('X', 'v');", "X", "v", NULL},
	{"guarded-behind-an-include",
		"if (file_exists('l.php')) { include 'l.php'; } if (!defined('X')) define('X', "
		"'v');",
		"X", NULL, SET_BEFORE},
	{"guarded-behind-wordpress",
		"require_once ABSPATH . 'wp-settings.php'; if (!defined('X')) define('X', 'v');",
		"X", "v", NULL},

	{"prefix", "$table_prefix = 'crm_';", "$table_prefix", "crm_", NULL},
	{"prefix-last-wins", "$table_prefix = 'a_'; $table_prefix = 'b_';", "$table_prefix", "b_",
		NULL},
	{"prefix-computed", "$table_prefix = strtolower('WP_');", "$table_prefix", NULL,
		"is computed"},
	{"prefix-appended", "$table_prefix = 'a_'; $table_prefix .= 'b_';", "$table_prefix", NULL,
		"is computed"},
	{"prefix-under-condition", "$table_prefix = 'a_'; if (f()) $table_prefix = 'b_';",
		"$table_prefix", NULL, "is set under a condition"},
	{"prefix-before-an-include", "$table_prefix = 'a_'; require 'local.php';", "$table_prefix",
		NULL, "may be changed by a file that is included"},
	{"prefix-behind-an-include", "require 'local.php'; $table_prefix = 'a_';", "$table_prefix",
		"a_", NULL},
	{"prefix-global", "$table_prefix = 'a_'; $GLOBALS['table_prefix'] = 'b_';", "$table_prefix",
		NULL, "is computed"},
	{"prefix-guarded", "if (!isset($table_prefix)) { $table_prefix = 'wp_'; }", "$table_prefix",
		"wp_", NULL},
	{"prefix-used", "$table_prefix = 'a_'; $t = $table_prefix . 'users';", "$table_prefix",
		"a_", NULL},
	{"prefix-compared", "$table_prefix = 'a_'; f($table_prefix == 'b_');", "$table_prefix",
		"a_", NULL},
	{"stray-brackets", "} ) ] define('X', 'v');", "X", NULL, "is set under a condition"},
};

static void add(WpConfig *config, const char *code, bool includes_are_known)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *source = g_strconcat("<?php ", code, NULL);

	g_assert_true(wp_config_add(
		config, "wp-config.php", source, strlen(source), includes_are_known, &error));
	g_assert_no_error(error);
}

static void test_case(gconstpointer data)
{
	size_t i = GPOINTER_TO_SIZE(data);
	g_autoptr(WpConfig) config = wp_config_new(NULL);
	const WpConfigValue *value;

	add(config, cases[i].source, false);
	value = wp_config_find(config, cases[i].constant);
	if (cases[i].text == NULL && cases[i].why == NULL) {
		g_assert_null(value);
		return;
	}
	g_assert_nonnull(value);
	g_assert_cmpstr(value->text, ==, cases[i].text);
	g_assert_cmpstr(value->why, ==, cases[i].why);
}

static void test_line_and_file_are_known(void)
{
	g_autoptr(WpConfig) config = wp_config_new(NULL);
	unsigned line = 0;

	add(config, "\n\n/*\n*/ $a = 'x\ny';\nrequire 'a.php';\ndefine('X',\n f());", false);
	g_assert_cmpuint(wp_config_find(config, "X")->line, ==, 7);
	g_assert_cmpstr(wp_config_find(config, "X")->file, ==, "wp-config.php");
	g_assert_cmpstr(wp_config_doubts(config, &line), ==, "includes another file");
	g_assert_cmpuint(line, ==, 6);
}

/* As Debian has it: the host's file first, then defaults for what it did not set. */
static void test_defaults_follow_the_file_of_the_host(void)
{
	static const char main_file[] =
		"$debian_file = '/etc/wordpress/config-'.$host.'.php';\n"
		"if (file_exists($debian_file)) { require_once($debian_file); }\n"
		"if (!defined('DB_NAME')) define('DB_NAME', 'wordpress');\n"
		"if (!defined('DB_HOST')) define('DB_HOST', 'localhost');\n"
		"if (!isset($table_prefix)) { $table_prefix = 'wp_'; }";
	g_autoptr(WpConfig) alone = wp_config_new(NULL);
	g_autoptr(WpConfig) both = wp_config_new(NULL);

	add(alone, main_file, false);
	g_assert_cmpstr(wp_config_host_file_prefix(alone), ==, "/etc/wordpress/config-");
	g_assert_null(wp_config_find(alone, "DB_NAME")->text);
	add(both, "define('DB_NAME', 'crm'); $table_prefix = 'crm_';", false);
	add(both, main_file, true);
	g_assert_cmpstr(wp_config_find(both, "DB_NAME")->text, ==, "crm");
	g_assert_cmpstr(wp_config_find(both, "DB_HOST")->text, ==, "localhost");
	g_assert_cmpstr(wp_config_find(both, "$table_prefix")->text, ==, "crm_");
}

static void assert_refused(const char *source, size_t length, const char *word)
{
	g_autoptr(WpConfig) config = wp_config_new(NULL);
	g_autoptr(GError) error = NULL;

	g_assert_false(wp_config_add(config, "wp-config.php", source, length, false, &error));
	g_assert_error(error, WP_CONFIG_ERROR, WP_CONFIG_ERROR_SYNTAX);
	g_assert_nonnull(strstr(error->message, "wp-config.php"));
	g_assert_nonnull(strstr(error->message, word));
}

static void test_what_no_wp_config_is_is_refused(void)
{
	static const char unterminated[] = "<?php\ndefine('X', 'v";
	g_autofree char *large = g_strnfill(WP_CONFIG_BYTES_MAX + 1, 'x');
	g_autofree char *braces = g_strnfill(1000, '{');
	g_autofree char *deep = g_strconcat("<?php ", braces, NULL);
	g_autoptr(GString) ifs = g_string_new("<?php ");

	for (int i = 0; i < 1000; i++)
		g_string_append(ifs, "if (1) ");
	assert_refused(unterminated, strlen(unterminated), "line 2");
	assert_refused(large, WP_CONFIG_BYTES_MAX + 1, "256 KiB");
	assert_refused(deep, strlen(deep), "deep");
	assert_refused(ifs->str, ifs->len, "deep");
}

static const struct {
	const char *name;
	const char *db_host;
	const char *host; /* NULL: refused */
	unsigned port;
	const char *socket;
} hosts[] = {
	{"name", "localhost", "localhost", 0, NULL},
	{"port", "db.example.org:3307", "db.example.org", 3307, NULL},
	{"socket", "localhost:/run/mysqld/x.sock", "localhost", 0, "/run/mysqld/x.sock"},
	{"port-and-socket", "localhost:3307:/run/x.sock", "localhost", 3307, "/run/x.sock"},
	{"socket-alone", ":/run/x.sock", "localhost", 0, "/run/x.sock"},
	{"ipv6", "::1", "::1", 0, NULL},
	{"ipv6-brackets", "[::1]", "::1", 0, NULL},
	{"ipv6-port", "[fe80::A]:3307", "fe80::A", 3307, NULL},
	{"ipv6-socket", "[::1]:3307:/run/x.sock", "::1", 3307, "/run/x.sock"},
	{"empty", "", "localhost", 0, NULL},
	{"no-digits", "db:port", "db", 0, NULL},
	{"path", "db/x:3307", "db", 0, NULL},
	{"not-ipv6", "x:y:z", NULL, 0, NULL},
	{"port-too-large", "db:99999", NULL, 0, NULL},
};

static void test_host(gconstpointer data)
{
	size_t i = GPOINTER_TO_SIZE(data);
	g_autoptr(GError) error = NULL;
	g_autofree char *host = NULL;
	g_autofree char *socket = NULL;
	unsigned port = 0;
	bool ok = wp_config_parse_host(hosts[i].db_host, &host, &port, &socket, &error);

	g_assert_cmpint(ok, ==, hosts[i].host != NULL);
	if (!ok)
		g_assert_error(error, WP_CONFIG_ERROR, WP_CONFIG_ERROR_HOST);
	g_assert_cmpstr(host, ==, hosts[i].host);
	g_assert_cmpuint(port, ==, hosts[i].port);
	g_assert_cmpstr(socket, ==, hosts[i].socket);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *path = g_strconcat("/site/wp_config/value/", cases[i].name, NULL);

		g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_case);
	}
	for (size_t i = 0; i < G_N_ELEMENTS(hosts); i++) {
		g_autofree char *path = g_strconcat("/site/wp_config/host/", hosts[i].name, NULL);

		g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_host);
	}
	g_test_add_func("/site/wp_config/line-and-file", test_line_and_file_are_known);
	g_test_add_func("/site/wp_config/debian", test_defaults_follow_the_file_of_the_host);
	g_test_add_func("/site/wp_config/refused", test_what_no_wp_config_is_is_refused);
	return g_test_run();
}
