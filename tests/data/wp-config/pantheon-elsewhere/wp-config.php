<?php
if ( file_exists( dirname( __FILE__ ) . '/wp-config-local.php' ) && ! isset( $_ENV['PANTHEON_ENVIRONMENT'] ) ) {
	require_once dirname( __FILE__ ) . '/wp-config-local.php';
} else {
	if ( isset( $_ENV['PANTHEON_ENVIRONMENT'] ) ) {
		define( 'DB_NAME', $_ENV['DB_NAME'] );
		define( 'DB_USER', $_ENV['DB_USER'] );
		define( 'DB_PASSWORD', $_ENV['DB_PASSWORD'] );
		define( 'DB_HOST', $_ENV['DB_HOST'] . ':' . $_ENV['DB_PORT'] );
		define( 'AUTH_KEY', $_ENV['AUTH_KEY'] );
	} else {
		define( 'DB_NAME', 'database_name' );
		define( 'DB_USER', 'database_username' );
		define( 'DB_PASSWORD', 'database_password' );
		define( 'DB_HOST', 'database_host' );
		define( 'AUTH_KEY', 'put your unique phrase here' );
	}
}
$table_prefix = 'wp_';
if ( ! defined( 'ABSPATH' ) ) {
	define( 'ABSPATH', __DIR__ . '/' );
}
require_once ABSPATH . 'wp-settings.php';
