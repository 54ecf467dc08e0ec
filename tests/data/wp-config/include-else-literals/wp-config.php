<?php
if ( file_exists( dirname( __FILE__ ) . '/local.php' ) ) {
	include dirname( __FILE__ ) . '/local.php';
} else {
	define( 'DB_NAME', 'live' );
	define( 'DB_PASSWORD', 'live-password' );
}
define( 'DB_USER', 'u' );
define( 'DB_HOST', 'h' );
define( 'AUTH_KEY',         'Iz|*q8*x{:D$|;{l3=~<-y` ;#"}%s [auth]' );
define( 'SECURE_AUTH_KEY',  'x(2' );
$table_prefix = 'wp_';
if ( ! defined( 'ABSPATH' ) ) {
	define( 'ABSPATH', __DIR__ . '/' );
}
require_once ABSPATH . 'wp-settings.php';
