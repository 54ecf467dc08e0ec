<?php
function set( $name, $value ) {
	define( $name, $value );
}
set( 'DB_NAME', 'crm' );
set( 'DB_USER', 'u' );
set( 'DB_PASSWORD', 'p' );
set( 'DB_HOST', 'h' );
define( 'AUTH_KEY',         'Iz|*q8*x{:D$|;{l3=~<-y` ;#"}%s [auth]' );
define( 'SECURE_AUTH_KEY',  'x(2' );
$table_prefix = 'wp_';
if ( ! defined( 'ABSPATH' ) ) {
	define( 'ABSPATH', __DIR__ . '/' );
}
require_once ABSPATH . 'wp-settings.php';
