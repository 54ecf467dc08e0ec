<?php
// SPDX-License-Identifier: GPL-2.0-or-later
// Installs a site as wp-admin/install.php does, then sets what a person would: php install.php WP-CONFIG TIMEZONE

define( 'WP_INSTALLING', true );
$_SERVER['HTTP_HOST'] = 'crm.example.org';

// No mail leaves the sandbox.
function wp_mail() {
	return true;
}

require $argv[1];
require_once ABSPATH . 'wp-admin/includes/upgrade.php';
require_once ABSPATH . WPINC . '/class-wpdb.php';

wp_install( 'Personal CRM', 'admin', 'admin@example.org', false, '', 'sandbox' );
update_option( 'siteurl', 'https://crm.example.org' );
update_option( 'home', 'https://crm.example.org' );
update_option( 'timezone_string', $argv[2] );
update_option( 'template', 'personal-crm' );
update_option( 'stylesheet', 'personal-crm' );
update_option( 'permalink_structure', '/%postname%/' );
