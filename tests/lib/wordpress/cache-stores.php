<?php
// SPDX-License-Identifier: GPL-2.0-or-later
// Where object-cache.php keeps its entries, for tests: names and values on the server are those of well-known drop-ins on a single site.

function cache_store( $settings ) {
	$class = array(
		'redis-cache'     => 'Redis_Cache_Store',
		'wp-redis'        => 'WP_Redis_Store',
		'wp-redis-groups' => 'WP_Redis_Groups_Store',
		'wp-memcached'    => 'WP_Memcached_Store',
		'pecl-memcached'  => 'Pecl_Memcached_Store',
	)[ $settings['drop_in'] ];
	return new $class( $settings );
}

function cache_is_global( $group ) {
	return in_array( $group, array( 'users', 'userlogins', 'useremail', 'userslugs', 'user_meta', 'usermeta', 'site-options',
		'site-transient', 'blog-details', 'networks', 'sites', 'site-details', 'rss', 'global-posts' ), true );
}

// "Redis Object Cache", rhubarbgroup/redis-cache 2.6.
class Redis_Cache_Store {
	protected $redis;
	protected $settings;

	public function __construct( $settings ) {
		$this->settings = $settings;
		$this->redis    = new Redis();
		$this->redis->connect( $settings['socket'] );
		if ( isset( $settings['user'] ) ) {
			$this->redis->auth( array( $settings['user'], $settings['password'] ) );
		} else {
			$this->redis->auth( $settings['password'] );
		}
		$this->redis->select( $settings['database'] );
	}

	public function name( $key, $group ) {
		global $table_prefix;
		return $this->settings['prefix'] . trim( $table_prefix, '_-:$' ) . ':' . str_replace( ':', '-', $group ) . ':'
			. str_replace( ':', '-', $key );
	}

	protected function pack( $value ) {
		return empty( $this->settings['igbinary'] ) ? maybe_serialize( $value ) : igbinary_serialize( $value );
	}

	protected function unpack( $bytes ) {
		return empty( $this->settings['igbinary'] ) ? maybe_unserialize( $bytes ) : igbinary_unserialize( $bytes );
	}

	public function get( $key, $group, &$found ) {
		$bytes = $this->redis->get( $this->name( $key, $group ) );
		$found = false !== $bytes;
		return $found ? $this->unpack( $bytes ) : false;
	}

	public function set( $key, $group, $value, $expire ) {
		$this->redis->set( $this->name( $key, $group ), $this->pack( $value ), $expire > 0 ? array( 'ex' => (int) $expire ) : array() );
	}

	public function delete( $key, $group ) {
		return $this->redis->del( $this->name( $key, $group ) ) > 0;
	}

	public function flush() {
		return $this->redis->flushDb();
	}
}

// "WP Redis", pantheon-systems/wp-redis 1.4.
class WP_Redis_Store extends Redis_Cache_Store {
	public function name( $key, $group ) {
		global $table_prefix;
		return preg_replace( '/\s+/', '', $this->settings['prefix'] . ( cache_is_global( $group ) ? $table_prefix : '' ) . "$group:$key" );
	}

	protected function pack( $value ) {
		return is_int( $value ) ? $value : serialize( $value );
	}

	protected function unpack( $bytes ) {
		return is_numeric( $bytes ) ? intval( $bytes ) : unserialize( $bytes );
	}
}

// The same with WP_REDIS_USE_CACHE_GROUPS.
class WP_Redis_Groups_Store extends WP_Redis_Store {
	public function get( $key, $group, &$found ) {
		$bytes = $this->redis->hGet( $this->name( '', $group ), $key );
		$found = false !== $bytes;
		return $found ? $this->unpack( $bytes ) : false;
	}

	public function set( $key, $group, $value, $expire ) {
		$this->redis->hSet( $this->name( '', $group ), $key, $this->pack( $value ) );
	}

	public function delete( $key, $group ) {
		return $this->redis->hDel( $this->name( '', $group ), $key ) > 0;
	}
}

// "Memcached Object Cache", Automattic/wp-memcached 4, over the extension memcache.
class WP_Memcached_Store {
	private $servers;
	private $all;
	private $settings;
	private $numbers = array();

	public function __construct( $settings ) {
		$this->settings = $settings;
		$this->all      = new Memcache();
		foreach ( $settings['sockets'] as $socket ) {
			$this->all->addServer( "unix://$socket", 0 );
			$server = new Memcache();
			$server->addServer( "unix://$socket", 0 );
			$this->servers[] = $server;
		}
		$this->all->setCompressThreshold( 20000, 0.2 );
	}

	private function prefixed( $number, $key, $group ) {
		global $table_prefix;
		$salt = '' === $this->settings['prefix'] ? '' : $this->settings['prefix'] . ':';
		return preg_replace( '/\s+/', '', "$salt$number:$table_prefix:$group:$key" );
	}

	private function number( $group ) {
		$key    = $this->prefixed( '_', 'flush_number_v4', $group );
		$number = max( array_map( function ( $server ) use ( $key ) {
			return $server->get( $key );
		}, $this->servers ) );
		if ( ! $number ) {
			$number = intval( microtime( true ) * 1e6 );
			foreach ( $this->servers as $server ) {
				$server->set( $key, $number );
			}
		}
		return $number;
	}

	public function name( $key, $group ) {
		$of = cache_is_global( $group ) ? 'WP_Object_Cache_global' : 'WP_Object_Cache';
		if ( ! isset( $this->numbers[ $of ] ) ) {
			$this->numbers[ $of ] = $this->number( $of );
		}
		return $this->prefixed( $this->numbers[ $of ], $key, $group );
	}

	public function get( $key, $group, &$found ) {
		$flags = false;
		$value = $this->all->get( $this->name( $key, $group ), $flags );
		$found = false !== $flags;
		return $value;
	}

	public function set( $key, $group, $value, $expire ) {
		$this->all->set( $this->name( $key, $group ), $value, 0, (int) $expire );
	}

	public function delete( $key, $group ) {
		return $this->all->delete( $this->name( $key, $group ) );
	}

	public function flush() {
		return $this->all->flush();
	}
}

// tollmanz/wordpress-pecl-memcached-object-cache, over the extension memcached.
class Pecl_Memcached_Store {
	private $memcached;
	private $settings;

	public function __construct( $settings ) {
		$this->settings  = $settings;
		$this->memcached = new Memcached();
		foreach ( $settings['sockets'] as $socket ) {
			$this->memcached->addServer( $socket, 0 );
		}
	}

	public function name( $key, $group ) {
		global $table_prefix;
		return preg_replace( '/\s+/', '', $this->settings['prefix'] . $table_prefix . ( cache_is_global( $group ) ? '' : ':' ) . "$group:$key" );
	}

	public function get( $key, $group, &$found ) {
		$value = $this->memcached->get( $this->name( $key, $group ) );
		$found = Memcached::RES_SUCCESS === $this->memcached->getResultCode();
		return $value;
	}

	public function set( $key, $group, $value, $expire ) {
		$this->memcached->set( $this->name( $key, $group ), $value, (int) $expire );
	}

	public function delete( $key, $group ) {
		return $this->memcached->delete( $this->name( $key, $group ) );
	}

	public function flush() {
		return $this->memcached->flush();
	}
}
