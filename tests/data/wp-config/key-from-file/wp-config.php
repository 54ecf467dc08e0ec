<?php
define( 'DB_NAME', 'crm' );
define( 'DB_USER', 'crm_user' );
define( 'DB_PASSWORD', 'p;#w' );
define( 'DB_HOST', 'localhost' );
define( 'AUTH_KEY', trim( file_get_contents( __DIR__ . '/key.txt' ) ) );
$table_prefix = 'wp_';
if ( ! defined( 'ABSPATH' ) ) {
	define( 'ABSPATH', __DIR__ . '/' );
}
require_once ABSPATH . 'wp-settings.php';
