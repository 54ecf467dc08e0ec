<?php
define( 'DB_NAME', 'local' );
return;
define( 'DB_USER', 'no' );
