/**
 * A node's kernel in memory, as far as mdev goes: sysfs with its links and inodes, a driver that
 * answers as a test tells it, error numbers and all. The daemon's code runs on it unchanged.
 */
package io.mdevmigration.e2e.simulated;
