<?php
define( 'DB_NAME', 'crm' );
define( 'DB_USER', 'crm_user' );
define( 'DB_PASSWORD', 'p;#w' );
define( 'DB_HOST', 'localhost' );
define( 'AUTH_KEY',         'Iz|*q8*x{:D$|;{l3=~<-y` ;#"}%s [auth]' );
define( 'SECURE_AUTH_KEY',  'x(2' );
$table_prefix = 'wp_';
define( 'WP_REDIS_HOST', '10.0.0.5' );
define( 'WP_REDIS_PASSWORD', [ 'user', 'p' ] );
if ( ! defined( 'ABSPATH' ) ) {
	define( 'ABSPATH', __DIR__ . '/' );
}
require_once ABSPATH . 'wp-settings.php';
