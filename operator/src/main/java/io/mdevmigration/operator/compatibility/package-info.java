/** What a MigrationCompatibility's status says: exact counts, capped names, conditions. */
package io.mdevmigration.operator.compatibility;
