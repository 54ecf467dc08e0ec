<?php
DEFINE( 'DB_NAME', 'crm' );
DEFINE( 'DB_USER', 'crm_user' );
DEFINE( 'DB_PASSWORD', 'p;#w' );
DEFINE( 'DB_HOST', 'localhost' );
DEFINE( 'AUTH_KEY',         'Iz|*q8*x{:D$|;{l3=~<-y` ;#"}%s [auth]' );
DEFINE( 'SECURE_AUTH_KEY',  'x(2' );
$table_prefix = 'wp_';
if ( ! defined( 'ABSPATH' ) ) {
	define( 'ABSPATH', __DIR__ . '/' );
}
require_once ABSPATH . 'wp-settings.php';
