<?php
define( 'DB_NAME', 'local' );
define( 'DB_PASSWORD', 'local-password' );
