<?php
// SPDX-License-Identifier: GPL-2.0-or-later
// What PHP itself makes of many wp-config.php: php read-configs.php CORPUS COPY
//
// Copies each folder of CORPUS into COPY, where what WordPress and Composer would bring is added, and includes its
// wp-config.php in a child. Prints "FOLDER NAME VALUE" for each constant and for $table_prefix, each with a NUL behind it.

const NOTHING = "<?php\n";

// Of roots/wp-config 1.0 and oscarotero/env 2.1, as Bedrock uses them; Dotenv's work is done by `environment`.
const AUTOLOAD = <<<'PHP'
<?php
namespace Roots\WPConfig {
	class Config {
		private static $map = array();
		public static function define( $key, $value ) {
			if ( defined( $key ) ) {
				throw new \Exception( $key );
			}
			self::$map[ $key ] = $value;
		}
		public static function get( $key ) {
			return self::$map[ $key ];
		}
		public static function apply() {
			foreach ( self::$map as $key => $value ) {
				define( $key, $value );
			}
		}
	}
}
namespace Env {
	class Env {
		public static $options = 31;
	}
	function env( $name ) {
		$value = getenv( $name );
		if ( false === $value ) {
			return null;
		}
		switch ( strtolower( $value ) ) {
			case 'true':
				return true;
			case 'false':
				return false;
			case 'null':
				return null;
		}
		if ( ctype_digit( $value ) ) {
			return (int) $value;
		}
		return preg_replace( '/\A([\'"])(.*)\1\z/', '$2', $value );
	}
}
namespace Dotenv {
	class Dotenv {
		public static function createUnsafeImmutable( $folder, $names = null, $short = true ) {
			return new self();
		}
		public function load() {}
		public function required( $names ) {}
	}
}
PHP;

function copy_folder( $from, $to ) {
	mkdir( $to );
	foreach ( array_diff( scandir( $from ), array( '.', '..' ) ) as $name ) {
		is_dir( "$from/$name" ) ? copy_folder( "$from/$name", "$to/$name" ) : copy( "$from/$name", "$to/$name" );
	}
}

// NAME=value, '…' as it is, "…" with \n and \".
function take_environment( $path, $folder ) {
	$text = str_replace( '{folder}', $folder, file_get_contents( $path ) );
	file_put_contents( $path, $text );
	foreach ( explode( "\n", trim( $text ) ) as $line ) {
		list( $name, $value ) = explode( '=', $line, 2 );
		if ( '' !== $value && "'" === $value[0] ) {
			$value = substr( $value, 1, -1 );
		} elseif ( '' !== $value && '"' === $value[0] ) {
			$value = str_replace( array( '\n', '\"' ), array( "\n", '"' ), substr( $value, 1, -1 ) );
		}
		putenv( "$name=$value" );
		$_ENV[ $name ] = $value;
	}
}

function tell( $folder ) {
	ob_end_clean();
	$told = get_defined_constants( true )['user'] ?? array();
	unset( $told['NOTHING'], $told['AUTOLOAD'] );
	if ( isset( $GLOBALS['table_prefix'] ) ) {
		$told['$table_prefix'] = $GLOBALS['table_prefix'];
	}
	foreach ( $told as $name => $value ) {
		// An array is no text: nobody takes it for one.
		file_put_contents( 'php://stdout', basename( $folder ) . "\0$name\0" . ( is_array( $value ) ? "\1array" : $value ) . "\0" );
	}
	file_put_contents( 'php://stdout', basename( $folder ) . "\0\0\0" );
}

error_reporting( 0 );
list( , $corpus, $copy ) = $argv;
foreach ( array_diff( scandir( $corpus ), array( '.', '..' ) ) as $name ) {
	$folder = "$copy/$name";
	copy_folder( "$corpus/$name", $folder );
	$site = is_dir( "$folder/web" ) ? "$folder/web" : $folder;
	if ( ! is_dir( "$site/wp" ) ) {
		file_put_contents( "$site/wp-settings.php", NOTHING );
	}
	mkdir( "$folder/vendor" );
	file_put_contents( "$folder/vendor/autoload.php", AUTOLOAD );
	$child = pcntl_fork();
	if ( 0 === $child ) {
		chdir( $site );
		if ( file_exists( "$folder/environment" ) ) {
			take_environment( "$folder/environment", $folder );
		}
		register_shutdown_function( 'tell', $folder );
		ob_start();
		unset( $corpus, $copy, $name, $child );
		define( 'CONFIG_PATH', "$site/wp-config.php" );
		unset( $site );
		include CONFIG_PATH;
		exit;
	}
	pcntl_waitpid( $child, $status );
}
