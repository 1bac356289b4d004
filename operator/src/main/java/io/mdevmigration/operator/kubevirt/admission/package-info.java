/** What becomes of a migration that is about to be created. */
package io.mdevmigration.operator.kubevirt.admission;
