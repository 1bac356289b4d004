/** What becomes of migrations once they are created, and what is told of it. */
package io.mdevmigration.operator.kubevirt.migration;
