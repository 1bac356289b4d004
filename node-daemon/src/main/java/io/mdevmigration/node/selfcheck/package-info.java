/**
 * Whether this process may do what it is there for, and what to change if it may not. Deciding is
 * pure; only {@link io.mdevmigration.node.selfcheck.Surroundings} looks around, and writes nothing.
 */
package io.mdevmigration.node.selfcheck;
