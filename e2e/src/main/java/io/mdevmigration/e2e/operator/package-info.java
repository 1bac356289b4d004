/** The shipped operator as a process of its own. */
package io.mdevmigration.e2e.operator;
