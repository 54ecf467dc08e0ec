<?php
define( 'DB_NAME', 'crm' );
define( 'DB_USER', 'crm_user' );
define( 'DB_PASSWORD', 'p;#w' );
define( 'DB_HOST', 'localhost' );
$table_prefix = 'wp_';
if ( ! defined( 'ABSPATH' ) ) {
	define( 'ABSPATH', __DIR__ . '/' );
}
require_once ABSPATH . 'wp-settings.php';
