/** Hears from the kernel that something about the mdev tree has changed. */
package io.mdevmigration.node.uevent;
