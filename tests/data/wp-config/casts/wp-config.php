<?php
define( 'DB_NAME', (string) 42 );
define( 'DB_USER', (int) '42x' );
define( 'DB_PASSWORD', strrev( 'p' ) );
define( 'DB_HOST', 'abc'[0] );
define( 'AUTH_KEY',         'Iz|*q8*x{:D$|;{l3=~<-y` ;#"}%s [auth]' );
define( 'SECURE_AUTH_KEY',  'x(2' );
$table_prefix = 'wp_';
if ( ! defined( 'ABSPATH' ) ) {
	define( 'ABSPATH', __DIR__ . '/' );
}
require_once ABSPATH . 'wp-settings.php';
