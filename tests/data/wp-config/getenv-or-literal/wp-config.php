<?php
if ( getenv( 'DB_NAME' ) ) {
	define( 'DB_NAME', getenv( 'DB_NAME' ) );
} else {
	define( 'DB_NAME', 'local' );
}
define( 'DB_USER', getenv( 'DB_USER' ) !== false ? getenv( 'DB_USER' ) : 'none' );
define( 'DB_PASSWORD', 'p' );
define( 'DB_HOST', 'h' );
define( 'AUTH_KEY',         'Iz|*q8*x{:D$|;{l3=~<-y` ;#"}%s [auth]' );
define( 'SECURE_AUTH_KEY',  'x(2' );
$table_prefix = 'wp_';
if ( ! defined( 'ABSPATH' ) ) {
	define( 'ABSPATH', __DIR__ . '/' );
}
require_once ABSPATH . 'wp-settings.php';
