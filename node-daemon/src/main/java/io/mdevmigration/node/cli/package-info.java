/** The command {@code mdev-node}: the same questions on any host, without a cluster. */
package io.mdevmigration.node.cli;
