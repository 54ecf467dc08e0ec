<?php
require __DIR__ . '/two.php';
define( 'DB_USER', 'one' );
