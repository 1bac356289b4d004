/** What a MigrationCompatibility asks about: its sources become classes. */
package io.mdevmigration.operator.source;
