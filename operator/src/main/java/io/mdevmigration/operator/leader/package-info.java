/** Which replica works: one at a time, by a Lease. */
package io.mdevmigration.operator.leader;
