/** How the fleet stands, in numbers, by what is stored. */
package io.mdevmigration.operator.census;
