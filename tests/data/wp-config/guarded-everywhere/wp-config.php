<?php
if ( ! defined( 'DB_NAME' ) ) {
	define( 'DB_NAME', 'crm' );
}
if ( ! defined( 'DB_USER' ) ) {
	define( 'DB_USER', 'u' );
}
if ( ! defined( 'DB_PASSWORD' ) ) {
	define( 'DB_PASSWORD', 'p' );
}
if ( ! defined( 'DB_HOST' ) ) {
	define( 'DB_HOST', 'h' );
}
define( 'AUTH_KEY',         'Iz|*q8*x{:D$|;{l3=~<-y` ;#"}%s [auth]' );
define( 'SECURE_AUTH_KEY',  'x(2' );
if ( ! isset( $table_prefix ) ) {
	$table_prefix = 'wp_';
}
if ( ! defined( 'ABSPATH' ) ) {
	define( 'ABSPATH', __DIR__ . '/' );
}
require_once ABSPATH . 'wp-settings.php';
