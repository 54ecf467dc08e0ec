<?php
// SPDX-License-Identifier: GPL-2.0-or-later
// A WordPress that stays: php helper.php WP-CONFIG. Each line of standard input is a JSON request {"function", "args"} or
// {"code", "vars"}; each answer is a line {"value"} or {"error"}, with what PHP printed meanwhile in "output".

ini_set( 'display_errors', '1' );
error_reporting( E_ALL & ~E_DEPRECATED );
$_SERVER['HTTP_HOST']   = 'crm.example.org';
$_SERVER['REQUEST_URI'] = '/';
$_SERVER['REMOTE_ADDR'] = '127.0.0.1';
ob_start();
require $argv[1];
require __DIR__ . '/seed.php';
require __DIR__ . '/theme_connections.php';
require __DIR__ . '/theme_sync.php';

// As an administrator, WordPress stores what it is given without filtering HTML.
wp_set_current_user( 1 );
kses_remove_filters();

function helper_run( $request ) {
	if ( isset( $request['code'] ) ) {
		extract( $request['vars'] ?? array() );
		return eval( $request['code'] );
	}
	return call_user_func_array( $request['function'], $request['args'] ?? array() );
}

function helper_answer( $line ) {
	// Other programs write the tables: nothing remembered from the last request is true.
	wp_cache_flush_runtime();
	try {
		$answer = array( 'value' => helper_run( json_decode( $line, true, 512, JSON_THROW_ON_ERROR ) ) );
	} catch ( Throwable $error ) {
		$answer = array( 'error' => get_class( $error ) . ': ' . $error->getMessage() . "\n" . $error->getTraceAsString() );
	}
	$answer['output'] = ob_get_clean();
	ob_start();
	return json_encode( $answer, JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES | JSON_PRESERVE_ZERO_FRACTION
		| JSON_INVALID_UTF8_SUBSTITUTE | JSON_PARTIAL_OUTPUT_ON_ERROR );
}

$startup_output = ob_get_clean();
ob_start();
fwrite( STDOUT, json_encode( array( 'value' => 'ready', 'output' => $startup_output ) ) . "\n" );
while ( false !== ( $line = fgets( STDIN ) ) ) {
	fwrite( STDOUT, helper_answer( $line ) . "\n" );
}
ob_end_clean();
