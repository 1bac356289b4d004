/** Keeps what is known of the API server's objects true: followed by a watch, listed afresh. */
package io.mdevmigration.operator.watch;
