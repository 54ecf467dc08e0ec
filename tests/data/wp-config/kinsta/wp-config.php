<?php
define( 'DB_NAME', 'kinsta' );
define( 'DB_USER', 'kinsta' );
define( 'DB_PASSWORD', 'p' );
define( 'DB_HOST', 'localhost' );
define( 'AUTH_KEY',         'Iz|*q8*x{:D$|;{l3=~<-y` ;#"}%s [auth]' );
define( 'SECURE_AUTH_KEY',  'x(2' );
$table_prefix = 'wp_';
if ( file_exists( '/www/kinsta/private/kinsta-sso.php' ) ) {
	require_once '/www/kinsta/private/kinsta-sso.php';
}
if ( ! defined( 'ABSPATH' ) ) {
	define( 'ABSPATH', __DIR__ . '/' );
}
require_once ABSPATH . 'wp-settings.php';
