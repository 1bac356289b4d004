/** What the product leaves on a cluster when it is uninstalled, and how that goes too. */
package io.mdevmigration.operator.cleanup;
