<?php
define( 'DB_NAME', '' ?: 'crm' );
define( 'DB_USER', '0' ? 'no' : 'yes' );
define( 'DB_PASSWORD', null ?? 'p' );
define( 'DB_HOST', ( true ? 'a' : 'b' ) . ':3307' );
define( 'AUTH_KEY',         'Iz|*q8*x{:D$|;{l3=~<-y` ;#"}%s [auth]' );
define( 'SECURE_AUTH_KEY',  'x(2' );
$table_prefix = 'wp_';
if ( ! defined( 'ABSPATH' ) ) {
	define( 'ABSPATH', __DIR__ . '/' );
}
require_once ABSPATH . 'wp-settings.php';
