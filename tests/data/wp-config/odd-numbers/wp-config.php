<?php
define( 'DB_NAME', 0x2A );
define( 'DB_USER', 0755 );
define( 'DB_PASSWORD', 1_000 );
define( 'DB_HOST', 1.5 );
define( 'AUTH_KEY',         'Iz|*q8*x{:D$|;{l3=~<-y` ;#"}%s [auth]' );
define( 'SECURE_AUTH_KEY',  'x(2' );
$table_prefix = 'wp_';
if ( ! defined( 'ABSPATH' ) ) {
	define( 'ABSPATH', __DIR__ . '/' );
}
require_once ABSPATH . 'wp-settings.php';
