package io.mdevmigration.e2e.simulated;

/**
 * What a driver was asked: one write(2) to one version attribute.
 *
 * @param parent the parent's name
 * @param type the full mdev type
 * @param string what was written, without a trailing newline
 */
public record Question(String parent, String type, String string) {}
