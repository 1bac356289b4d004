/**
 * A class that is new to a driver is tried on one node before any other node with that driver is
 * asked, so that one string never takes down a fleet. What is going on is stored in the status of a
 * MigrationCompatibility before it begins.
 */
package io.mdevmigration.operator.trial;
