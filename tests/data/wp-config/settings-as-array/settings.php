<?php
return array( 'name' => 'crm' );
