/** Waiting for what others do, and how long something took. */
package io.mdevmigration.e2e.time;
