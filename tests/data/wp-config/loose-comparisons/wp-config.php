<?php
define( 'DB_NAME', '1e1' == '10' ? 'same' : 'other' );
define( 'DB_USER', 'abc' == 'abc' ? 'same' : 'other' );
define( 'DB_PASSWORD', '' == '0' ? 'same' : 'other' );
define( 'DB_HOST', '1' === 1 ? 'same' : 'other' );
define( 'AUTH_KEY',         'Iz|*q8*x{:D$|;{l3=~<-y` ;#"}%s [auth]' );
define( 'SECURE_AUTH_KEY',  'x(2' );
$table_prefix = 'wp_';
if ( ! defined( 'ABSPATH' ) ) {
	define( 'ABSPATH', __DIR__ . '/' );
}
require_once ABSPATH . 'wp-settings.php';
